package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.Dependency;
import dev.strongroom.catalog.store.OidRange;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;

/** {@code pg_constraint}, {@code pg_depend}, {@code pg_description}, {@code pg_rewrite}, {@code pg_extension}. */
final class ConstraintViews {
    /** The built-in extension that owns the server's own objects (decision P-1). */
    static final int EXTENSION = 15000;

    /** Rules of views have no objects of their own: their OIDs are the views' with this bit. */
    private static final int RULE_BIT = 0x4000_0000;

    private static final int REWRITE_CATALOG = 2618;

    private ConstraintViews() {}

    static void register(Registrar registrar) {
        registrar.catalog("pg_constraint", ConstraintViews::constraints);
        registrar.catalog("pg_depend", ConstraintViews::dependencies);
        registrar.catalog("pg_description", ConstraintViews::comments);
        registrar.catalog("pg_shdescription", ConstraintViews::sharedComments);
        registrar.catalog("pg_rewrite", ConstraintViews::rules);
        registrar.catalog("pg_extension", ConstraintViews::extensions);
    }

    private static void constraints(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (CatalogObject object : snapshot.all()) {
            if (object instanceof Constraint constraint) {
                Relation table = snapshot.relation(constraint.tableOid()).orElseThrow();
                constraint(constraint, table, row);
                row.emit(sink);
            }
        }
    }

    private static void constraint(Constraint constraint, Relation table, RowBuilder row) {
        row.set("oid", constraint.oid())
                .set("conname", constraint.name())
                .set("connamespace", table.schemaOid())
                .set("contype", constraint.contype())
                .set("condeferrable", constraint.deferrable())
                .set("condeferred", constraint.initiallyDeferred())
                .set("convalidated", constraint.validated())
                .set("conrelid", constraint.tableOid())
                .set("conislocal", true)
                .set("connoinherit", true)
                .set("confupdtype", " ")
                .set("confdeltype", " ")
                .set("confmatchtype", " ")
                .set("conkey", constraint.columns().isEmpty() ? null : constraint.columns());
        switch (constraint) {
            case Constraint.Key key -> row.set("conindid", key.indexOid());
            case Constraint.Check check -> row.set("conbin", check.expression()).set("connoinherit", check.noInherit());
            case Constraint.ForeignKey key ->
                row.set("conindid", key.referencedIndexOid())
                        .set("confrelid", key.referencedTableOid())
                        .set("confupdtype", key.onUpdate().letter())
                        .set("confdeltype", key.onDelete().letter())
                        .set("confmatchtype", key.matchFull() ? "f" : "s")
                        .set("confkey", key.referencedColumns())
                        .set("confdelsetcols", key.deleteSetColumns().isEmpty() ? null : key.deleteSetColumns());
        }
    }

    private static void dependencies(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        CatalogSnapshot snapshot = context.snapshot();
        for (Dependency edge : snapshot.dependencies().edges()) {
            boolean system = OidRange.system(edge.referenced().oid())
                    && edge.referenced().oid() != Schema.PUBLIC;
            boolean ofView =
                    isView(snapshot, edge.dependent()) && edge.referenced().objectClass() != ObjectClass.SCHEMA;
            if (!system) {
                ObjectRef dependent = edge.dependent();
                depend(
                        row,
                        ofView ? REWRITE_CATALOG : dependent.objectClass().oid(),
                        ofView ? dependent.oid() | RULE_BIT : dependent.oid(),
                        edge.referenced(),
                        edge.kind().letter());
                row.set("objsubid", dependent.subId()).emit(sink);
            }
        }
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof ViewDefinition view) {
                depend(row, REWRITE_CATALOG, view.oid() | RULE_BIT, view.ref(), 'i');
                row.emit(sink);
            }
            boolean typed = relation instanceof TableDefinition || relation instanceof ViewDefinition;
            if (typed && relation.rowTypeOid() != 0) {
                depend(row, ObjectClass.TYPE.oid(), relation.rowTypeOid(), relation.ref(), 'i');
                row.emit(sink);
            }
        }
        extensionMembers(snapshot, row, sink);
    }

    private static boolean isView(CatalogSnapshot snapshot, ObjectRef ref) {
        return ref.objectClass() == ObjectClass.RELATION
                && snapshot.relation(ref.oid()).stream().anyMatch(relation -> relation instanceof ViewDefinition);
    }

    private static void extensionMembers(CatalogSnapshot snapshot, RowBuilder row, Consumer<Row> sink) {
        ObjectRef extension = ObjectRef.of(ObjectClass.EXTENSION, EXTENSION);
        depend(row, ObjectClass.SCHEMA.oid(), Schema.SYS, extension, 'e');
        row.emit(sink);
        for (PgType type : new PgType[] {PgType.ENCRYPTED_DET, PgType.ENCRYPTED_RND}) {
            depend(row, ObjectClass.TYPE.oid(), type.oid(), extension, 'e');
            row.emit(sink);
        }
        for (Relation relation : snapshot.relationsIn(Schema.SYS)) {
            if (relation instanceof SystemTable) {
                depend(row, ObjectClass.RELATION.oid(), relation.oid(), extension, 'e');
                row.emit(sink);
            }
        }
    }

    private static void depend(RowBuilder row, int classOid, int oid, ObjectRef referenced, char kind) {
        row.set("classid", classOid)
                .set("objid", oid)
                .set("refclassid", referenced.objectClass().oid())
                .set("refobjid", referenced.oid())
                .set("refobjsubid", referenced.subId())
                .set("deptype", kind);
    }

    private static void comments(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        context.snapshot()
                .commentsByTarget()
                .forEach((target, text) -> row.set("objoid", target.oid())
                        .set("classoid", target.objectClass().oid())
                        .set("objsubid", target.subId())
                        .set("description", text)
                        .emit(sink));
    }

    private static void sharedComments(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        context.snapshot()
                .shared()
                .commentsByTarget()
                .forEach((target, text) -> row.set("objoid", target.oid())
                        .set("classoid", target.objectClass().oid())
                        .set("description", text)
                        .emit(sink));
    }

    private static void rules(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Relation relation : context.snapshot().relations()) {
            if (relation instanceof ViewDefinition view) {
                row.set("oid", view.oid() | RULE_BIT)
                        .set("rulename", "_RETURN")
                        .set("ev_class", view.oid())
                        .set("ev_type", "1")
                        .set("ev_enabled", "O")
                        .set("is_instead", true)
                        .set("ev_qual", "<>")
                        .set("ev_action", view.query())
                        .emit(sink);
            }
        }
    }

    private static void extensions(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        row.set("oid", EXTENSION)
                .set("extname", "strongroom")
                .set("extowner", Role.POSTGRES)
                .set("extnamespace", Schema.SYS)
                .set("extversion", "1.0")
                .emit(sink);
    }
}
