package dev.strongroom.sql.command;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.plan.PreparedPlan;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Queries that commands run on their own account, over the catalog as their transaction sees it. */
final class InternalQuery {
    private static final Row NO_PARAMETERS = new Row(0);

    private InternalQuery() {}

    /** Starts a query given as text. */
    static PlanCursor open(String text, CommandSession session) {
        Statement statement = SqlTextParser.parseQuery(text);
        return open(session.plan(statement, text), session);
    }

    static PlanCursor open(PreparedPlan plan, CommandSession session) {
        return plan.root().open(session.execution(NO_PARAMETERS));
    }

    /** Whether a query gives any row. */
    static boolean any(String text, CommandSession session) {
        try (PlanCursor cursor = open(text, session)) {
            return cursor.next();
        }
    }

    /** The first row of a query, null without one. */
    static @Nullable Row first(String text, CommandSession session) {
        try (PlanCursor cursor = open(text, session)) {
            return cursor.next() ? cursor.row().copy() : null;
        }
    }

    static void each(String text, CommandSession session, Consumer<Row> consumer) {
        try (PlanCursor cursor = open(text, session)) {
            while (cursor.next()) {
                consumer.accept(cursor.row());
            }
        }
    }

    /** The only row of a query without FROM. */
    static Row single(Query query, CommandSession session) {
        try (PlanCursor cursor = open(session.plan(query, ""), session)) {
            cursor.next();
            return cursor.row().copy();
        }
    }
}
