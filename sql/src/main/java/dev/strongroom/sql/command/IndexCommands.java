package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.TableStatement.CreateIndex;
import dev.strongroom.sql.parse.statement.TableStatement.IndexKey;
import dev.strongroom.sql.validate.OutputNames;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** CREATE INDEX and building indexes over existing rows. */
final class IndexCommands {
    private static final Set<String> UNORDERED = Set.of("json", "xml", "point", "line", "box", "aclitem", "xid", "cid");

    private IndexCommands() {}

    static String create(CreateIndex create, CommandSession session) {
        Commands.refuseReadOnly(session, "CREATE INDEX");
        if (create.concurrently()) {
            IndexBesideWriters.refuseInBlock("CREATE INDEX CONCURRENTLY", session);
        }
        TableDefinition table = Names.table(create.table(), session);
        session.rights().requireOwner(table);
        // A temporary table has no other writers.
        boolean beside = create.concurrently() && !table.temporary();
        table = Names.lock(table, beside ? TableLockMode.SHARE_UPDATE_EXCLUSIVE : TableLockMode.SHARE, session);
        if (create.method() != null
                && !create.method().equals("btree")
                && !create.method().equals("hash")) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "access method \"" + create.method() + "\" is not supported yet")
                    .exception();
        }
        String name = create.name();
        if (name != null && session.snapshot().relation(table.schemaOid(), name).isPresent()) {
            if (create.ifNotExists()) {
                session.notice(ErrorReport.notice("relation \"" + name + "\" already exists, skipping"));
                return "CREATE INDEX";
            }
            throw ErrorReport.error(ErrorCode.DUPLICATE_TABLE, "relation \"" + name + "\" already exists")
                    .exception();
        }
        IndexTexts texts = new IndexTexts(table, session);
        List<IndexDefinition.Part> parts = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        for (IndexKey key : create.keys()) {
            parts.add(part(table, key, texts));
            labels.add(label(key));
        }
        String predicate = null;
        if (create.where() != null) {
            predicate = texts.predicate(create.where());
            EncryptedColumns.checkCondition("WHERE of an index", create.where().node(), table);
        }
        List<Integer> included = new ArrayList<>();
        for (String column : create.include()) {
            included.add(column(table, column, 0).number());
        }
        String chosen = name != null
                ? name
                : Names.chooseRelation(
                        table.name(), String.join("_", labels), "idx", table.schemaOid(), session.snapshot(), Set.of());
        int oid = session.ddl().allocateOid();
        session.ddl()
                .create(new IndexDefinition(
                        oid,
                        table.schemaOid(),
                        chosen,
                        table.ownerOid(),
                        table.oid(),
                        session.ddl().createTree(),
                        parts,
                        included,
                        create.unique(),
                        false,
                        create.nullsNotDistinct(),
                        predicate,
                        texts.mentioned(),
                        !beside,
                        CreateTableCommand.options(create.options())));
        if (beside) {
            IndexBesideWriters.complete(table.oid(), oid, session);
        } else {
            build(table.oid(), oid, session);
        }
        return "CREATE INDEX";
    }

    private static String label(IndexKey key) {
        if (key.expression() == null) {
            return String.valueOf(key.column());
        }
        String name = OutputNames.of(key.expression().node());
        return name.equals("?column?") ? "expr" : name;
    }

    private static IndexDefinition.Part part(TableDefinition table, IndexKey key, IndexTexts texts) {
        Expression expression = key.expression();
        if (expression != null) {
            IndexTexts.Key made = texts.key(expression);
            requireOrder(made.type().type());
            return new IndexDefinition.Part(
                    made.column(), made.expression(), made.type(), key.descending(), key.nullsFirst());
        }
        Column column = column(table, String.valueOf(key.column()), key.position());
        EncryptedColumns.refuseRandomized(column.pgType(), column.name());
        requireOrder(column.pgType());
        return new IndexDefinition.Part(column.number(), null, column.type(), key.descending(), key.nullsFirst());
    }

    private static Column column(TableDefinition table, String name, int position) {
        return table.column(name)
                .orElseThrow(
                        () -> ErrorReport.error(ErrorCode.UNDEFINED_COLUMN, "column \"" + name + "\" does not exist")
                                .withPosition(position)
                                .exception());
    }

    /** Types without an order cannot be keys. */
    static void requireOrder(PgType type) {
        EncryptedColumns.refuseRandomized(type, null);
        PgType scalar = type.elementType().orElse(type);
        if (UNORDERED.contains(scalar.name())) {
            throw ErrorReport.error(
                            ErrorCode.UNDEFINED_OBJECT,
                            "data type " + TypeNames.of(type)
                                    + " has no default operator class for access method \"btree\"")
                    .withHint("You must specify an operator class for the index or define a default operator class for"
                            + " the data type.")
                    .exception();
        }
    }

    /** Fills an index from the rows the transaction sees. */
    static void build(int tableOid, int indexOid, CommandSession session) {
        TableDefinition table = Names.current(tableOid, session);
        int number = session.snapshot().storedIndexNumber(table, indexOid);
        if (number > 0) {
            session.database().table(session.snapshot().layout(table)).buildIndex(session.transaction(), number);
        }
    }

    /** Numbers of the columns that have the same names in another table. */
    private static List<Integer> same(List<Integer> columns, Relation source, TableDefinition table) {
        return columns.stream()
                .map(number -> Names.column(table, source.column(number).name()).number())
                .toList();
    }

    /** LIKE … INCLUDING INDEXES: the same index on another, empty table. */
    static void copy(IndexDefinition index, Relation source, TableDefinition table, CommandSession session) {
        List<String> labels = new ArrayList<>();
        List<IndexDefinition.Part> parts = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            if (part.expression() != null) {
                labels.add(part.label());
                parts.add(part);
                continue;
            }
            Column column = Names.column(table, source.column(part.column()).name());
            labels.add(column.name());
            parts.add(new IndexDefinition.Part(
                    column.number(), null, column.type(), part.descending(), part.nullsFirst()));
        }
        String name = Names.chooseRelation(
                table.name(),
                index.primary() ? "" : String.join("_", labels),
                index.primary() ? "pkey" : index.unique() && index.plain() ? "key" : "idx",
                table.schemaOid(),
                session.snapshot(),
                Set.of());
        int oid = session.ddl().allocateOid();
        session.ddl()
                .create(new IndexDefinition(
                        oid,
                        table.schemaOid(),
                        name,
                        table.ownerOid(),
                        table.oid(),
                        session.ddl().createTree(),
                        parts,
                        same(index.included(), source, table),
                        index.unique(),
                        index.primary(),
                        index.nullsNotDistinct(),
                        index.predicate(),
                        same(index.mentioned(), source, table),
                        true,
                        index.options()));
        if (index.primary()) {
            session.ddl()
                    .create(new Constraint.Key(
                            session.ddl().allocateOid(),
                            name,
                            table.oid(),
                            true,
                            parts.stream().map(IndexDefinition.Part::column).toList(),
                            oid,
                            false,
                            false));
        }
    }
}
