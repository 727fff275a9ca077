package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.value.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * {@code information_schema}: the views clients ask for, computed as PostgreSQL 15's definitions say; the others are empty.
 * Its domains appear as their base types. Objects show only to roles with some right on them.
 */
final class InformationSchema {
    /** OID of the first view; the others follow in the order of their names. */
    private static final int FIRST_OID = 15400;

    private final Map<String, SystemTable> tables = new HashMap<>();

    private InformationSchema() {
        int oid = FIRST_OID;
        for (List<String> row : ResourceTable.load("information_schema").rows()) {
            SystemTable table = new SystemTable(
                    oid++, Schema.INFORMATION_SCHEMA, row.get(0), 'v', SystemTables.columns(row.get(1)), 0);
            tables.put(table.name(), table);
        }
    }

    static void register(Registrar registrar) {
        InformationSchema schema = new InformationSchema();
        schema.add(
                registrar,
                "information_schema_catalog_name",
                (context, row, sink) ->
                        row.set("catalog_name", catalogName(context)).emit(sink));
        schema.add(registrar, "schemata", InformationSchema::schemata);
        schema.add(registrar, "tables", InformationSchema::tables);
        schema.add(registrar, "columns", ColumnsView::rows);
        schema.add(registrar, "views", InformationSchema::views);
        schema.add(registrar, "sequences", InformationSchema::sequences);
        schema.add(registrar, "enabled_roles", InformationSchema::enabledRoles);
        schema.add(registrar, "applicable_roles", InformationSchema::applicableRoles);
        schema.add(registrar, "character_sets", InformationSchema::characterSets);
        schema.add(registrar, "table_constraints", ConstraintSchemaViews::tableConstraints);
        schema.add(registrar, "key_column_usage", ConstraintSchemaViews::keyColumns);
        schema.add(registrar, "constraint_column_usage", ConstraintSchemaViews::constraintColumns);
        schema.add(registrar, "constraint_table_usage", ConstraintSchemaViews::constraintTables);
        schema.add(registrar, "referential_constraints", ConstraintSchemaViews::referential);
        schema.add(registrar, "check_constraints", ConstraintSchemaViews::checks);
        schema.add(registrar, "table_privileges", GrantViews::tables);
        schema.add(registrar, "role_table_grants", GrantViews::tables);
        schema.add(registrar, "column_privileges", GrantViews::columns);
        schema.add(registrar, "role_column_grants", GrantViews::columns);
        schema.add(registrar, "view_table_usage", InformationSchema::viewTables);
        schema.add(registrar, "view_column_usage", InformationSchema::viewColumns);
        schema.tables.values().forEach(table -> {
            if (!registrar.relations().containsKey(table.oid())) {
                registrar.add(ComputedRelation.empty(table));
            }
        });
    }

    private void add(Registrar registrar, String name, ComputedRelation.Source source) {
        registrar.add(new ComputedRelation(Objects.requireNonNull(tables.get(name), name), false, source));
    }

    /** Name of the current database. */
    static String catalogName(SystemContext context) {
        CatalogSnapshot snapshot = context.snapshot();
        return snapshot.shared()
                .database(snapshot.databaseOid())
                .map(DatabaseDefinition::name)
                .orElse("");
    }

    static AccessRights rights(SystemContext context) {
        return new AccessRights(context.snapshot(), context.currentUserOid());
    }

    static String yesNo(boolean value) {
        return value ? "YES" : "NO";
    }

    /** Whether a relation shows: the role owns it or has any privilege on it or a column. */
    static boolean shown(AccessRights rights, Relation relation) {
        int bits = rights.granted(relation) & AccessRights.allOf(relation);
        return bits != 0
                || relation.liveColumns().stream()
                        .anyMatch(column -> column.acl() != null
                                && (rights.has(relation, column, Privilege.SELECT)
                                        || rights.has(relation, column, Privilege.INSERT)
                                        || rights.has(relation, column, Privilege.UPDATE)
                                        || rights.has(relation, column, Privilege.REFERENCES)));
    }

    static boolean tableOrView(Relation relation) {
        return relation.relkind() == 'r' || relation.relkind() == 'v';
    }

    private static void schemata(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = rights(context);
        for (Schema schema : context.snapshot().schemas()) {
            if (rights.has(schema, Privilege.USAGE) || rights.has(schema, Privilege.CREATE)) {
                row.set("catalog_name", catalogName(context))
                        .set("schema_name", schema.name())
                        .set("schema_owner", context.snapshot().shared().roleName(schema.ownerOid()))
                        .emit(sink);
            }
        }
    }

    private static void tables(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = rights(context);
        for (Relation relation : context.snapshot().relations()) {
            if (tableOrView(relation) && shown(rights, relation)) {
                String type =
                        relation.relkind() == 'v' ? "VIEW" : relation.temporary() ? "LOCAL TEMPORARY" : "BASE TABLE";
                row.set("table_catalog", catalogName(context))
                        .set("table_schema", context.snapshot().schemaName(relation.schemaOid()))
                        .set("table_name", relation.name())
                        .set("table_type", type)
                        .set("is_insertable_into", yesNo(relation.relkind() == 'r'))
                        .set("is_typed", "NO")
                        .set("commit_action", relation.temporary() ? "PRESERVE" : null)
                        .emit(sink);
            }
        }
    }

