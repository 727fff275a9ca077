package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.OidRange;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code pg_class}, {@code pg_attribute}, {@code pg_attrdef}, {@code pg_index}, {@code pg_sequence}, {@code pg_namespace}. */
final class ClassViews {
    /** Table access method {@code heap}, which clients expect of a table. */
    private static final int HEAP = 2;

    private ClassViews() {}

    static void register(Registrar registrar) {
        registrar.live("pg_class", ClassViews::classes);
        registrar.catalog("pg_attribute", ClassViews::attributes);
        registrar.catalog("pg_init_privs", ClassViews::initialPrivileges);
        registrar.live("pg_attrdef", ClassViews::defaults);
        registrar.catalog("pg_index", ClassViews::indexes);
        registrar.catalog("pg_sequence", ClassViews::sequences);
        registrar.catalog("pg_namespace", ClassViews::schemas);
        registrar.builtin("pg_am");
    }

    /** Text items of an ACL, null for the default. */
    static @Nullable List<String> acl(@Nullable Acl acl, SharedSnapshot shared) {
        return acl == null ? null : acl.format(shared::roleName);
    }

    private static void schemas(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Schema schema : context.snapshot().schemas()) {
            row.set("oid", schema.oid())
                    .set("nspname", schema.name())
                    .set("nspowner", schema.ownerOid())
                    .set("nspacl", acl(schema.acl(), context.snapshot().shared()))
                    .emit(sink);
        }
    }

    private static void classes(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            List<Constraint> constraints = snapshot.constraints(relation.oid());
            long checks = constraints.stream()
                    .filter(c -> c instanceof Constraint.Check)
                    .count();
            boolean foreignKeys = !snapshot.referencing(relation.oid()).isEmpty()
                    || constraints.stream().anyMatch(c -> c instanceof Constraint.ForeignKey);
            boolean stored = relation instanceof TableDefinition || relation instanceof IndexDefinition;
            row.set("oid", relation.oid())
                    .set("relname", relation.name())
                    .set("relnamespace", relation.schemaOid())
                    .set("reltype", relation.rowTypeOid())
                    .set("relowner", relation.ownerOid())
                    .set("relam", accessMethod(relation))
                    .set("relfilenode", stored ? relation.oid() : 0)
                    .set("relhasindex", !snapshot.indexes(relation.oid()).isEmpty())
                    .set("relisshared", SharedRelations.contains(relation.oid()))
                    .set("relpersistence", relation.persistence().letter())
                    .set("relkind", relation.relkind())
                    .set("relnatts", relation.columns().size())
                    .set("relchecks", checks)
                    .set("relhasrules", relation.relkind() == 'v')
                    .set("relhastriggers", foreignKeys)
                    .set("relispopulated", true)
                    .set("relreplident", replicaIdentity(relation))
                    .set("relacl", acl(relation.acl(), snapshot.shared()))
                    .set("reloptions", options(relation));
            sizes(context, relation, row);
            row.emit(sink);
        }
    }

    private static void sizes(SystemContext context, Relation relation, RowBuilder row) {
        if (relation instanceof TableDefinition table) {
            RelationSizes.Size size = RelationSizes.of(context, table);
            row.set("relpages", (int) Math.min(size.pages(), Integer.MAX_VALUE)).set("reltuples", (double) size.rows());
            row.set("relfrozenxid", 3).set("relminmxid", 1);
        } else if (relation instanceof IndexDefinition || relation instanceof SequenceDefinition) {
            row.set("relpages", 1).set("reltuples", relation instanceof SequenceDefinition ? 1.0 : 0.0);
        } else {
            row.set("reltuples", relation instanceof SystemTable ? -1.0 : 0.0);
        }
    }

    private static int accessMethod(Relation relation) {
        return switch (relation.relkind()) {
            case 'r' -> HEAP;
            case 'i' -> OperatorClasses.BTREE;
            default -> 0;
        };
    }

    private static char replicaIdentity(Relation relation) {
        if (relation.relkind() != 'r') {
            return 'n';
        }
        return relation instanceof SystemTable ? 'n' : 'd';
    }

    private static @Nullable List<String> options(Relation relation) {
        List<String> options = switch (relation) {
            case TableDefinition table -> table.options();
            case ViewDefinition view -> view.options();
            case IndexDefinition index -> index.options();
            case SequenceDefinition ignored -> List.of();
            case SystemTable ignored -> List.of();
        };
        return options.isEmpty() ? null : options;
    }

    /** Privileges that system schemas have from the start: dumps leave them out. */
    private static void initialPrivileges(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Schema schema : snapshot.schemas()) {
            if (schema.oid() != Schema.PUBLIC && OidRange.system(schema.oid()) && schema.acl() != null) {
                row.set("objoid", schema.oid())
                        .set("classoid", ObjectClass.SCHEMA.oid())
                        .set("objsubid", 0)
                        .set("privtype", schema.name().equals("sys") ? "e" : "i")
                        .set("initprivs", acl(schema.acl(), snapshot.shared()))
                        .emit(sink);
            }
        }
    }

    private static void attributes(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            List<Column> columns =
                    relation instanceof IndexDefinition index ? indexColumns(snapshot, index) : relation.columns();
            for (Column column : columns) {
                attribute(relation, column, row, snapshot);
                row.emit(sink);
            }
        }
    }

    private static void attribute(Relation relation, Column column, RowBuilder row, CatalogSnapshot snapshot) {
        PgType type = column.pgType();
        TypeLayouts.Layout layout = TypeLayouts.of(type.oid());
        boolean live = !column.dropped();
        row.set("attrelid", relation.oid())
                .set("attname", column.name())
                .set("atttypid", live ? type.oid() : 0)
                .set("attstattarget", live ? column.statisticsTarget() : 0)
                .set("attlen", type.length())
                .set("attnum", column.number())
                .set(
                        "attndims",
                        live
                                        && type.isArray()
                                        && layout.length() == -1
                                        && type.name().startsWith("_")
                                ? 1
                                : 0)
                .set("attcacheoff", -1)
                .set("atttypmod", column.type().typmod())
                .set("attbyval", layout.byValue())
                .set("attalign", layout.align())
                .set("attstorage", layout.storage())
                .set("attnotnull", column.notNull())
                .set("atthasdef", column.defaultValue() != null)
                .set("atthasmissing", column.missing() != null)
                .set("attidentity", identity(column))
                .set("attgenerated", column.generated() ? "s" : "")
                .set("attisdropped", column.dropped())
                .set("attislocal", true)
                .set("attcollation", column.type().collationOid())
                .set("attacl", acl(column.acl(), snapshot.shared()));
    }

    static String identity(Column column) {
        return switch (column.identity()) {
            case NONE -> "";
            case ALWAYS -> "a";
            case BY_DEFAULT -> "d";
        };
    }

    /** Columns of an index with the names PostgreSQL gives them: those of the table's columns, or of functions. */
    static List<Column> indexColumns(CatalogSnapshot snapshot, IndexDefinition index) {
        Relation table = snapshot.relation(index.tableOid()).orElseThrow();
        List<Column> columns = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (IndexDefinition.Part part : index.parts()) {
            String base = part.column() > 0 ? table.column(part.column()).name() : part.label();
            String name = base;
            for (int i = 1; !taken.add(name); i++) {
                name = base + i;
            }
            columns.add(Column.of(columns.size() + 1, name, part.type(), false));
        }
        for (int number : index.included()) {
            Column column = table.column(number);
            ColumnType type = new ColumnType(column.pgType(), column.type().typmod(), 0);
            columns.add(Column.of(columns.size() + 1, column.name(), type, false));
        }
        return columns;
    }

    private static void defaults(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Definitions definitions = new Definitions(context.snapshot(), context.path());
        for (Relation relation : context.snapshot().relations()) {
            for (Column column : relation.columns()) {
                if (column.defaultValue() != null) {
                    row.set("oid", column.defaultValue().oid())
                            .set("adrelid", relation.oid())
                            .set("adnum", column.number())
                            .set("adbin", definitions.expression(column.defaultValue()))
                            .emit(sink);
                }
            }
        }
    }

    private static void indexes(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof IndexDefinition index) {
                index(snapshot, index, row);
                row.emit(sink);
            }
        }
    }

    private static void index(CatalogSnapshot snapshot, IndexDefinition index, RowBuilder row) {
        List<Integer> keys = new ArrayList<>();
        List<Integer> collations = new ArrayList<>();
        List<Integer> classes = new ArrayList<>();
        List<Integer> options = new ArrayList<>();
        List<String> expressions = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            keys.add(part.column());
            collations.add(part.type().collationOid());
            classes.add(OperatorClasses.btree(part.type().type()));
            options.add((part.descending() ? 1 : 0) | (part.nullsFirst() ? 2 : 0));
            if (part.expression() != null) {
                expressions.add(part.expression());
            }
        }
        keys.addAll(index.included());
        boolean immediate = snapshot.constraints(index.tableOid()).stream()
                .noneMatch(c -> c instanceof Constraint.Key key && key.indexOid() == index.oid() && key.deferrable());
        row.set("indexrelid", index.oid())
                .set("indrelid", index.tableOid())
                .set("indnatts", keys.size())
                .set("indnkeyatts", index.parts().size())
                .set("indisunique", index.unique())
                .set("indnullsnotdistinct", index.nullsNotDistinct())
                .set("indisprimary", index.primary())
                .set("indimmediate", immediate)
                .set("indisvalid", index.valid())
                .set("indisready", true)
                .set("indislive", true)
                .set("indkey", keys)
                .set("indcollation", collations)
                .set("indclass", classes)
                .set("indoption", options)
                .set("indexprs", expressions.isEmpty() ? null : String.join(", ", expressions))
                .set("indpred", index.predicate());
    }

    private static void sequences(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Relation relation : context.snapshot().relations()) {
            if (relation instanceof SequenceDefinition sequence) {
                row.set("seqrelid", sequence.oid())
                        .set("seqtypid", sequence.dataType().oid())
                        .set("seqstart", sequence.layout().start())
                        .set("seqincrement", sequence.layout().increment())
                        .set("seqmax", sequence.layout().maximum())
                        .set("seqmin", sequence.layout().minimum())
                        .set("seqcache", sequence.cache())
                        .set("seqcycle", sequence.layout().cycle())
                        .emit(sink);
            }
        }
    }
}
