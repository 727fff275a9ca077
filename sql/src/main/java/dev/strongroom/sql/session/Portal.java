package dev.strongroom.sql.session;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.plan.PreparedPlan;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement with its parameters bound, and how far its rows have been fetched: what Bind and DECLARE make. A cursor that may
 * scroll keeps the rows it has passed. Session thread only.
 */
final class Portal {
    private final String name;
    private final NamedStatement statement;
    private final Row parameters;
    private final boolean keeps;
    private final boolean hold;
    private final List<Row> kept = new ArrayList<>();

    private @Nullable PreparedPlan plan;
    private @Nullable PlanCursor cursor;
    private boolean exhausted;
    /** Rows the client has got. */
    private long rows;
    /** Row the cursor stands on: 0 before the first, n + 1 behind the last of n. */
    private int position;

    private @Nullable String finishedTag;

    /** How a cursor was declared. */
    record Manner(boolean keeps, boolean hold) {
        static final Manner BOUND = new Manner(false, false);
    }

    Portal(String name, NamedStatement statement, Row parameters, Manner manner) {
        this.name = name;
        this.statement = statement;
        this.parameters = parameters;
        this.keeps = manner.keeps;
        this.hold = manner.hold;
    }

    String name() {
        return name;
    }

    NamedStatement statement() {
        return statement;
    }

    Row parameters() {
        return parameters;
    }

    boolean hold() {
        return hold;
    }

    boolean opened() {
        return cursor != null || exhausted;
    }

    void open(PreparedPlan plan, PlanCursor cursor) {
        this.plan = plan;
        this.cursor = cursor;
    }

    @Nullable
    PreparedPlan plan() {
        return plan;
    }

    @Nullable
    PlanCursor cursor() {
        return cursor;
    }

    long rows() {
        return rows;
    }

    void countRow() {
        rows++;
    }

    /** Command tag once it has run to its end. */
    @Nullable
    String finishedTag() {
        return finishedTag;
    }

    void finish(String tag) {
        finishedTag = tag;
        close();
    }

    /** Forgets that it was opened: to be run again from the start. */
    void reopen() {
        closeCursor();
        plan = null;
        exhausted = false;
        rows = 0;
        position = 0;
        finishedTag = null;
        kept.clear();
    }

    /** Moves forward; null at the end. */
    @Nullable
    Row next() {
        if (keeps && position < kept.size()) {
            position++;
            return kept.get(position - 1);
        }
        PlanCursor open = cursor;
        if (exhausted || open == null || !open.next()) {
            exhausted = true;
            if (keeps) {
                position = kept.size() + 1;
            }
            return null;
        }
        if (!keeps) {
            position++;
            return open.row();
        }
        Row row = open.row().copy();
        kept.add(row);
        position++;
        return row;
    }

    boolean keeps() {
        return keeps;
    }

    int position() {
        return position;
    }

    /** Moves backward; null before the first row. Only where rows are kept. */
    @Nullable
    Row previous() {
        if (position <= 1) {
            position = 0;
            return null;
        }
        position--;
        return kept.get(position - 1);
    }

    /** The row the cursor stands on; null before the first and behind the last. */
    @Nullable
    Row current() {
        return position >= 1 && position <= kept.size() ? kept.get(position - 1) : null;
    }

    /** Goes to row n from the start (negative: from the end); null outside. */
    @Nullable
    Row absolute(long n) {
        if (n < 0) {
            int at = position;
            while (!exhausted) {
                next();
            }
            position = at;
            return absolute(Math.max(0, kept.size() + n + 1));
        }
        if (n <= kept.size()) {
            position = (int) n;
            return current();
        }
        position = kept.size();
        Row row = null;
        while (position < n) {
            row = next();
            if (row == null) {
                return null;
            }
        }
        return row;
    }

    /** Reads what remains, so that the cursor outlives its transaction. */
    void materialise() {
        int at = position;
        while (!exhausted) {
            next();
        }
        position = at;
        closeCursor();
    }

    void close() {
        closeCursor();
        exhausted = true;
    }

    private void closeCursor() {
        PlanCursor open = cursor;
        cursor = null;
        if (open != null) {
            open.close();
        }
    }
}
