package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Availability;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.FixedRoles;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.DatabaseStatement.CreateDatabase;
import dev.strongroom.sql.parse.statement.DatabaseStatement.DropDatabase;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.storage.boot.BackupFacts;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CREATE, ALTER and DROP DATABASE. */
final class DatabaseCommands {
    private static final long MICROS_1970_TO_2000 = 946_684_800_000_000L;
    private static final Set<String> TEMPLATES = Set.of("template0", "template1", "model");
    private static final Set<String> AVAILABILITY = Set.of("OFFLINE", "ONLINE", "READ_ONLY", "READ_WRITE");
    private static final Set<String> ENCODINGS = Set.of("utf8", "utf-8", "unicode", "6");
    private static final Set<String> IGNORED = Set.of(
            "lc_collate",
            "lc_ctype",
            "locale",
            "locale_provider",
            "icu_locale",
            "collation_version",
            "strategy",
            "tablespace",
            "oid");

    private DatabaseCommands() {}

    static String run(DatabaseStatement statement, CommandSession session) {
        return switch (statement) {
            case CreateDatabase create -> create(create, session);
            case DropDatabase drop -> drop(drop, session);
            case DatabaseStatement.RenameDatabase rename -> {
                DatabaseDefinition database = owned(rename.name(), session);
                if (database.oid() == session.catalog().databaseOid()) {
                    throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "current database cannot be renamed");
                }
                refuseInUse(database, session);
                session.ddl().rename(database, rename.newName());
                yield "ALTER DATABASE";
            }
            case DatabaseStatement.DatabaseOwner owner -> {
                DatabaseDefinition database = owned(owner.name(), session);
                session.ddl().replace(database.withOwner(Names.role(owner.owner(), session)));
                yield "ALTER DATABASE";
            }
            case DatabaseStatement.DatabaseOptions options -> {
                options(options, session);
                yield "ALTER DATABASE";
            }
            case DatabaseStatement.DatabaseSetting setting -> {
                DatabaseDefinition database = owned(setting.name(), session);
                Map<String, String> settings = StoredSettings.change(database.settings(), setting.setting(), session);
                session.ddl().replace(database.withSettings(settings));
                yield "ALTER DATABASE";
            }
            case DatabaseStatement.DatabaseMode mode -> {
                mode(mode, session);
                yield "ALTER DATABASE";
            }
        };
    }

    private static void access(DatabaseDefinition database, List<String> words, CommandSession session) {
        UserAccess access = UserAccess.valueOf(words.getFirst());
        session.refuseInBlock("ALTER DATABASE SET " + access);
        Leaving leaving = Leaving.of(words.subList(1, words.size()));
        if (database.system()) {
            throw NumberedError.SYSTEM_DATABASE_OPTION.exception(
                    "option \"" + access + "\" cannot be set in database \"" + database.name() + "\"");
        }
        boolean mine = database.oid() == session.catalog().databaseOid();
        boolean taken = database.access() == UserAccess.SINGLE_USER
                && !mine
                && session.sessionsOf(database.oid()) > 0
                && leaving.seconds() < 0;
        if (taken) {
            throw NumberedError.SINGLE_USER_CONNECTED.exception("changes to the state or options of database \""
                    + database.name() + "\" cannot be made at this time: it is in single-user mode, and a user is"
                    + " currently connected to it");
        }
        if (access != UserAccess.MULTI_USER) {
            session.empty(database, access, leaving);
        }
        session.ddl().replace(database.withAccess(access));
    }

    /** SET OFFLINE, ONLINE, READ_ONLY, READ_WRITE. */
    private static void availability(DatabaseDefinition database, List<String> words, CommandSession session) {
        String word = words.getFirst();
        session.refuseInBlock("ALTER DATABASE SET " + word);
        Leaving leaving = Leaving.of(words.subList(1, words.size()));
        if (database.system()) {
            throw NumberedError.SYSTEM_DATABASE_OPTION.exception(
                    "option \"" + word + "\" cannot be set in database \"" + database.name() + "\"");
        }
        Availability now = database.availability();
        Availability wanted = switch (word) {
            case "OFFLINE" -> now.withOffline(true);
            case "ONLINE" -> now.withOffline(false);
            default -> now.withReadOnly(word.equals("READ_ONLY"));
        };
        if (now.offline() && wanted.offline() && !word.equals("OFFLINE")) {
            throw NumberedError.DATABASE_OFFLINE
                    .report("database \"" + database.name() + "\" cannot be changed because it is offline")
                    .withHint("Use ALTER DATABASE … SET ONLINE first.")
                    .exception();
        }
        if (wanted.offline() && database.oid() == session.catalog().databaseOid()) {
            throw NumberedError.ALTER_DATABASE_FAILED
                    .report("the currently open database cannot be taken offline")
                    .withHint("USE another database first.")
                    .exception();
        }
        if (wanted.equals(now)) {
            return;
        }
        if (!now.offline()) {
            session.empty(database, UserAccess.SINGLE_USER, leaving);
        }
        DatabaseDefinition changed = database.withAvailability(wanted);
        session.ddl().replace(changed);
        session.afterCommit(() -> session.databases().avail(changed));
    }

    private static void mode(DatabaseStatement.DatabaseMode mode, CommandSession session) {
        if (!mode.words().isEmpty() && AVAILABILITY.contains(mode.words().getFirst())) {
            availability(named(mode.name(), session), mode.words(), session);
            return;
        }
        if (!mode.words().isEmpty() && mode.words().getFirst().endsWith("_USER")) {
            access(named(mode.name(), session), mode.words(), session);
            return;
        }
        if (mode.words().size() != 2 || !mode.words().getFirst().equals("RECOVERY")) {
            throw Commands.unsupported("ALTER DATABASE SET " + String.join(" ", mode.words()));
        }
        DatabaseDefinition database = named(mode.name(), session);
        if (database.system()) {
            throw new DatabaseException(
                    ErrorCode.WRONG_OBJECT_TYPE,
                    "the recovery model of the system database \"" + database.name() + "\" cannot be changed");
        }
        int model = switch (mode.words().getLast()) {
            case "SIMPLE" -> BackupFacts.SIMPLE;
            case "BULK_LOGGED" -> {
                session.notice(ErrorReport.notice("BULK_LOGGED is kept as FULL: every change is logged"));
                yield BackupFacts.FULL;
            }
            case "FULL" -> BackupFacts.FULL;
            default ->
                throw new DatabaseException(
                        ErrorCode.SYNTAX_ERROR, "recovery model " + mode.words().getLast() + " is unknown");
        };
        session.databases().recoveryModel(database.oid(), model);
    }

    /** The database of an ALTER DATABASE; null for the current one. */
    private static DatabaseDefinition named(@Nullable String name, CommandSession session) {
        DatabaseDefinition database = name == null
                ? session.snapshot()
                        .shared()
                        .database(session.catalog().databaseOid())
                        .orElseThrow()
                : require(name, session);
        // CONTROL SERVER implies ALTER on every database (TDE-108).
        SharedSnapshot shared = session.snapshot().shared();
        boolean controls = shared.role(FixedRoles.CONTROL_SERVER)
                .filter(role -> shared.memberOf(session.currentUserOid(), role.oid()))
                .isPresent();
        if (!controls) {
            session.rights().requireOwner(database);
        }
        return database;
    }

    private static DatabaseDefinition require(String name, CommandSession session) {
        return session.snapshot()
                .shared()
                .database(name)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.INVALID_CATALOG_NAME, "database \"" + name + "\" does not exist")
                        .exception());
    }

    /** A database the user owns. */
    static DatabaseDefinition owned(String name, CommandSession session) {
        DatabaseDefinition database = require(name, session);
        session.rights().requireOwner(database);
        return database;
    }

    private static String create(CreateDatabase create, CommandSession session) {
        session.refuseInBlock("CREATE DATABASE");
        Role role = session.snapshot().shared().role(session.currentUserOid()).orElseThrow();
        if (!role.superuser() && !role.attributes().createDatabase()) {
            throw ErrorReport.error(ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied to create database")
                    .exception();
        }
        if (session.snapshot().shared().database(create.name()).isPresent()) {
            throw ErrorReport.error(ErrorCode.DUPLICATE_DATABASE, "database \"" + create.name() + "\" already exists")
                    .exception();
        }
        int oid = session.catalog().shared().allocateOid();
        DatabaseDefinition database = DatabaseDefinition.of(oid, create.name(), session.currentUserOid())
                .createdAt(session.clockMicros() + MICROS_1970_TO_2000);
        for (Option option : create.options()) {
            database = apply(database, option, session);
        }
        session.databases().create(oid);
        boolean done = false;
        try {
            session.ddl().create(database);
            done = true;
        } finally {
            if (!done) {
                session.databases().remove(oid);
            }
        }
        return "CREATE DATABASE";
    }

    private static DatabaseDefinition apply(DatabaseDefinition database, Option option, CommandSession session) {
        String value = option.value();
        switch (option.name()) {
            case "owner" -> {
                return value == null
                        ? database
                        : database.withOwner(
                                session.snapshot().shared().requireRole(value).oid());
            }
            case "template" -> {
                if (value != null && !TEMPLATES.contains(value)) {
                    throw Commands.unsupported("CREATE DATABASE from template \"" + value + "\"");
                }
                return database;
            }
            case "encoding" -> {
                if (value != null && !ENCODINGS.contains(value.toLowerCase(Locale.ROOT))) {
                    throw ErrorReport.error(
                                    ErrorCode.FEATURE_NOT_SUPPORTED,
                                    "encoding \"" + value + "\" is not supported: databases are UTF8")
                            .withPosition(option.position())
                            .exception();
                }
                return database;
            }
            case "connection_limit" -> {
                return database.withOptions(
                        database.template(), database.allowConnections(), Integer.parseInt(String.valueOf(value)));
            }
            case "allow_connections" -> {
                return database.withOptions(
                        database.template(),
                        !"false".equals(value) && !"off".equals(value),
                        database.connectionLimit());
            }
            case "is_template" -> {
                return database.withOptions(
                        !"false".equals(value) && !"off".equals(value),
                        database.allowConnections(),
                        database.connectionLimit());
            }
            default -> {
                if (IGNORED.contains(option.name())) {
                    return database;
                }
                throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "option \"" + option.name() + "\" not recognized")
                        .withPosition(option.position())
                        .exception();
            }
        }
    }

    private static void options(DatabaseStatement.DatabaseOptions options, CommandSession session) {
        DatabaseDefinition database = owned(options.name(), session);
        for (Option option : options.options()) {
            database = apply(database, option, session);
        }
        session.ddl().replace(database);
    }

    private static String drop(DropDatabase drop, CommandSession session) {
        session.refuseInBlock("DROP DATABASE");
        if (session.snapshot().shared().database(drop.name()).isEmpty() && drop.ifExists()) {
            session.notice(ErrorReport.notice("database \"" + drop.name() + "\" does not exist, skipping"));
            return "DROP DATABASE";
        }
        DatabaseDefinition database = owned(drop.name(), session);
        if (database.system()) {
            throw new DatabaseException(
                    ErrorCode.WRONG_OBJECT_TYPE, "cannot drop the system database \"" + drop.name() + "\"");
        }
        if (database.oid() == session.catalog().databaseOid()) {
            throw new DatabaseException(ErrorCode.OBJECT_IN_USE, "cannot drop the currently open database");
        }
        session.databases().refuseDrop(database.oid());
        if (drop.force()) {
            session.empty(database, UserAccess.SINGLE_USER, Leaving.IMMEDIATE);
        } else {
            refuseInUse(database, session);
            session.empty(database, UserAccess.SINGLE_USER, Leaving.NO_WAIT);
        }
        session.ddl().remove(database);
        session.afterCommit(() -> session.databases().remove(database.oid()));
        return "DROP DATABASE";
    }

    private static void refuseInUse(DatabaseDefinition database, CommandSession session) {
        int others = session.awaitOthers(database.oid());
        if (others > 0) {
            throw ErrorReport.error(
                            ErrorCode.OBJECT_IN_USE,
                            "database \"" + database.name() + "\" is being accessed by other users")
                    .withDetail(
                            others == 1
                                    ? "There is 1 other session using the database."
                                    : "There are " + others + " other sessions using the database.")
                    .exception();
        }
    }
}