    private static void views(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = rights(context);
        Definitions definitions = new Definitions(context.snapshot(), context.path());
        for (Relation relation : context.snapshot().relations()) {
            if (relation.relkind() == 'v' && shown(rights, relation)) {
                boolean text = relation instanceof ViewDefinition && rights.owns(relation);
                row.set("table_catalog", catalogName(context))
                        .set("table_schema", context.snapshot().schemaName(relation.schemaOid()))
                        .set("table_name", relation.name())
                        .set("view_definition", text ? definitions.view((ViewDefinition) relation) : null)
                        .set("check_option", "NONE")
                        .set("is_updatable", "NO")
                        .set("is_insertable_into", "NO")
                        .set("is_trigger_updatable", "NO")
                        .set("is_trigger_deletable", "NO")
                        .set("is_trigger_insertable_into", "NO")
                        .emit(sink);
            }
        }
    }

    private static void sequences(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = rights(context);
        for (Relation relation : context.snapshot().relations()) {
            boolean wanted = relation instanceof SequenceDefinition sequence && !sequence.identity();
            if (wanted && shown(rights, relation)) {
                SequenceDefinition sequence = (SequenceDefinition) relation;
                InformationTypes types = InformationTypes.of(sequence.dataType(), -1);
                row.set("sequence_catalog", catalogName(context))
                        .set("sequence_schema", context.snapshot().schemaName(sequence.schemaOid()))
                        .set("sequence_name", sequence.name())
                        .set("data_type", types.dataType())
                        .set("numeric_precision", types.numericPrecision())
                        .set("numeric_precision_radix", types.numericRadix())
                        .set("numeric_scale", types.numericScale())
                        .set("start_value", Long.toString(sequence.layout().start()))
                        .set("minimum_value", Long.toString(sequence.layout().minimum()))
                        .set("maximum_value", Long.toString(sequence.layout().maximum()))
                        .set("increment", Long.toString(sequence.layout().increment()))
                        .set("cycle_option", yesNo(sequence.layout().cycle()))
                        .emit(sink);
            }
        }
    }

    private static void enabledRoles(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Role role : context.snapshot().shared().roles()) {
            if (context.snapshot().shared().memberOf(context.currentUserOid(), role.oid())) {
                row.set("role_name", role.name()).emit(sink);
            }
        }
    }

    private static void applicableRoles(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Role role : context.snapshot().shared().roles()) {
            if (context.snapshot().shared().memberOf(context.currentUserOid(), role.oid())) {
                for (Role.Membership membership : role.memberOf()) {
                    row.set("grantee", role.name())
                            .set("role_name", context.snapshot().shared().roleName(membership.roleOid()))
                            .set("is_grantable", yesNo(membership.adminOption()))
                            .emit(sink);
                }
            }
        }
    }

    private static void characterSets(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        row.set("character_set_name", "UTF8")
                .set("character_repertoire", "UCS")
                .set("form_of_use", "UTF8")
                .set("default_collate_catalog", catalogName(context))
                .set("default_collate_schema", "pg_catalog")
                .set("default_collate_name", "C")
                .emit(sink);
    }

    private static void viewTables(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        AccessRights rights = rights(context);
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof ViewDefinition view) {
                view.references().stream()
                        .map(reference -> reference.whole())
                        .distinct()
                        .forEach(reference -> snapshot.relation(reference.oid())
                                .filter(rights::owns)
                                .ifPresent(table -> {
                                    viewUse(context, row, view, table);
                                    row.emit(sink);
                                }));
            }
        }
    }

    private static void viewColumns(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        AccessRights rights = rights(context);
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof ViewDefinition view) {
                view.references().stream()
                        .filter(reference -> reference.subId() > 0)
                        .distinct()
                        .forEach(reference -> snapshot.relation(reference.oid())
                                .filter(rights::owns)
                                .ifPresent(table -> {
                                    Column column = table.column(reference.subId());
                                    viewUse(context, row, view, table);
                                    row.set("column_name", column.name()).emit(sink);
                                }));
            }
        }
    }

    private static void viewUse(SystemContext context, RowBuilder row, ViewDefinition view, Relation table) {
        CatalogSnapshot snapshot = context.snapshot();
        row.set("view_catalog", catalogName(context))
                .set("view_schema", snapshot.schemaName(view.schemaOid()))
                .set("view_name", view.name())
                .set("table_catalog", catalogName(context))
                .set("table_schema", snapshot.schemaName(table.schemaOid()))
                .set("table_name", table.name());
    }

    /** Name a constraint's table has, with its schema. */
    static void constraintName(SystemContext context, RowBuilder row, Constraint constraint, Relation table) {
        row.set("constraint_catalog", catalogName(context))
                .set("constraint_schema", context.snapshot().schemaName(table.schemaOid()))
                .set("constraint_name", constraint.name());
    }

    static void tableName(SystemContext context, RowBuilder row, Relation table) {
        row.set("table_catalog", catalogName(context))
                .set("table_schema", context.snapshot().schemaName(table.schemaOid()))
                .set("table_name", table.name());
    }
}
