package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.parse.statement.ObjectStatement.CreateView;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.plan.RelationUse;
import dev.strongroom.sql.session.ResultColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** CREATE VIEW. */
final class ViewCommands {
    private ViewCommands() {}

    static String create(CreateView create, String text, CommandSession session) {
        if (create.materialized()) {
            throw Commands.unsupported("CREATE MATERIALIZED VIEW");
        }
        if (create.checkOption() != null) {
            throw Commands.unsupported("WITH CHECK OPTION");
        }
        PreparedPlan plan = session.plan(create.query(), text);
        List<ResultColumn> result = plan.columns() == null ? List.of() : plan.columns();
        List<Column> columns = columns(create, result);
        List<ObjectRef> references = new ArrayList<>();
        boolean temporary = create.temporary();
        for (RelationUse use : plan.relations()) {
            if (use.checkAs() == 0) {
                references.add(ObjectRef.relation(use.oid()));
                temporary |= session.snapshot()
                        .relation(use.oid())
                        .filter(Relation::temporary)
                        .isPresent();
            }
        }
        int start = text.indexOf(create.text(), Math.max(0, create.name().position() - 1));
        String query = ExpressionText.qualifyTables(
                create.text(),
                start,
                create.query().node(),
                name -> session.snapshot().relation(null, name, session.path()).orElse(null),
                session.snapshot()::schemaName);
        Schema schema = Names.target(create.name(), temporary, session);
        Relation existing =
                session.snapshot().relation(schema.oid(), create.name().name()).orElse(null);
        if (existing != null && create.replace()) {
            replace(existing, columns, query, references, session);
            return "CREATE VIEW";
        }
        int oid = session.ddl().allocateOid();
        int arrayType = session.ddl().allocateOid();
        int rowType = session.ddl().allocateOid();
        session.ddl()
                .create(new ViewDefinition(
                        oid,
                        schema.oid(),
                        create.name().name(),
                        session.currentUserOid(),
                        schema.name().startsWith("pg_temp_") ? Persistence.TEMPORARY : Persistence.PERMANENT,
                        columns,
                        query,
                        references,
                        rowType,
                        arrayType,
                        CreateTableCommand.options(create.options()),
                        null));
        return "CREATE VIEW";
    }

    private static List<Column> columns(CreateView create, List<ResultColumn> result) {
        if (create.columns().size() > result.size()) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "CREATE VIEW specifies more column names than columns")
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
            PgType type = column.type() == PgType.UNKNOWN ? PgType.TEXT : column.type();
            columns.add(Column.of(i + 1, name, ColumnType.of(type, column.typeModifier()), false));
        }
        return columns;
    }

    private static void replace(
            Relation existing, List<Column> columns, String query, List<ObjectRef> references, CommandSession session) {
        if (!(existing instanceof ViewDefinition view)) {
            throw ErrorReport.error(ErrorCode.WRONG_OBJECT_TYPE, "\"" + existing.name() + "\" is not a view")
                    .exception();
        }
        session.rights().requireOwner(view);
        List<Column> before = view.columns();
        if (columns.size() < before.size()) {
            throw invalid("cannot drop columns from view");
        }
        for (int i = 0; i < before.size(); i++) {
            Column old = before.get(i);
            Column now = columns.get(i);
            if (!old.name().equals(now.name())) {
                throw invalid("cannot change name of view column \"" + old.name() + "\" to \"" + now.name() + "\"");
            }
            if (!old.type().equals(now.type())) {
                throw invalid("cannot change data type of view column \"" + old.name() + "\" from "
                        + TypeNames.of(old.pgType(), old.type().typmod()) + " to "
                        + TypeNames.of(now.pgType(), now.type().typmod()));
            }
        }
        session.ddl().replace(view.withQuery(columns, query, references));
    }

    private static RuntimeException invalid(String message) {
        return ErrorReport.error(ErrorCode.INVALID_TABLE_DEFINITION, message).exception();
    }
}
