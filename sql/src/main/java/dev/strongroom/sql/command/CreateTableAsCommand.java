package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.TableStatement;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTableAs;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** CREATE TABLE AS and SELECT INTO. */
final class CreateTableAsCommand {
    private CreateTableAsCommand() {}

    static String run(CreateTableAs create, String text, CommandSession session) {
        boolean temporary = create.persistence() == TableStatement.Persistence.TEMPORARY;
        if (!temporary) {
            Commands.refuseReadOnly(session, "CREATE TABLE AS");
        }
        if (!(create.source() instanceof Query query)) {
            throw Commands.unsupported("CREATE TABLE AS EXECUTE");
        }
        PreparedPlan plan = session.planToRun(() -> session.plan(query, text));
        Schema schema = Names.target(create.name(), temporary, session);
        String name = create.name().name();
        if (new CreateTableCommand(session).exists(schema, name, create.ifNotExists())) {
            return "CREATE TABLE AS";
        }
        int oid = session.ddl().allocateOid();
        int arrayType = session.ddl().allocateOid();
        int rowType = session.ddl().allocateOid();
        List<Column> columns = columns(create, plan);
        session.ddl()
                .create(new TableDefinition(
                        oid,
                        schema.oid(),
                        name,
                        session.currentUserOid(),
                        schema.name().startsWith("pg_temp_") ? Persistence.TEMPORARY : Persistence.PERMANENT,
                        columns,
                        session.ddl().createTree(),
                        0,
                        0,
                        rowType,
                        arrayType,
                        CreateTableCommand.options(create.options()),
                        null));
        CreateTableCommand.onCommit(create.onCommit(), Names.current(oid, session), session);
        if (!create.withData()) {
            return "CREATE TABLE AS";
        }
        return "SELECT " + fill(Names.current(oid, session), plan, session);
    }

    private static List<Column> columns(CreateTableAs create, PreparedPlan plan) {
        List<ResultColumn> result = plan.columns() == null ? List.of() : plan.columns();
        if (create.columns().size() > result.size()) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "too many column names were specified")
                    .exception();
        }
        List<Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < result.size(); i++) {
            ResultColumn column = result.get(i);
            String name = i < create.columns().size() ? create.columns().get(i) : column.name();
            if (!names.add(name)) {
                throw ErrorReport.error(ErrorCode.DUPLICATE_COLUMN, "column \"" + name + "\" specified more than once")
                        .exception();
            }
            if (column.type() == PgType.RECORD && plan.usesCells()) {
                throw EncryptedColumns.rows(name);
            }
            PgType type = column.type() == PgType.UNKNOWN ? PgType.TEXT : column.type();
            columns.add(Column.of(i + 1, name, ColumnType.of(type, column.typeModifier()), false));
        }
        return columns;
    }

    private static long fill(TableDefinition table, PreparedPlan plan, CommandSession session) {
        Table target = session.database().table(session.snapshot().layout(table));
        long rows = 0;
        Row row = new Row(table.columns().size());
        try (PlanCursor cursor = InternalQuery.open(plan, session);
                RowLoader loader = target.loader(session.transaction())) {
            while (cursor.next()) {
                row.copySlots(0, cursor.row(), 0, row.width());
                loader.add(row);
                rows++;
            }
            loader.finish();
        }
        return rows;
    }
}
