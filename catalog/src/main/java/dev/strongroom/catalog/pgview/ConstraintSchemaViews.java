package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.value.Row;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The constraint views of {@code information_schema}. */
final class ConstraintSchemaViews {
    private ConstraintSchemaViews() {}

    private static void forEach(SystemContext context, BiConsumer<Constraint, Relation> each) {
        for (CatalogObject object : context.snapshot().all()) {
            if (object instanceof Constraint constraint) {
                each.accept(
                        constraint,
                        context.snapshot().relation(constraint.tableOid()).orElseThrow());
            }
        }
    }

    /** Owner, or any privilege but SELECT. */
    private static boolean mayKnow(AccessRights rights, Relation table) {
        return (rights.granted(table) & AccessRights.allOf(table) & ~Privilege.SELECT.bit()) != 0
                || rights.hasAny(table, Privilege.INSERT)
                || rights.hasAny(table, Privilege.UPDATE)
                || rights.hasAny(table, Privilege.REFERENCES);
    }

    static void tableConstraints(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        forEach(context, (constraint, table) -> {
            if (mayKnow(rights, table)) {
                String type = switch (constraint.contype()) {
                    case 'p' -> "PRIMARY KEY";
                    case 'u' -> "UNIQUE";
                    case 'f' -> "FOREIGN KEY";
                    default -> "CHECK";
                };
                InformationSchema.constraintName(context, row, constraint, table);
                InformationSchema.tableName(context, row, table);
                row.set("constraint_type", type)
                        .set("is_deferrable", InformationSchema.yesNo(constraint.deferrable()))
                        .set("initially_deferred", InformationSchema.yesNo(constraint.initiallyDeferred()))
                        .set("enforced", "YES")
                        .set("nulls_distinct", nullsDistinct(context.snapshot(), constraint))
                        .emit(sink);
            }
        });
        for (Relation table : context.snapshot().relations()) {
            if (table.relkind() == 'r' && mayKnow(rights, table)) {
                for (Column column : table.liveColumns()) {
                    if (column.notNull()) {
                        notNull(context, row, table, column);
                        row.emit(sink);
                    }
                }
            }
        }
    }

    private static @org.jspecify.annotations.Nullable String nullsDistinct(
            CatalogSnapshot snapshot, Constraint constraint) {
        if (!(constraint instanceof Constraint.Key key) || key.primary()) {
            return null;
        }
        boolean same = snapshot.relation(key.indexOid()).stream()
                .anyMatch(index -> index instanceof IndexDefinition definition && definition.nullsNotDistinct());
        return InformationSchema.yesNo(!same);
    }

    /** NOT NULL appears as a check constraint with a made-up name. */
    private static void notNull(SystemContext context, RowBuilder row, Relation table, Column column) {
        InformationSchema.tableName(context, row, table);
        row.set("constraint_catalog", InformationSchema.catalogName(context))
                .set("constraint_schema", context.snapshot().schemaName(table.schemaOid()))
                .set("constraint_name", notNullName(table, column))
                .set("constraint_type", "CHECK")
                .set("is_deferrable", "NO")
                .set("initially_deferred", "NO")
                .set("enforced", "YES");
    }

    private static String notNullName(Relation table, Column column) {
        return Integer.toUnsignedString(table.schemaOid()) + "_" + Integer.toUnsignedString(table.oid()) + "_"
                + column.number() + "_not_null";
    }

    static void keyColumns(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        forEach(context, (constraint, table) -> {
            if (constraint instanceof Constraint.Check || !mayRead(rights, table)) {
                return;
            }
            List<Integer> unique = positionsInUnique(context.snapshot(), constraint);
            for (int i = 0; i < constraint.columns().size(); i++) {
                InformationSchema.constraintName(context, row, constraint, table);
                InformationSchema.tableName(context, row, table);
                row.set("column_name", table.column(constraint.columns().get(i)).name())
                        .set("ordinal_position", i + 1)
                        .set("position_in_unique_constraint", unique.isEmpty() ? null : unique.get(i))
                        .emit(sink);
            }
        });
    }

