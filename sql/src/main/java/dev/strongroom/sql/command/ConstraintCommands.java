package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.TableConstraint;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/** Adds constraints to tables; with {@code validate} the rows already there are checked. */
final class ConstraintCommands {
    private final CommandSession session;

    ConstraintCommands(CommandSession session) {
        this.session = session;
    }

    void add(int tableOid, TableConstraint constraint, boolean validate) {
        TableDefinition table = Names.current(tableOid, session);
        switch (constraint) {
            case TableConstraint.Check check -> {
                EncryptedColumns.checkCondition("CHECK", check.condition().node(), table);
                List<Integer> columns = columnsOf(check, table);
                String name = check.name() != null
                        ? check.name()
                        : Names.chooseConstraint(
                                table.name(),
                                columns.size() == 1
                                        ? table.column(columns.getFirst()).name()
                                        : "",
                                "check",
                                session.snapshot().constraints(tableOid),
                                Set.of());
                boolean validated = !check.timing().notValid();
                String condition = ExpressionCheck.printed(table, check.condition(), session);
                addCheck(table, name, condition, validated);
                if (validate && validated) {
                    validateCheck(table, name, condition);
                }
            }
            case TableConstraint.Key key -> addKey(table, key, validate);
            case TableConstraint.ForeignKey key -> addForeignKey(table, key, validate);
        }
    }

    // ---- CHECK

    void addCheck(TableDefinition table, String name, String expression, boolean validated) {
        List<Integer> columns = columnsOf(expression, table);
        session.ddl()
                .create(new Constraint.Check(
                        session.ddl().allocateOid(),
                        name,
                        table.oid(),
                        expression,
                        columns,
                        List.of(),
                        validated,
                        false));
    }

    private static List<Integer> columnsOf(TableConstraint.Check check, TableDefinition table) {
        return columnsOf(check.condition().text(), table);
    }

