package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.WaitPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds, chooses and checks names for commands. */
final class Names {
    private static final int MAX_BYTES = 63;

    private Names() {}

    /** Schema where a new object of this name goes; CREATE on it is checked. */
    static Schema target(ObjectName name, boolean temporary, CommandSession session) {
        checkDatabase(name, session);
        String schemaName = name.schema();
        CatalogSnapshot snapshot = session.snapshot();
        if (temporary || "pg_temp".equals(schemaName)) {
            if (schemaName != null && !schemaName.startsWith("pg_temp")) {
                throw ErrorReport.error(
                                ErrorCode.INVALID_TABLE_DEFINITION,
                                "cannot create temporary relation in non-temporary schema")
                        .exception();
            }
            int oid = session.ddl().temporarySchema();
            return session.snapshot().schema(oid).orElseThrow();
        }
        Schema schema;
        if (schemaName != null) {
            schema = snapshot.schema(schemaName)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.INVALID_SCHEMA_NAME, "schema \"" + schemaName + "\" does not exist")
                            .withPosition(name.position())
                            .exception());
        } else {
            int oid = session.path().creationSchema();
            if (oid == 0) {
                throw ErrorReport.error(ErrorCode.INVALID_SCHEMA_NAME, "no schema has been selected to create in")
                        .withPosition(name.position())
                        .exception();
            }
            schema = snapshot.schema(oid).orElseThrow();
        }
        session.rights().require(schema, Privilege.CREATE);
        if (schema.system()) {
            throw ErrorReport.error(
                            ErrorCode.INSUFFICIENT_PRIVILEGE,
                            "permission denied to create \"" + schema.name() + "." + name.name() + "\"")
                    .withDetail("System catalog modifications are currently disallowed.")
                    .exception();
        }
        return schema;
    }

    static void checkDatabase(ObjectName name, CommandSession session) {
        String database = name.database();
        if (database == null) {
            return;
        }
        boolean own = session.snapshot()
                .shared()
                .database(session.catalog().databaseOid())
                .filter(found -> found.name().equals(database))
                .isPresent();
        if (!own) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED, "cross-database references are not implemented: " + name)
                    .withPosition(name.position())
                    .exception();
        }
    }

    static DatabaseException undefined(ObjectName name) {
        return ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "relation \"" + shown(name) + "\" does not exist")
                .withPosition(name.position())
                .exception();
    }

    /** As messages show a name: without the database. */
    static String shown(ObjectName name) {
        return name.schema() == null ? name.name() : name.schema() + "." + name.name();
    }

    static Relation relation(ObjectName name, CommandSession session) {
        checkDatabase(name, session);
        Relation relation = session.snapshot()
                .relation(name.schema(), name.name(), session.path())
                .orElseThrow(() -> undefined(name));
        if (name.schema() != null) {
            session.rights().requireUsage(relation);
        }
        return relation;
    }

    static TableDefinition table(ObjectName name, CommandSession session) {
        Relation relation = relation(name, session);
        if (relation instanceof TableDefinition table) {
            return table;
        }
        throw ErrorReport.error(ErrorCode.WRONG_OBJECT_TYPE, "\"" + relation.name() + "\" is not a table")
                .exception();
    }

    /** Locks a table, then gives its newest definition. */
    static TableDefinition lock(TableDefinition table, TableLockMode mode, CommandSession session) {
        session.ddl().storage().lockTable(table.treeId(), mode, WaitPolicy.WAIT);
        session.catalog().settled();
        return (TableDefinition) session.snapshot()
                .relation(table.oid())
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_TABLE, "relation \"" + table.name() + "\" does not exist")
                        .exception());
    }

    static TableDefinition current(int oid, CommandSession session) {
        return (TableDefinition) session.snapshot().relation(oid).orElseThrow();
    }

    static Column column(Relation table, String name) {
        return table.column(name)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_COLUMN,
                                "column \"" + name + "\" of relation \"" + table.name() + "\" does not exist")
                        .exception());
    }

    /** Quoted and qualified, for texts. */
    static String sql(Relation relation, CatalogSnapshot snapshot) {
        return Identifiers.qualified(snapshot.schemaName(relation.schemaOid()), relation.name());
    }

    /** OID of a role as written. */
    static int role(RoleName role, CommandSession session) {
        return switch (role.kind()) {
            case NAMED -> session.snapshot().shared().requireRole(role.name()).oid();
            case CURRENT_USER -> session.currentUserOid();
            case SESSION_USER ->
                session.snapshot()
                        .shared()
                        .requireRole(session.settings().require("session_authorization"))
                        .oid();
            case PUBLIC -> 0;
        };
    }

    // ---- names PostgreSQL chooses

    /** {@code table_column_label}, shortened to fit, with a number where it is taken in the schema. */
    static String chooseRelation(
            String first, String second, String label, int schemaOid, CatalogSnapshot snapshot, Set<String> taken) {
        return choose(
                first, second, label, name -> snapshot.relation(schemaOid, name).isPresent() || taken.contains(name));
    }

    /** As {@link #chooseRelation}, among the constraints of a table. */
    static String chooseConstraint(
            String first, String second, String label, List<Constraint> existing, Set<String> taken) {
        return choose(
                first,
                second,
                label,
                name -> taken.contains(name)
                        || existing.stream()
                                .anyMatch(constraint -> constraint.name().equals(name)));
    }

    private static String choose(String first, String second, String label, Predicate<String> taken) {
        for (int pass = 0; ; pass++) {
            String name = make(first, second, pass == 0 ? label : label + pass);
            if (!taken.test(name)) {
                return name;
            }
        }
    }

    /** PostgreSQL's makeObjectName: shortens the longer of the two parts first. */
    static String make(String first, String second, String label) {
        int overhead = (second.isEmpty() ? 0 : 1) + (label.isEmpty() ? 0 : bytes(label) + 1);
        int available = MAX_BYTES - overhead;
        int firstLength = bytes(first);
        int secondLength = bytes(second);
        while (firstLength + secondLength > available) {
            if (firstLength > secondLength) {
                firstLength--;
            } else {
                secondLength--;
            }
        }
        return clip(first, firstLength)
                + (second.isEmpty() ? "" : "_" + clip(second, secondLength))
                + (label.isEmpty() ? "" : "_" + label);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String clip(String text, int bytes) {
        String clipped = text;
        while (bytes(clipped) > bytes) {
            clipped = clipped.substring(0, clipped.offsetByCodePoints(clipped.length(), -1));
        }
        return clipped;
    }

    static ObjectRef ref(Relation relation) {
        return ObjectRef.relation(relation.oid());
    }
}
