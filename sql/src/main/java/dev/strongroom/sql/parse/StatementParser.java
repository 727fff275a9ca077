package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.AuditStatement;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.KeyStatement;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTableAs;
import dev.strongroom.sql.parse.statement.TableStatement.OnCommit;
import dev.strongroom.sql.parse.statement.TableStatement.Persistence;
import dev.strongroom.sql.parse.statement.TransactionStatement;
import dev.strongroom.sql.parse.statement.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One statement: looks at its first words and hands on to the part of the grammar that knows it. */
final class StatementParser {
    private static final List<String> PROCEDURES = List.of(
            "sp_configure",
            "sp_detach_db",
            "sp_attach_db",
            "sp_clean_db_free_space",
            "sp_delete_backuphistory",
            "sp_delete_database_backuphistory");

    private final ParserContext context;
    private final TokenStream tokens;
    private final SettingParser settings;
    private final RoleParser roles;
    private final ConstraintParser constraints;
    private final TableParser tables;
    private final AlterTableParser alterations;
    private final ObjectParser objects;
    private final UtilityParser utilities;
    private final KeyParser keys;
    private final CertificateParser certificates;
    private final ColumnKeyParser columnKeys;
    private final BackupParser backups;
    private final AuditParser audits;

    StatementParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
        this.settings = new SettingParser(context);
        this.roles = new RoleParser(context, settings);
        this.constraints = new ConstraintParser(context);
        this.tables = new TableParser(context, constraints);
        this.alterations = new AlterTableParser(context, constraints, tables, roles);
        this.objects = new ObjectParser(context, constraints, tables, roles, settings);
        this.utilities = new UtilityParser(context, tables, objects);
        this.keys = new KeyParser(context);
        this.certificates = new CertificateParser(context, keys);
        this.columnKeys = new ColumnKeyParser(context);
        this.backups = new BackupParser(context, keys, certificates);
        this.audits = new AuditParser(context);
    }

    /** Whether a statement of the T-SQL family may be ended by GO (decision P-12). */
    static boolean endsAtGo(Statement statement) {
        return statement instanceof Use
                || statement instanceof KeyStatement
                || statement instanceof CertificateStatement
                || statement instanceof ColumnKeyStatement
                || statement instanceof ProviderStatement
                || statement instanceof EncryptionStatement
                || statement instanceof BackupStatement
                || statement instanceof AuditStatement
                || statement instanceof SettingStatement.Configure
                || statement instanceof SettingStatement.Reconfigure
                || statement instanceof SettingStatement.TraceFlag;
    }

    Statement statement() {
        Token first = tokens.peek();
        if (first.is("(")) {
            return objects.query();
        }
        if (first.kind() != Kind.WORD) {
            throw tokens.unexpected();
        }
        switch (first.text()) {
            case "select", "values", "table", "with", "insert", "update", "delete" -> {
                return queryOrModification();
            }
            default -> tokens.next();
        }
        return switch (first.text()) {
            case "create" -> create();
            case "alter" -> alter();
            case "drop" -> drop();
            case "grant" -> roles.grant(true);
            case "revoke" -> roles.grant(false);
            case "deny" -> roles.deny();
            case "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release" ->
                settings.transaction(first.text());
            case "set" -> settings.set();
            case "reset" -> settings.reset();
            case "show" -> settings.show();
            case "discard" -> settings.discard();
            case "prepare" -> prepare();
            case "execute" -> execute();
            case "exec" -> procedure();
            case "deallocate" -> utilities.deallocate();
            case "declare" -> utilities.declare();
            case "fetch" -> utilities.fetch(false);
            case "move" -> utilities.fetch(true);
            case "open" -> keys.openMasterKey();
            case "close" -> tokens.accept("master", "key") ? new KeyStatement.CloseMasterKey() : utilities.close();
            case "use" -> use();
            case "backup" -> backups.backup();
            case "restore" -> backups.restore();
            default -> housekeeping(first);
        };
    }

    private Statement housekeeping(Token first) {
        return switch (first.text()) {
            case "copy" -> utilities.copy();
            case "explain" -> utilities.explain(this::statement);
            case "truncate" -> utilities.truncate();
            case "lock" -> utilities.lock();
            case "vacuum" -> utilities.vacuum();
            case "analyze", "analyse" -> utilities.analyze();
            case "reindex" -> utilities.reindex();
            case "cluster" -> utilities.cluster();
            case "checkpoint" -> new MaintenanceStatement.Checkpoint();
            case "listen" -> utilities.listen();
            case "unlisten" -> utilities.unlisten();
            case "notify" -> utilities.notification();
            case "call" -> utilities.call();
            case "comment" -> {
                tokens.expect("on");
                yield objects.comment();
            }
            case "refresh" -> objects.refreshView();
            case "reassign" -> {
                tokens.expect("owned", "by");
                var from = roles.roles();
                tokens.expect("to");
                yield new RoleStatement.ReassignOwned(from, roles.role());
            }
            case "reconfigure" -> {
                tokens.accept("with", "override");
                yield new SettingStatement.Reconfigure();
            }
            case "dbcc" -> traceFlag();
            case "do", "merge", "load", "security", "import" ->
                objects.unsupported(first.text().toUpperCase(Locale.ROOT));
            default -> throw tokens.unexpected(first);
        };
    }

    private Statement queryOrModification() {
        Statement statement = context.modifications.queryOrModification();
        QueryParser.Into into = context.queries.takeInto();
        if (into == null) {
            return statement;
        }
        if (!(statement instanceof Query)) {
            throw TokenStream.syntaxError("SELECT ... INTO is not allowed here", into.position());
        }
        return new CreateTableAs(
                into.name(), into.persistence(), false, List.of(), List.of(), OnCommit.PRESERVE_ROWS, statement, true);
    }

    private Statement prepare() {
        if (tokens.accept("transaction")) {
            return new TransactionStatement.TwoPhase("PREPARE TRANSACTION", tokens.string());
        }
        return utilities.prepare(this::statement);
    }

    private Statement execute() {
        return tokens.at("msdb") || PROCEDURES.stream().anyMatch(tokens::at) ? procedure() : tables.executeTail();
    }

    /** SQL Server's procedures that have no like elsewhere. */
    private Statement procedure() {
        if (tokens.at("sp_detach_db")) {
            return backups.detachProcedure();
        }
        if (tokens.at("sp_attach_db")) {
            return backups.attachProcedure();
        }
        if (tokens.at("sp_clean_db_free_space")) {
            return backups.cleanFreeSpace();
        }
        return tokens.at("sp_configure") ? configure() : backups.forgetHistory();
    }

    private Statement use() {
        int position = tokens.position();
        return new Use(tokens.bracketName(), position);
    }

    private Statement configure() {
        tokens.expect("sp_configure");
        String name = tokens.string();
        tokens.expect(",");
        String value = tables.optionValue();
        tokens.accept(";");
        return new SettingStatement.Configure(name, value);
    }

    private Statement traceFlag() {
        boolean on = tokens.accept("traceon");
        if (!on) {
            tokens.expect("traceoff");
        }
        tokens.expect("(");
        List<Long> flags = new ArrayList<>();
        do {
            flags.add(tokens.signedInteger());
        } while (tokens.accept(","));
        tokens.expect(")");
        return new SettingStatement.TraceFlag(on, flags);
    }

    // ---- CREATE

    private Statement create() {
        Statement keyStatement = createKey();
        if (keyStatement != null) {
            return keyStatement;
        }
        boolean replace = tokens.accept("or", "replace");
        Persistence persistence = persistence();
        boolean temporary = persistence == Persistence.TEMPORARY;
        Token word = tokens.next();
        return switch (word.text()) {
            case "table" -> tables.createTable(persistence);
            case "unique" -> {
                tokens.expect("index");
                yield tables.createIndex(true);
            }
            case "index" -> tables.createIndex(false);
            case "view" -> objects.createView(replace, temporary, false);
            case "recursive" -> throw TokenStream.unsupported("CREATE RECURSIVE VIEW", word.start() + 1);
            case "materialized" -> {
                tokens.expect("view");
                yield objects.createView(false, false, true);
            }
            case "sequence" -> objects.createSequence(temporary);
            case "schema" -> objects.createSchema(this::statement);
            case "database" -> createDatabase();
            case "role", "group" -> roles.create(false);
            case "user" -> roles.create(true);
            case "extension" -> objects.createExtension();
            case "function", "procedure", "trigger", "type", "domain", "aggregate", "operator", "cast" ->
                objects.unsupported("CREATE " + word.text().toUpperCase(Locale.ROOT));
            case "rule", "policy", "tablespace", "language", "collation", "publication", "subscription" ->
                objects.unsupported("CREATE " + word.text().toUpperCase(Locale.ROOT));
            case "server", "foreign", "event", "statistics", "transform", "text", "conversion", "constraint" ->
                objects.unsupported("CREATE " + word.text().toUpperCase(Locale.ROOT));
            case "trusted", "procedural", "access", "default" ->
                objects.unsupported("CREATE " + word.text().toUpperCase(Locale.ROOT));
            default -> throw tokens.unexpected(word);
        };
    }

    private Statement createDatabase() {
        String name = tokens.bracketName();
        return tokens.accept("on") ? backups.attach(name) : objects.createDatabase(name);
    }

    private @Nullable Statement createKey() {
        if (tokens.accept("master", "key")) {
            return keys.createMasterKey();
        }
        if (tokens.accept("certificate")) {
            return certificates.create();
        }
        if (tokens.accept("database", "encryption", "key")) {
            return keys.createDatabaseKey();
        }
        if (tokens.accept("cryptographic", "provider")) {
            return keys.createProvider();
        }
        if (tokens.accept("credential")) {
            return keys.putCredential(true);
        }
        if (tokens.accept("asymmetric", "key")) {
            return keys.createAsymmetricKey();
        }
        if (tokens.accept("login")) {
            return keys.createLogin();
        }
        Statement audit = audits.put(true);
        return audit != null ? audit : columnKeys.create();
    }

    private Persistence persistence() {
        if ((tokens.at("local") || tokens.at("global")) && (tokens.at(1, "temp") || tokens.at(1, "temporary"))) {
            tokens.next();
        }
        if (tokens.acceptAny("temp", "temporary")) {
            return Persistence.TEMPORARY;
        }
        return tokens.accept("unlogged") ? Persistence.UNLOGGED : Persistence.PERMANENT;
    }

    // ---- ALTER

    private Statement alter() {
        Statement keyStatement = alterKey();
        if (keyStatement != null) {
            return keyStatement;
        }
        if (tokens.accept("materialized", "view")) {
            return alterations.alter(ObjectKind.MATERIALIZED_VIEW);
        }
        Token word = tokens.next();
        return switch (word.text()) {
            case "table" -> alterations.alter(ObjectKind.TABLE);
            case "index" -> alterations.alter(ObjectKind.INDEX);
            case "view" -> alterations.alter(ObjectKind.VIEW);
            case "sequence" -> alterations.alter(ObjectKind.SEQUENCE);
            case "schema" -> objects.alterSchema();
            case "role", "user" -> roles.alter();
            case "group" -> roles.alterGroup();
            case "default" -> {
                tokens.expect("privileges");
                yield roles.defaultPrivileges();
            }
            case "system" -> new SettingStatement.AlterSystem(settings.setOrReset());
            case "database" -> alterDatabase();
            case "function", "procedure", "trigger", "type", "domain", "aggregate", "operator", "extension" ->
                objects.unsupported("ALTER " + word.text().toUpperCase(Locale.ROOT));
            case "rule", "policy", "tablespace", "language", "collation", "publication", "subscription", "routine" ->
                objects.unsupported("ALTER " + word.text().toUpperCase(Locale.ROOT));
            case "server", "foreign", "event", "statistics", "text", "conversion", "large" ->
                objects.unsupported("ALTER " + word.text().toUpperCase(Locale.ROOT));
            default -> throw tokens.unexpected(word);
        };
    }

    private @Nullable Statement alterKey() {
        if (tokens.accept("service", "master", "key")) {
            return keys.alterServiceKey();
        }
        if (tokens.accept("master", "key")) {
            return keys.alterMasterKey();
        }
        if (tokens.accept("certificate")) {
            return certificates.alter();
        }
        if (tokens.accept("database", "encryption", "key")) {
            return keys.alterDatabaseKey();
        }
        if (tokens.accept("cryptographic", "provider")) {
            return keys.alterProvider();
        }
        if (tokens.accept("credential")) {
            return keys.putCredential(false);
        }
        if (tokens.accept("login")) {
            return keys.alterLogin();
        }
        Statement audit = audits.put(false);
        return audit != null ? audit : columnKeys.alter();
    }

    private Statement alterDatabase() {
        if (tokens.accept("current")) {
            Statement encryption = keys.setEncryption(null);
            Statement change = encryption != null ? encryption : objects.databaseMode(null);
            if (change == null) {
                throw tokens.unexpected();
            }
            return change;
        }
        String name = tokens.bracketName();
        Statement encryption = keys.setEncryption(name);
        return encryption != null ? encryption : objects.alterDatabase(name);
    }

    // ---- DROP

    private Statement drop() {
        Statement keyStatement = dropKey();
        if (keyStatement != null) {
            return keyStatement;
        }
        if (tokens.accept("owned")) {
            tokens.expect("by");
            var owners = roles.roles();
            return new RoleStatement.DropOwned(owners, tokens.cascade());
        }
        if (tokens.acceptAny("role", "user", "group")) {
            return roles.drop();
        }
        if (tokens.accept("database")) {
            return objects.dropDatabase();
        }
        Token word = tokens.peek();
        ObjectKind kind = objects.kind();
        if (kind == null) {
            tokens.next();
            return switch (word.text()) {
                case "operator", "cast", "server", "foreign", "event", "statistics", "text", "conversion", "access" ->
                    objects.unsupported("DROP " + word.text().toUpperCase(Locale.ROOT));
                default -> throw tokens.unexpected(word);
            };
        }
        return switch (kind) {
            case TRIGGER, RULE, POLICY -> objects.dropOnTable(kind);
            case COLUMN, CONSTRAINT -> throw tokens.unexpected(word);
            default -> objects.drop(kind);
        };
    }

    private @Nullable Statement dropKey() {
        if (tokens.accept("master", "key")) {
            return new KeyStatement.DropMasterKey();
        }
        if (tokens.accept("certificate")) {
            return certificates.drop();
        }
        if (tokens.accept("database", "encryption", "key")) {
            return keys.dropDatabaseKey();
        }
        if (tokens.accept("cryptographic", "provider")) {
            return new ProviderStatement.DropProvider(keys.name());
        }
        if (tokens.accept("credential")) {
            return new ProviderStatement.DropCredential(keys.name());
        }
        if (tokens.accept("asymmetric", "key")) {
            return keys.dropAsymmetricKey();
        }
        Statement audit = audits.drop();
        return audit != null ? audit : columnKeys.drop();
    }
}