    private static boolean mayRead(AccessRights rights, Relation table) {
        return mayKnow(rights, table) || rights.hasAny(table, Privilege.SELECT);
    }

    private static List<Integer> positionsInUnique(CatalogSnapshot snapshot, Constraint constraint) {
        if (!(constraint instanceof Constraint.ForeignKey key)) {
            return List.of();
        }
        Relation index = snapshot.relation(key.referencedIndexOid()).orElse(null);
        if (!(index instanceof IndexDefinition definition)) {
            return List.of();
        }
        List<Integer> order =
                definition.parts().stream().map(IndexDefinition.Part::column).toList();
        return key.referencedColumns().stream()
                .map(column -> order.indexOf(column) + 1)
                .toList();
    }

    static void constraintColumns(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        forEach(context, (constraint, table) -> {
            Relation used = usedTable(context.snapshot(), constraint, table);
            if (rights.owns(used)) {
                List<Integer> columns = constraint instanceof Constraint.ForeignKey key
                        ? key.referencedColumns()
                        : constraint.columns();
                for (int column : columns) {
                    InformationSchema.tableName(context, row, used);
                    row.set("column_name", used.column(column).name());
                    InformationSchema.constraintName(context, row, constraint, table);
                    row.emit(sink);
                }
            }
        });
    }

    static void constraintTables(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        forEach(context, (constraint, table) -> {
            Relation used = usedTable(context.snapshot(), constraint, table);
            if (!(constraint instanceof Constraint.Check) && rights.owns(used)) {
                InformationSchema.tableName(context, row, used);
                InformationSchema.constraintName(context, row, constraint, table);
                row.emit(sink);
            }
        });
    }

    private static Relation usedTable(CatalogSnapshot snapshot, Constraint constraint, Relation table) {
        return constraint instanceof Constraint.ForeignKey key
                ? snapshot.relation(key.referencedTableOid()).orElseThrow()
                : table;
    }

    static void referential(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        CatalogSnapshot snapshot = context.snapshot();
        forEach(context, (constraint, table) -> {
            if (constraint instanceof Constraint.ForeignKey key && mayKnow(rights, table)) {
                InformationSchema.constraintName(context, row, constraint, table);
                uniqueConstraint(snapshot, key)
                        .ifPresent(unique -> row.set(
                                        "unique_constraint_catalog", InformationSchema.catalogName(context))
                                .set(
                                        "unique_constraint_schema",
                                        snapshot.schemaName(
                                                usedTable(snapshot, key, table).schemaOid()))
                                .set("unique_constraint_name", unique.name()));
                row.set("match_option", key.matchFull() ? "FULL" : "NONE")
                        .set("update_rule", key.onUpdate().sqlName())
                        .set("delete_rule", key.onDelete().sqlName())
                        .emit(sink);
            }
        });
    }

    private static Optional<Constraint> uniqueConstraint(CatalogSnapshot snapshot, Constraint.ForeignKey key) {
        return snapshot.constraints(key.referencedTableOid()).stream()
                .filter(candidate ->
                        candidate instanceof Constraint.Key unique && unique.indexOid() == key.referencedIndexOid())
                .findFirst();
    }

    static void checks(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = InformationSchema.rights(context);
        Definitions definitions = new Definitions(context.snapshot(), context.path());
        forEach(context, (constraint, table) -> {
            if (constraint instanceof Constraint.Check check && rights.owns(table)) {
                String whole = definitions.constraint(check);
                InformationSchema.constraintName(context, row, constraint, table);
                row.set("check_clause", whole.substring("CHECK (".length(), whole.lastIndexOf(')')))
                        .emit(sink);
            }
        });
        for (Relation table : context.snapshot().relations()) {
            if (table.relkind() == 'r' && rights.owns(table)) {
                for (Column column : table.liveColumns()) {
                    if (column.notNull()) {
                        row.set("constraint_catalog", InformationSchema.catalogName(context))
                                .set("constraint_schema", context.snapshot().schemaName(table.schemaOid()))
                                .set("constraint_name", notNullName(table, column))
                                .set("check_clause", Identifiers.quote(column.name()) + " IS NOT NULL")
                                .emit(sink);
                    }
                }
            }
        }
    }
}