    /** Numbers of the columns an expression names. */
    static List<Integer> columnsOf(String expression, TableDefinition table) {
        Set<Integer> numbers = new LinkedHashSet<>();
        SqlTextParser.parseExpression(expression).node().accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlIdentifier id) {
                String name = id.names.get(id.names.size() - 1);
                table.column(name).ifPresent(column -> numbers.add(column.number()));
                return super.visit(id);
            }
        });
        return List.copyOf(numbers);
    }

    void validateCheck(TableDefinition table, String name, String expression) {
        String text = "SELECT 1 FROM " + Names.sql(table, session.snapshot()) + " AS " + Identifiers.quote(table.name())
                + " WHERE NOT (" + expression + ") LIMIT 1";
        if (InternalQuery.any(text, session)) {
            throw ErrorReport.error(
                            ErrorCode.CHECK_VIOLATION,
                            "check constraint \"" + name + "\" of relation \"" + table.name()
                                    + "\" is violated by some row")
                    .withSchema(session.snapshot().schemaName(table.schemaOid()))
                    .withTable(table.name())
                    .withConstraint(name)
                    .exception();
        }
    }

    // ---- PRIMARY KEY, UNIQUE

    /** The primary key of a new table: its index shares the table's tree. */
    void addClustered(TableDefinition table, TableConstraint.Key key, int indexOid) {
        String name = key.name() != null ? key.name() : keyName(table, key);
        IndexDefinition index = index(table, key, name, indexOid, table.treeId());
        session.ddl().create(index);
        session.ddl().create(constraint(table, key, name, indexOid));
    }

    private String keyName(TableDefinition table, TableConstraint.Key key) {
        String columns = key.primary() ? "" : String.join("_", key.columns());
        return Names.chooseRelation(
                table.name(), columns, key.primary() ? "pkey" : "key", table.schemaOid(), session.snapshot(), Set.of());
    }

    private IndexDefinition index(TableDefinition table, TableConstraint.Key key, String name, int oid, long tree) {
        List<IndexDefinition.Part> parts = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String columnName : key.columns()) {
            Column column = keyColumn(table, columnName, key.position());
            if (!seen.add(columnName)) {
                throw ErrorReport.error(
                                ErrorCode.DUPLICATE_COLUMN,
                                "column \"" + columnName + "\" appears twice in "
                                        + (key.primary() ? "primary key" : "unique") + " constraint")
                        .withPosition(key.position())
                        .exception();
            }
            EncryptedColumns.refuseRandomized(column.pgType(), column.name());
            IndexCommands.requireOrder(column.pgType());
            parts.add(IndexDefinition.Part.of(column));
        }
        List<Integer> included = new ArrayList<>();
        key.include()
                .forEach(column ->
                        included.add(keyColumn(table, column, key.position()).number()));
        return new IndexDefinition(
                oid,
                table.schemaOid(),
                name,
                table.ownerOid(),
                table.oid(),
                tree,
                parts,
                included,
                true,
                key.primary(),
                key.nullsNotDistinct(),
                null,
                List.of(),
                true,
                CreateTableCommand.options(key.options()));
    }

    private static Column keyColumn(TableDefinition table, String name, int position) {
        return table.column(name)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_COLUMN, "column \"" + name + "\" named in key does not exist")
                        .withPosition(position)
                        .exception());
    }

    private Constraint.Key constraint(TableDefinition table, TableConstraint.Key key, String name, int indexOid) {
        List<Integer> numbers = new ArrayList<>();
        key.columns().forEach(column -> numbers.add(Names.column(table, column).number()));
        return new Constraint.Key(
                session.ddl().allocateOid(),
                name,
                table.oid(),
                key.primary(),
                numbers,
                indexOid,
                key.timing().deferrable(),
                key.timing().initiallyDeferred());
    }

    private void addKey(TableDefinition table, TableConstraint.Key key, boolean existing) {
        if (key.primary() && session.snapshot().primaryKey(table.oid()).isPresent()) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_TABLE_DEFINITION,
                            "multiple primary keys for table \"" + table.name() + "\" are not allowed")
                    .exception();
        }
        if (key.usingIndex() != null) {
            addKeyUsing(table, key, key.usingIndex());
            return;
        }
        TableDefinition target = table;
        if (key.primary()) {
            target = requireNotNull(table, key, existing);
        }
        String name = key.name() != null ? key.name() : keyName(target, key);
        int indexOid = session.ddl().allocateOid();
        if (key.primary() && existing && target.clusterIndexOid() == 0) {
            // The rows move into the order of their new key.
            new TableRewriter(session).cluster(target, index(target, key, name, indexOid, 0));
            session.ddl().create(constraint(Names.current(table.oid(), session), key, name, indexOid));
            return;
        }
        IndexDefinition index = index(target, key, name, indexOid, session.ddl().createTree());
        session.ddl().create(index);
        session.ddl().create(constraint(target, key, name, indexOid));
        if (existing) {
            IndexCommands.build(table.oid(), indexOid, session);
        }
    }

    private void addKeyUsing(TableDefinition table, TableConstraint.Key key, String indexName) {
        IndexDefinition index = session.snapshot().indexes(table.oid()).stream()
                .filter(found -> found.name().equals(indexName))
                .findFirst()
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_OBJECT, "index \"" + indexName + "\" does not exist")
                        .exception());
        if (!index.valid()) {
            throw ErrorReport.error(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE, "index \"" + indexName + "\" is not valid")
                    .exception();
        }
        if (!index.unique() || !index.plain()) {
            String problem = !index.unique()
                    ? "\" is not a unique index"
                    : index.predicate() != null ? "\" is a partial index" : "\" contains expressions";
            boolean expressions = index.unique() && index.predicate() == null;
            throw ErrorReport.error(
                            ErrorCode.WRONG_OBJECT_TYPE, (expressions ? "index \"" : "\"") + indexName + problem)
                    .withDetail("Cannot create a primary key or unique constraint using such an index.")
                    .exception();
        }
        List<Integer> numbers =
                index.parts().stream().map(IndexDefinition.Part::column).toList();
        String name = key.name() != null ? key.name() : indexName;
        if (!name.equals(indexName)) {
            session.ddl().rename(index, name);
        }
        session.ddl()
                .create(new Constraint.Key(
                        session.ddl().allocateOid(),
                        name,
                        table.oid(),
                        key.primary(),
                        numbers,
                        index.oid(),
                        key.timing().deferrable(),
                        key.timing().initiallyDeferred()));
    }

    private TableDefinition requireNotNull(TableDefinition table, TableConstraint.Key key, boolean existing) {
        TableDefinition changed = table;
        for (String name : key.columns()) {
            Column column = keyColumn(changed, name, key.position());
            if (!column.notNull()) {
                if (existing) {
                    refuseNulls(table, column);
                }
                changed = changed.withColumn(column.withNotNull(true));
            }
        }
        if (changed != table) {
            session.ddl().replace(changed);
        }
        return changed;
    }

    /**
     * SET NOT NULL needs rows without nulls. Where a partial index holds just those, it is what is read: the condition
     * also says of columns it names what is true of them anyway (AE-151: the swap of a column is short).
     */
    void refuseNulls(TableDefinition table, Column column) {
        StringBuilder text = new StringBuilder("SELECT 1 FROM ")
                .append(Names.sql(table, session.snapshot()))
                .append(" AS t WHERE t.")
                .append(Identifiers.quote(column.name()))
                .append(" IS NULL");
        session.snapshot().indexes(table.oid()).stream()
                .filter(index -> index.predicate() != null && index.mentioned().contains(column.number()))
                .flatMap(index -> index.mentioned().stream())
                .distinct()
                .map(table::column)
                .filter(Column::notNull)
                .forEach(other -> text.append(" AND t.")
                        .append(Identifiers.quote(other.name()))
                        .append(" IS NOT NULL"));
        text.append(" LIMIT 1");
        if (InternalQuery.any(text.toString(), session)) {
            throw ErrorReport.error(
                            ErrorCode.NOT_NULL_VIOLATION,
                            "column \"" + column.name() + "\" of relation \"" + table.name()
                                    + "\" contains null values")
                    .withSchema(session.snapshot().schemaName(table.schemaOid()))
                    .withTable(table.name())
                    .withColumn(column.name())
                    .exception();
        }
    }

    // ---- FOREIGN KEY

    private void addForeignKey(TableDefinition table, TableConstraint.ForeignKey key, boolean validate) {
        TableDefinition referenced = Names.table(key.table(), session);
        if (referenced.temporary() != table.temporary()) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_TABLE_DEFINITION,
                            table.temporary()
                                    ? "constraints on temporary tables may reference only temporary tables"
                                    : "constraints on permanent tables may reference only permanent tables")
                    .exception();
        }
        session.rights().requireColumns(referenced, Set.of(), Privilege.REFERENCES);
        if (referenced.oid() != table.oid()) {
            referenced = Names.lock(referenced, TableLockMode.SHARE_ROW_EXCLUSIVE, session);
        }
        List<Integer> columns = new ArrayList<>();
        for (String name : key.columns()) {
            columns.add(table.column(name)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_COLUMN,
                                    "column \"" + name + "\" referenced in foreign key constraint does not exist")
                            .exception())
                    .number());
        }
        Target target = target(referenced, key);
        if (target.columns.size() != columns.size()) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_FOREIGN_KEY,
                            "number of referencing and referenced columns for foreign key disagree")
                    .exception();
        }
        session.rights().requireColumns(referenced, Set.copyOf(target.columns), Privilege.REFERENCES);
        String name = key.name() != null
                ? key.name()
                : Names.chooseConstraint(
                        table.name(),
                        String.join("_", key.columns()),
                        "fkey",
                        session.snapshot().constraints(table.oid()),
                        Set.of());
        checkTypes(table, columns, referenced, target.columns, name);
        List<Integer> setColumns = new ArrayList<>();
        key.setColumns()
                .forEach(column -> setColumns.add(Names.column(table, column).number()));
        if (key.match() == TableConstraint.Match.PARTIAL) {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "MATCH PARTIAL not yet implemented")
                    .exception();
        }
        boolean validated = !key.timing().notValid();
        Constraint.ForeignKey made = new Constraint.ForeignKey(
                session.ddl().allocateOid(),
                name,
                table.oid(),
                columns,
                referenced.oid(),
                target.columns,
                target.indexOid,
                action(key.onUpdate()),
                action(key.onDelete()),
                setColumns,
                key.match() == TableConstraint.Match.FULL,
                key.timing().deferrable(),
                key.timing().initiallyDeferred(),
                validated);
        session.ddl().create(made);
        if (validate && validated) {
            validateForeignKey(made);
        }
    }

    private static Constraint.Action action(TableConstraint.Action action) {
        return Constraint.Action.valueOf(action.name());
    }

    private record Target(List<Integer> columns, int indexOid) {}

    private Target target(TableDefinition referenced, TableConstraint.ForeignKey key) {
        if (key.referenced().isEmpty()) {
            Constraint.Key primary = session.snapshot()
                    .primaryKey(referenced.oid())
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_OBJECT,
                                    "there is no primary key for referenced table \""
                                            + key.table().name() + "\"")
                            .exception());
            return new Target(primary.columns(), primary.indexOid());
        }
        List<Integer> columns = new ArrayList<>();
        for (String name : key.referenced()) {
            columns.add(referenced
                    .column(name)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_COLUMN,
                                    "column \"" + name + "\" referenced in foreign key constraint does not exist")
                            .exception())
                    .number());
        }
        for (IndexDefinition index : session.snapshot().indexes(referenced.oid())) {
            List<Integer> parts =
                    index.parts().stream().map(IndexDefinition.Part::column).toList();
            if (index.unique()
                    && index.valid()
                    && index.plain()
                    && parts.size() == columns.size()
                    && new HashSet<>(parts).equals(new HashSet<>(columns))) {
                return new Target(columns, index.oid());
            }
        }
        throw ErrorReport.error(
                        ErrorCode.INVALID_FOREIGN_KEY,
                        "there is no unique constraint matching given keys for referenced table \""
                                + key.table().name() + "\"")
                .exception();
    }

    private void checkTypes(
            TableDefinition table,
            List<Integer> columns,
            TableDefinition referenced,
            List<Integer> referencedColumns,
            String name) {
        for (int i = 0; i < columns.size(); i++) {
            Column from = table.column(columns.get(i));
            Column to = referenced.column(referencedColumns.get(i));
            EncryptedColumns.checkForeignKey(from, to, name, session);
            if (!comparable(from.pgType(), to.pgType())) {
                throw ErrorReport.error(
                                ErrorCode.DATATYPE_MISMATCH,
                                "foreign key constraint \"" + name + "\" cannot be implemented")
                        .withDetail("Key columns \"" + from.name() + "\" and \"" + to.name()
                                + "\" are of incompatible types: " + TypeNames.of(from.pgType()) + " and "
                                + TypeNames.of(to.pgType()) + ".")
                        .exception();
            }
        }
    }

    private static boolean comparable(PgType from, PgType to) {
        return from == to || (from.category() == to.category() && (from.category() == 'N' || from.category() == 'S'));
    }

    void validateForeignKey(Constraint.ForeignKey key) {
        TableDefinition table = Names.current(key.tableOid(), session);
        TableDefinition referenced = Names.current(key.referencedTableOid(), session);
        StringBuilder match = new StringBuilder();
        StringBuilder present = new StringBuilder();
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < key.columns().size(); i++) {
            String from =
                    "f." + Identifiers.quote(table.column(key.columns().get(i)).name());
            String to = "r."
                    + Identifiers.quote(
                            referenced.column(key.referencedColumns().get(i)).name());
            match.append(i == 0 ? "" : " AND ").append(to).append(" = ").append(from);
            present.append(i == 0 ? "" : key.matchFull() ? " OR " : " AND ")
                    .append(from)
                    .append(" IS NOT NULL");
            boolean cell = EncryptedColumns.encrypted(table.column(key.columns().get(i)));
            shown.append(i == 0 ? "" : ", ").append(cell ? "'an encrypted value'" : from + "::text");
        }
        String text = "SELECT " + shown + " FROM " + Names.sql(table, session.snapshot()) + " AS f WHERE (" + present
                + ") AND NOT EXISTS (SELECT 1 FROM " + Names.sql(referenced, session.snapshot()) + " AS r WHERE "
                + match + ") LIMIT 1";
        Row bad = InternalQuery.first(text, session);
        if (bad != null) {
            throw violation(key, table, referenced, bad);
        }
    }

    private RuntimeException violation(
            Constraint.ForeignKey key, TableDefinition table, TableDefinition referenced, Row bad) {
        List<String> names = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < key.columns().size(); i++) {
            names.add(table.column(key.columns().get(i)).name());
            @Nullable String value = bad.getRef(i);
            values.add(value == null ? "null" : value);
        }
        return ErrorReport.error(
                        ErrorCode.FOREIGN_KEY_VIOLATION,
                        "insert or update on table \"" + table.name() + "\" violates foreign key constraint \""
                                + key.name() + "\"")
                .withDetail("Key (" + String.join(", ", names) + ")=(" + String.join(", ", values)
                        + ") is not present in table \"" + referenced.name() + "\".")
                .withSchema(session.snapshot().schemaName(table.schemaOid()))
                .withTable(table.name())
                .withConstraint(key.name())
                .exception();
    }
}
