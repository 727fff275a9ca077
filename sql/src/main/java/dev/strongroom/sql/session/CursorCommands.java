package dev.strongroom.sql.session;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.command.CommandResult;
import dev.strongroom.sql.parse.statement.CursorStatement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DECLARE, FETCH, MOVE, CLOSE. */
final class CursorCommands {
    private final SqlSession session;
    private final StatementExecutor executor;

    CursorCommands(SqlSession session, StatementExecutor executor) {
        this.session = session;
        this.executor = executor;
    }

    CommandResult run(CursorStatement statement, NamedStatement source) {
        return switch (statement) {
            case CursorStatement.Declare declare -> {
                declare(declare, source);
                yield CommandResult.of("DECLARE CURSOR");
            }
            case CursorStatement.Fetch fetch -> fetch(fetch);
            case CursorStatement.Close close -> {
                close(close);
                yield CommandResult.of(close.cursor() == null ? "CLOSE CURSOR ALL" : "CLOSE CURSOR");
            }
        };
    }

    private void declare(CursorStatement.Declare declare, NamedStatement source) {
        if (!declare.hold() && !session.transaction().inBlock()) {
            throw ErrorReport.error(
                            ErrorCode.NO_ACTIVE_SQL_TRANSACTION,
                            "DECLARE CURSOR can only be used in transaction blocks")
                    .exception();
        }
        if (session.portals().containsKey(declare.name())) {
            throw ErrorReport.error(ErrorCode.DUPLICATE_CURSOR, "cursor \"" + declare.name() + "\" already exists")
                    .exception();
        }
        if (!declare.query().modifications().isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "DECLARE CURSOR must not contain data-modifying statements in WITH");
        }
        NamedStatement named = new NamedStatement("", declare.query(), source.text(), source.start(), List.of(), true);
        executor.describe(named);
        boolean scroll = !Boolean.FALSE.equals(declare.scroll());
        Portal portal = new Portal(
                declare.name(), named, new Row(0), new Portal.Manner(scroll || declare.hold(), declare.hold()));
        executor.open(portal);
        session.portals().put(declare.name(), portal);
    }

    private CommandResult fetch(CursorStatement.Fetch fetch) {
        Portal portal = session.portals().get(fetch.cursor());
        if (portal == null) {
            throw ErrorReport.error(ErrorCode.INVALID_CURSOR_NAME, "cursor \"" + fetch.cursor() + "\" does not exist")
                    .exception();
        }
        if (!portal.opened()) {
            executor.open(portal);
        }
        List<Row> rows = collect(portal, fetch);
        executor.settle();
        if (fetch.move()) {
            return CommandResult.of("MOVE " + rows.size());
        }
        return new CommandResult("FETCH " + rows.size(), portal.statement().columns(), rows);
    }

    private List<Row> collect(Portal portal, CursorStatement.Fetch fetch) {
        List<Row> rows = new ArrayList<>();
        switch (fetch.direction()) {
            case FORWARD -> step(portal, fetch.count(), rows);
            case BACKWARD -> step(portal, fetch.count() == Long.MAX_VALUE ? -Long.MAX_VALUE : -fetch.count(), rows);
            case ABSOLUTE -> {
                requireScroll(portal, fetch.count() < portal.position());
                add(portal.keeps() ? portal.absolute(fetch.count()) : forwardTo(portal, fetch.count()), rows);
            }
            case RELATIVE -> {
                requireScroll(portal, fetch.count() <= 0);
                add(relative(portal, fetch.count()), rows);
            }
        }
        return rows;
    }

    private @Nullable Row forwardTo(Portal portal, long position) {
        Row row = null;
        while (portal.position() < position) {
            row = portal.next();
            if (row == null) {
                return null;
            }
        }
        return row;
    }

    private static @Nullable Row relative(Portal portal, long count) {
        Row row = count == 0 ? portal.current() : null;
        for (long i = 0; i < Math.abs(count); i++) {
            row = count > 0 ? portal.next() : portal.previous();
            if (row == null) {
                break;
            }
        }
        return row;
    }

    private static void step(Portal portal, long count, List<Row> rows) {
        if (count == 0) {
            requireScroll(portal, true);
            add(portal.current(), rows);
            return;
        }
        requireScroll(portal, count < 0);
        for (long i = 0; i < Math.abs(count); i++) {
            Row row = count > 0 ? portal.next() : portal.previous();
            if (row == null) {
                return;
            }
            add(row, rows);
        }
    }

    private static void add(@Nullable Row row, List<Row> rows) {
        if (row != null) {
            rows.add(row.copy());
        }
    }

    private static void requireScroll(Portal portal, boolean backward) {
        if (backward && !portal.keeps()) {
            throw ErrorReport.error(ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE, "cursor can only scan forward")
                    .withHint("Declare it with SCROLL option to enable backward scan.")
                    .exception();
        }
    }

    private void close(CursorStatement.Close close) {
        if (close.cursor() == null) {
            session.portals().values().forEach(Portal::close);
            session.portals().clear();
            return;
        }
        if (!session.portals().containsKey(close.cursor())) {
            throw ErrorReport.error(ErrorCode.INVALID_CURSOR_NAME, "cursor \"" + close.cursor() + "\" does not exist")
                    .exception();
        }
        session.closePortalNamed(close.cursor());
    }
}
