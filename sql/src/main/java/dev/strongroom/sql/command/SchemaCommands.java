package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.sql.parse.statement.ObjectStatement.CreateExtension;
import dev.strongroom.sql.parse.statement.ObjectStatement.CreateSchema;
import dev.strongroom.sql.parse.statement.ObjectStatement.RenameSchema;
import dev.strongroom.sql.parse.statement.ObjectStatement.SchemaOwner;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.List;
import java.util.Set;

/** CREATE and ALTER SCHEMA, and CREATE EXTENSION for what is built in. */
final class SchemaCommands {
    private static final Set<String> BUILT_IN = Set.of("plpgsql", "strongroom");

    private SchemaCommands() {}

    static String create(CreateSchema create, String text, CommandSession session) {
        DatabaseDefinition database = session.snapshot()
                .shared()
                .database(session.catalog().databaseOid())
                .orElseThrow();
        session.rights().require(database, Privilege.CREATE);
        int owner = create.owner() == null ? session.currentUserOid() : Names.role(create.owner(), session);
        String name = create.name() != null
                ? create.name()
                : session.snapshot().shared().roleName(owner);
        if (name.startsWith("pg_")) {
            throw ErrorReport.error(ErrorCode.RESERVED_NAME, "unacceptable schema name \"" + name + "\"")
                    .withDetail("The prefix \"pg_\" is reserved for system schemas.")
                    .exception();
        }
        if (create.ifNotExists() && session.snapshot().schema(name).isPresent()) {
            session.notice(ErrorReport.of(
                    Severity.NOTICE, ErrorCode.DUPLICATE_SCHEMA, "schema \"" + name + "\" already exists, skipping"));
            return "CREATE SCHEMA";
        }
        session.ddl().create(new Schema(session.ddl().allocateOid(), name, owner, null));
        if (!create.elements().isEmpty()) {
            String path = session.settings().require("search_path");
            session.settings().set("search_path", "\"" + name + "\", " + path, false, true);
            try {
                for (Statement element : create.elements()) {
                    Commands.run(element, text, session);
                }
            } finally {
                session.settings().set("search_path", path, false, true);
            }
        }
        return "CREATE SCHEMA";
    }

    static String rename(RenameSchema rename, CommandSession session) {
        Schema schema = session.snapshot().requireSchema(rename.name());
        session.rights().requireOwner(schema);
        session.ddl().rename(schema, rename.newName());
        return "ALTER SCHEMA";
    }

    static String owner(SchemaOwner owner, CommandSession session) {
        Schema schema = session.snapshot().requireSchema(owner.name());
        session.rights().requireOwner(schema);
        session.ddl().replace(schema.withOwner(Names.role(owner.owner(), session)));
        return "ALTER SCHEMA";
    }

    static String extension(CreateExtension create, CommandSession session) {
        if (!BUILT_IN.contains(create.name())) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED, "extension \"" + create.name() + "\" is not available")
                    .withHint("Available extensions: " + String.join(", ", List.copyOf(BUILT_IN)) + ".")
                    .exception();
        }
        String message = "extension \"" + create.name() + "\" already exists";
        if (!create.ifNotExists()) {
            throw ErrorReport.error(ErrorCode.DUPLICATE_OBJECT, message).exception();
        }
        session.notice(ErrorReport.of(Severity.NOTICE, ErrorCode.DUPLICATE_OBJECT, message + ", skipping"));
        return "CREATE EXTENSION";
    }
}
