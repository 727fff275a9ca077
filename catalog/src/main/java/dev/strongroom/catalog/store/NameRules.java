package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyObject;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;

/** Which names are free, and which objects are the server's own. */
final class NameRules {
    private NameRules() {}

    static void checkNew(CatalogSnapshot snapshot, CatalogObject object) {
        switch (object) {
            case Schema schema -> {
                refuseReservedSchema(schema);
                if (snapshot.schema(schema.name()).isPresent()) {
                    throw taken(ErrorCode.DUPLICATE_SCHEMA, "schema \"" + schema.name() + "\" already exists");
                }
            }
            case Relation relation -> checkRelation(snapshot, relation);
            case Constraint constraint -> checkConstraint(snapshot, constraint);
            case Role role -> {
                if (role.name().startsWith("pg_")
                        || role.name().equals("public")
                        || role.name().equals("none")) {
                    ErrorReport report =
                            ErrorReport.error(ErrorCode.RESERVED_NAME, "role name \"" + role.name() + "\" is reserved");
                    throw (role.name().startsWith("pg_")
                                    ? report.withDetail("Role names starting with \"pg_\" are reserved.")
                                    : report)
                            .exception();
                }
                if (snapshot.shared().role(role.name()).isPresent()) {
                    throw taken(ErrorCode.DUPLICATE_OBJECT, "role \"" + role.name() + "\" already exists");
                }
            }
            case DatabaseDefinition database -> {
                if (snapshot.shared().database(database.name()).isPresent()) {
                    throw taken(ErrorCode.DUPLICATE_DATABASE, "database \"" + database.name() + "\" already exists");
                }
            }
            case ColumnKeyObject key -> checkColumnKey(snapshot, key);
        }
    }

    private static void checkColumnKey(CatalogSnapshot snapshot, ColumnKeyObject key) {
        boolean taken = switch (key) {
            case ColumnMasterKey master ->
                snapshot.columnKeys().masterKey(master.name()).isPresent();
            case ColumnEncryptionKey encryption ->
                snapshot.columnKeys().encryptionKey(encryption.name()).isPresent();
            case EncryptionScheme ignored -> false;
            case ColumnKeyRights ignored -> false;
        };
        if (taken) {
            throw NumberedError.OBJECT_EXISTS.exception(
                    (key instanceof ColumnMasterKey ? "column master key \"" : "column encryption key \"") + key.name()
                            + "\" already exists");
        }
    }

    static void checkReplace(CatalogSnapshot snapshot, CatalogObject before, CatalogObject after) {
        boolean moved =
                before instanceof Relation from && after instanceof Relation to && from.schemaOid() != to.schemaOid();
        if (moved || !before.name().equals(after.name())) {
            checkNew(snapshot, after);
        }
        refuseBreakingViews(snapshot, before, after, moved);
    }

    /** Views are kept as text: a relation they read keeps its name, and so do its columns. */
    private static void refuseBreakingViews(
            CatalogSnapshot snapshot, CatalogObject before, CatalogObject after, boolean moved) {
        if (before instanceof Schema schema && !schema.name().equals(after.name())) {
            snapshot.relationsIn(schema.oid())
                    .forEach(relation -> refuseIfRead(snapshot, relation.ref(), "schema \"" + schema.name() + "\""));
        }
        if (!(before instanceof Relation from) || !(after instanceof Relation to)) {
            return;
        }
        if (moved || !from.name().equals(to.name())) {
            refuseIfRead(snapshot, from.ref(), "\"" + from.name() + "\"");
        }
        for (int i = 0; i < Math.min(from.columns().size(), to.columns().size()); i++) {
            Column old = from.columns().get(i);
            Column changed = to.columns().get(i);
            if (!old.name().equals(changed.name()) && !changed.dropped()) {
                refuseIfRead(snapshot, ObjectRef.column(from.oid(), old.number()), "column \"" + old.name() + "\"");
            }
        }
    }

    private static void refuseIfRead(CatalogSnapshot snapshot, ObjectRef ref, String what) {
        for (Dependency edge : snapshot.dependencies().dependents(ref)) {
            Relation reader = edge.dependent().objectClass() == ObjectClass.RELATION
                    ? snapshot.relation(edge.dependent().oid()).orElse(null)
                    : null;
            if (reader instanceof ViewDefinition view) {
                throw ErrorReport.error(
                                ErrorCode.FEATURE_NOT_SUPPORTED,
                                "renaming " + what + " while view \"" + view.name()
                                        + "\" reads it is not supported yet")
                        .withHint("Drop the view first and create it again afterwards.")
                        .exception();
            }
        }
    }

    static void checkDroppable(CatalogSnapshot snapshot, ObjectRef ref) {
        CatalogObject object = snapshot.object(ref).orElse(null);
        if (object instanceof SystemTable table) {
            throw ErrorReport.error(
                            ErrorCode.INSUFFICIENT_PRIVILEGE,
                            "permission denied: \"" + table.name() + "\" is a system catalog")
                    .exception();
        }
        boolean system = object != null
                && OidRange.system(object.oid())
                && !(object instanceof Schema schema && schema.oid() == Schema.PUBLIC);
        if (system) {
            SearchPath path = snapshot.searchPath(java.util.List.of(), "", 0);
            throw ErrorReport.error(
                            ErrorCode.DEPENDENT_OBJECTS_STILL_EXIST,
                            "cannot drop " + new ObjectNames(snapshot, path).describe(ref)
                                    + " because it is required by the database system")
                    .exception();
        }
    }

    private static void refuseReservedSchema(Schema schema) {
        boolean temporary = schema.name().startsWith("pg_temp_");
        if (schema.name().startsWith("pg_") && !temporary) {
            throw ErrorReport.error(ErrorCode.RESERVED_NAME, "unacceptable schema name \"" + schema.name() + "\"")
                    .withDetail("The prefix \"pg_\" is reserved for system schemas.")
                    .exception();
        }
    }

    private static void checkRelation(CatalogSnapshot snapshot, Relation relation) {
        Schema schema = snapshot.schema(relation.schemaOid()).orElseThrow();
        if (schema.system()) {
            throw ErrorReport.error(
                            ErrorCode.INSUFFICIENT_PRIVILEGE,
                            "permission denied to create \"" + schema.name() + "." + relation.name() + "\"")
                    .withDetail("System catalog modifications are currently disallowed.")
                    .exception();
        }
        if (snapshot.relation(relation.schemaOid(), relation.name()).isPresent()) {
            throw taken(ErrorCode.DUPLICATE_TABLE, "relation \"" + relation.name() + "\" already exists");
        }
    }

    private static void checkConstraint(CatalogSnapshot snapshot, Constraint constraint) {
        if (snapshot.constraint(constraint.tableOid(), constraint.name()).isPresent()) {
            String table =
                    snapshot.relation(constraint.tableOid()).map(Relation::name).orElse("");
            throw taken(
                    ErrorCode.DUPLICATE_OBJECT,
                    "constraint \"" + constraint.name() + "\" for relation \"" + table + "\" already exists");
        }
    }

    private static DatabaseException taken(ErrorCode code, String message) {
        return ErrorReport.error(code, message).exception();
    }
}
