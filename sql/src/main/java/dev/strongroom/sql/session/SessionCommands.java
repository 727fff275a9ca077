package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.command.AuditedStatement;
import dev.strongroom.sql.command.CommandResult;
import dev.strongroom.sql.command.Commands;
import dev.strongroom.sql.command.KeyStatements;
import dev.strongroom.sql.command.backup.BackupContext;
import dev.strongroom.sql.execute.DeferredChecks;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.AuditStatement;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.CursorStatement;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.KeyStatement;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.PreparedStatement;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TransactionStatement;
import dev.strongroom.sql.parse.statement.TransactionStatement.TransactionMode;
import dev.strongroom.sql.parse.statement.Use;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Statements about the session itself; all others go to {@link Commands}. */
final class SessionCommands {
    static final List<ResultColumn> SHOW_ALL = List.of(
            ResultColumn.of("name", PgType.TEXT),
            ResultColumn.of("setting", PgType.TEXT),
            ResultColumn.of("description", PgType.TEXT));

    private static final Set<ObjectKind> KEY_KINDS = Set.of(
            ObjectKind.CERTIFICATE,
            ObjectKind.ASYMMETRIC_KEY,
            ObjectKind.SYMMETRIC_KEY,
            ObjectKind.CRYPTOGRAPHIC_PROVIDER);

    private static final int MARK_NAME = 128;
    private static final int MARK_DESCRIPTION = 255;

    private final SqlSession session;
    private final StatementExecutor executor;
    private final CursorCommands cursors;
    private final Set<String> channels = ConcurrentHashMap.newKeySet();
    private final List<Notifications.Notification> pending = new ArrayList<>();
    private final List<Runnable> onCommit = new ArrayList<>();

    SessionCommands(SqlSession session, StatementExecutor executor) {
        this.session = session;
        this.executor = executor;
        this.cursors = new CursorCommands(session, executor);
    }

    CommandResult run(Statement statement, NamedStatement source) {
        if (!AuditedStatement.possible(statement)) {
            return dispatch(statement, source);
        }
        AuditedStatement.Client client = new AuditedStatement.Client(
                session.processId(),
                session.identity().sessionOid(),
                session.identity().currentOid(),
                session.startup().clientAddress(),
                String.valueOf(session.settings().show("application_name")));
        return session.keys()
                .audited(
                        new AuditedStatement(statement, ownText(source), session.databaseOid(), client),
                        () -> dispatch(statement, source));
    }

    /** The statement alone, where it came with others. */
    private static String ownText(NamedStatement source) {
        return SqlTextParser.parse(source.text()).stream()
                .filter(parsed -> parsed.start() == source.start())
                .map(SqlTextParser.ParsedStatement::source)
                .findFirst()
                .orElseGet(source::text);
    }

    private CommandResult dispatch(Statement statement, NamedStatement source) {
        return switch (statement) {
            case TransactionStatement transaction -> CommandResult.of(transaction(transaction));
            case SettingStatement setting -> setting(setting);
            case PreparedStatement.Prepare prepare -> {
                prepare(prepare, source);
                yield CommandResult.of("PREPARE");
            }
            case PreparedStatement.Deallocate deallocate -> CommandResult.of(deallocate(deallocate));
            case CursorStatement cursor -> cursors.run(cursor, source);
            case Use use -> CommandResult.of(use(use));
            case MaintenanceStatement.Listen listen -> {
                channels.add(listen.channel());
                yield CommandResult.of("LISTEN");
            }
            case MaintenanceStatement.Unlisten unlisten -> {
                if (unlisten.channel() == null) {
                    channels.clear();
                } else {
                    channels.remove(unlisten.channel());
                }
                yield CommandResult.of("UNLISTEN");
            }
            case MaintenanceStatement.Notify notify -> {
                session.transaction().enter();
                String payload = notify.payload() == null ? "" : notify.payload();
                pending.add(new Notifications.Notification(session.processId(), notify.channel(), payload));
                yield CommandResult.of("NOTIFY");
            }
            case KeyStatement key -> keyStatement(key);
            case CertificateStatement key -> keyStatement(key);
            case EncryptionStatement key -> keyStatement(key);
            case ProviderStatement.CreateKeyLogin login -> createKeyLogin(login, source);
            case ProviderStatement key -> keyStatement(key);
            case BackupStatement backup -> backupStatement(backup);
            case AuditStatement key -> keyStatement(key);
            case RoleStatement.Privileges grant when KEY_KINDS.contains(grant.kind()) -> keyStatement(grant);
            case RoleStatement.Deny deny when KEY_KINDS.contains(deny.denied().kind()) -> keyStatement(deny);
            default -> command(statement, source);
        };
    }

    /** CALL of {@code sys.sp_describe_parameter_encryption}. */
    CommandResult call(MaintenanceStatement.Call call, boolean simple) {
        session.transaction().enter();
        return DescribeProcedure.run(call, session, executor.view(), simple);
    }

    /** Statements about whole databases: between the statements of one message each commits what came before and itself. */
    private CommandResult command(Statement statement, NamedStatement source) {
        boolean alone =
                statement instanceof DatabaseStatement && !session.transaction().inBlock();
        if (alone && session.transaction().block() == SessionTransaction.Block.IMPLICIT) {
            executor.commit();
        }
        session.transaction().enter();
        try {
            CommandResult result = Commands.run(statement, source.text(), executor.view());
            if (alone) {
                executor.commit();
            }
            return result;
        } finally {
            if (alone) {
                session.engine().gate().release(session);
            }
        }
    }

    /** The role is a login nobody can use: it carries the credential by which the server opens the key (TDE-147). */
    private CommandResult createKeyLogin(ProviderStatement.CreateKeyLogin login, NamedStatement source) {
        refuseInBlock();
        command(new RoleStatement.CreateRole(login.name(), false, List.of()), source);
        executor.commit();
        try {
            return keyStatement(login);
        } catch (DatabaseException failure) {
            RoleName role = new RoleName(RoleName.Kind.NAMED, login.name(), 0);
            command(new RoleStatement.DropRole(List.of(role), true), source);
            executor.commit();
            throw failure;
        }
    }

    private void refuseInBlock() {
        if (session.transaction().inBlock()) {
            throw NumberedError.IN_TRANSACTION_BLOCK.exception(
                    "this statement is not allowed within a multi-statement transaction");
        }
    }

    private CommandResult backupStatement(BackupStatement statement) {
        standOutside();
        return session.keys()
                .backup(
                        statement,
                        new BackupContext(
                                session.databaseOid(),
                                session.identity().currentOid(),
                                session::notice,
                                session.typeContext(),
                                session.engine().gate(),
                                session.cancelFlag()::check));
    }

    /** Key DDL stands outside transactions: it commits what an implicit one has done so far (decision P-12). */
    private CommandResult keyStatement(Statement statement) {
        boolean anywhere =
                statement instanceof KeyStatement.OpenMasterKey || statement instanceof KeyStatement.CloseMasterKey;
        if (!anywhere) {
            standOutside();
        }
        return CommandResult.of(session.keys()
                .run(statement, session.databaseOid(), session.identity().currentOid(), session::notice));
    }

    private void standOutside() {
        refuseInBlock();
        if (session.transaction().block() == SessionTransaction.Block.IMPLICIT) {
            executor.commit();
        }
    }

    // ---- transactions

    private String transaction(TransactionStatement statement) {
        SessionTransaction transaction = session.transaction();
        switch (statement) {
            case TransactionStatement.Begin begin -> {
                if (transaction.begin()) {
                    warn(ErrorCode.ACTIVE_SQL_TRANSACTION, "there is already a transaction in progress");
                    if (begin.mark() != null) {
                        warn(ErrorCode.WARNING, "WITH MARK applies to the first BEGIN TRANSACTION only and is ignored");
                        return "BEGIN";
                    }
                }
                modes(begin.modes(), false);
                if (begin.mark() != null) {
                    mark(begin.mark());
                }
                return begin.start() ? "START TRANSACTION" : "BEGIN";
            }
            case TransactionStatement.Commit commit -> {
                return end(true, commit.chain());
            }
            case TransactionStatement.Rollback rollback -> {
                return end(false, rollback.chain());
            }
            case TransactionStatement.Savepoint savepoint -> {
                requireBlock("SAVEPOINT");
                transaction.savepoint(savepoint.name());
                return "SAVEPOINT";
            }
            case TransactionStatement.ReleaseSavepoint release -> {
                requireBlock("RELEASE SAVEPOINT");
                transaction.release(release.name());
                return "RELEASE";
            }
            case TransactionStatement.RollbackTo rollback -> {
                requireBlock("ROLLBACK TO SAVEPOINT");
                transaction.rollbackTo(rollback.name());
                return "ROLLBACK";
            }
            case TransactionStatement.SetTransaction set -> {
                if (!set.session() && !transaction.inBlock()) {
                    warn(ErrorCode.NO_ACTIVE_SQL_TRANSACTION, "SET TRANSACTION can only be used in transaction blocks");
                    return "SET";
                }
                modes(set.modes(), set.session());
                return "SET";
            }
            case TransactionStatement.SetConstraints set -> {
                if (!transaction.inBlock()) {
                    warn(ErrorCode.NO_ACTIVE_SQL_TRANSACTION, "SET CONSTRAINTS can only be used in transaction blocks");
                }
                setConstraints(set);
                return "SET CONSTRAINTS";
            }
            case TransactionStatement.TwoPhase twoPhase ->
                throw ErrorReport.error(
                                ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE, "prepared transactions are disabled")
                        .withHint("Set max_prepared_transactions to a nonzero value.")
                        .exception();
        }
    }

    /** The commit gets a name in the log, and with it a line in the history of marks. */
    private void mark(TransactionStatement.Mark mark) {
        if (mark.name().length() > MARK_NAME || mark.description().length() > MARK_DESCRIPTION) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            "the name of a mark has at most " + MARK_NAME + " characters, its description "
                                    + MARK_DESCRIPTION)
                    .exception();
        }
        session.transaction().mark(mark);
        int database = session.databaseOid();
        int user = session.identity().currentOid();
        later(() -> session.transaction()
                .marked()
                .ifPresent(
                        commit -> session.keys().marked(new KeyStatements.MarkedCommit(database, user, mark, commit))));
    }

    private void setConstraints(TransactionStatement.SetConstraints set) {
        DeferredChecks deferred = session.transaction().deferred();
        if (set.names().isEmpty()) {
            deferred.setAll(set.deferred());
        }
        for (ObjectName name : set.names()) {
            Set<Integer> found = new HashSet<>();
            for (CatalogObject object : session.snapshot().all()) {
                if (object instanceof Constraint constraint && constraint.name().equals(name.name())) {
                    if (!constraint.deferrable()) {
                        throw ErrorReport.error(
                                        ErrorCode.WRONG_OBJECT_TYPE,
                                        "constraint \"" + name.name() + "\" is not deferrable")
                                .exception();
                    }
                    found.add(constraint.oid());
                }
            }
            if (found.isEmpty()) {
                throw ErrorReport.error(ErrorCode.UNDEFINED_OBJECT, "constraint \"" + name.name() + "\" does not exist")
                        .exception();
            }
            deferred.set(found, set.deferred());
        }
        if (!set.deferred() && !deferred.isEmpty()) {
            deferred.runDue(executor.context(session.transaction().beginStatement(), new Row(0)));
        }
    }

    private void requireBlock(String command) {
        if (!session.transaction().inBlock()) {
            throw ErrorReport.error(
                            ErrorCode.NO_ACTIVE_SQL_TRANSACTION, command + " can only be used in transaction blocks")
                    .exception();
        }
    }

    private String end(boolean commit, boolean chain) {
        SessionTransaction transaction = session.transaction();
        boolean failed = transaction.block() == SessionTransaction.Block.FAILED;
        String isolation = session.settings().require("transaction_isolation");
        String readOnly = session.settings().require("transaction_read_only");
        if (!transaction.inBlock()) {
            if (chain) {
                throw ErrorReport.error(
                                ErrorCode.NO_ACTIVE_SQL_TRANSACTION,
                                (commit ? "COMMIT" : "ROLLBACK") + " AND CHAIN can only be used in transaction blocks")
                        .exception();
            }
            warn(ErrorCode.NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress");
        }
        if (commit) {
            executor.commit();
        } else {
            executor.rollback();
        }
        if (chain) {
            session.transactionMicros(session.engine().nowMicros());
            transaction.begin();
            session.settings().setInternal("transaction_isolation", isolation);
            session.settings().setInternal("transaction_read_only", readOnly);
        }
        return commit && !failed ? "COMMIT" : "ROLLBACK";
    }

    private void modes(List<TransactionMode> modes, boolean forSession) {
        for (TransactionMode mode : modes) {
            switch (mode) {
                case READ_ONLY -> setMode("read_only", "on", forSession);
                case READ_WRITE -> setMode("read_only", "off", forSession);
                case DEFERRABLE -> setMode("deferrable", "on", forSession);
                case NOT_DEFERRABLE -> setMode("deferrable", "off", forSession);
                default -> setMode("isolation", mode.name().replace('_', ' ').toLowerCase(Locale.ROOT), forSession);
            }
        }
    }

    private void setMode(String what, String value, boolean forSession) {
        if (forSession) {
            session.settings().set("default_transaction_" + what, value, false, true);
            return;
        }
        String name = "transaction_" + what;
        boolean same = value.equals(session.settings().require(name));
        boolean late = session.transaction().snapshotTaken();
        if (!same && late && what.equals("isolation")) {
            throw ErrorReport.error(
                            ErrorCode.ACTIVE_SQL_TRANSACTION,
                            "SET TRANSACTION ISOLATION LEVEL must be called before any query")
                    .exception();
        }
        if (!same && late && what.equals("read_only") && value.equals("off")) {
            throw ErrorReport.error(
                            ErrorCode.ACTIVE_SQL_TRANSACTION,
                            "transaction read-write mode must be set before any query")
                    .exception();
        }
        session.settings().setInternal(name, value);
    }

    private void warn(ErrorCode code, String message) {
        session.notice(ErrorReport.warning(code, message));
    }

    // ---- settings

    private CommandResult setting(SettingStatement statement) {
        SessionSettings settings = session.settings();
        boolean superuser = superuser();
        switch (statement) {
            case SettingStatement.Set set -> {
                session.transaction().enter();
                set(set, superuser);
                return CommandResult.of("SET");
            }
            case SettingStatement.Reset reset -> {
                session.transaction().enter();
                if (reset.name().equals("role") || reset.name().equals("session_authorization")) {
                    set(new SettingStatement.Set(reset.name(), List.of(), false), superuser);
                } else {
                    settings.reset(reset.name(), false, superuser);
                }
                return CommandResult.of("RESET");
            }
            case SettingStatement.ResetAll ignored -> {
                session.transaction().enter();
                settings.resetAll();
                return CommandResult.of("RESET");
            }
            case SettingStatement.Show show -> {
                // What is true of the transaction the statement is in: a new one if need be.
                session.transaction().enter();
                SettingDefinition definition = SettingTable.find(show.name());
                String name = definition == null ? show.name() : definition.name();
                return new CommandResult(
                        "SHOW",
                        List.of(ResultColumn.of(name, PgType.TEXT)),
                        List.of(row(settings.require(show.name()))));
            }
            case SettingStatement.ShowAll ignored -> {
                List<Row> rows = new ArrayList<>();
                settings.all().forEach(line -> rows.add(row(line.name(), line.value(), line.description())));
                return new CommandResult("SHOW", SHOW_ALL, rows);
            }
            case SettingStatement.Discard discard -> {
                return CommandResult.of(discard(discard.target()));
            }
            case SettingStatement.AlterSystem ignored ->
                throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "ALTER SYSTEM is not supported yet")
                        .withHint("Set it in strongroom.conf, as an option or in the environment.")
                        .exception();
            case SettingStatement.Configure configure -> {
                return keyStatement(configure);
            }
            case SettingStatement.Reconfigure reconfigure -> {
                return keyStatement(reconfigure);
            }
            case SettingStatement.TraceFlag ignored -> {
                session.notice(
                        ErrorReport.notice("trace flags have no effect; use ALTER DATABASE … SET ENCRYPTION SUSPEND"));
                return CommandResult.of("DBCC");
            }
        }
    }

    private boolean superuser() {
        return session.role(session.identity().currentOid()).superuser();
    }

    private void set(SettingStatement.Set set, boolean superuser) {
        SessionSettings settings = session.settings();
        if (set.name().equals("role")) {
            setRole(set);
            return;
        }
        if (set.name().equals("session_authorization")) {
            setAuthorization(set);
            return;
        }
        if (set.local() && !session.transaction().inBlock()) {
            warn(ErrorCode.NO_ACTIVE_SQL_TRANSACTION, "SET LOCAL can only be used in transaction blocks");
        }
        if (set.values().isEmpty()) {
            settings.reset(set.name(), set.local(), superuser);
            return;
        }
        String value;
        if (set.name().equals("search_path")) {
            value = SessionSettings.join(set.values());
        } else if (set.values().size() > 1) {
            if (!set.name().equals("datestyle")) {
                throw ErrorReport.error(
                                ErrorCode.INVALID_PARAMETER_VALUE, "SET " + set.name() + " takes only one argument")
                        .exception();
            }
            value = String.join(", ", set.values());
        } else {
            value = set.values().get(0);
        }
        if (set.name().startsWith("transaction_")) {
            setMode(set.name().substring("transaction_".length()), value.toLowerCase(Locale.ROOT), false);
            return;
        }
        settings.set(set.name(), value, set.local(), superuser);
    }

    private void setRole(SettingStatement.Set set) {
        String name = set.values().isEmpty() ? "none" : set.values().get(0);
        if (name.equals("none")) {
            session.identity(session.identity().withCurrent(session.identity().sessionOid()));
        } else {
            Role role = session.engine()
                    .databases()
                    .shared()
                    .head()
                    .role(name)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.INVALID_PARAMETER_VALUE, "role \"" + name + "\" does not exist")
                            .exception());
            boolean member = session.engine()
                    .databases()
                    .shared()
                    .head()
                    .memberOf(session.identity().sessionOid(), role.oid());
            if (!member) {
                throw ErrorReport.error(
                                ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied to set role \"" + name + "\"")
                        .exception();
            }
            session.identity(session.identity().withCurrent(role.oid()));
        }
        session.settings().set("role", name, set.local(), true);
        showSuperuser();
    }

    private void setAuthorization(SettingStatement.Set set) {
        Role login = session.role(session.identity().authenticatedOid());
        Role role = set.values().isEmpty()
                ? login
                : session.engine()
                        .databases()
                        .shared()
                        .head()
                        .role(set.values().get(0))
                        .orElseThrow(() -> ErrorReport.error(
                                        ErrorCode.INVALID_PARAMETER_VALUE,
                                        "role \"" + set.values().get(0) + "\" does not exist")
                                .exception());
        if (role.oid() != login.oid() && !login.superuser()) {
            throw ErrorReport.error(ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied to set session authorization")
                    .exception();
        }
        session.identity(session.identity().withSession(role.oid()));
        session.settings().setInternal("session_authorization", role.name());
        showSuperuser();
    }

    private void showSuperuser() {
        session.settings().setInternal("is_superuser", superuser() ? "on" : "off");
    }

    private String discard(SettingStatement.Target target) {
        switch (target) {
            case PLANS -> {
                return "DISCARD PLANS";
            }
            case SEQUENCES -> {
                executor.functions().sequenceMemory().clear();
                return "DISCARD SEQUENCES";
            }
            case TEMP -> {
                session.transaction().enter();
                session.transaction().running().dropTemporary(false);
                return "DISCARD TEMP";
            }
            case ALL -> {
                if (session.transaction().inBlock()) {
                    throw new DatabaseException(
                            ErrorCode.ACTIVE_SQL_TRANSACTION, "DISCARD ALL cannot run inside a transaction block");
                }
                session.portals().values().forEach(Portal::close);
                session.portals().clear();
                session.identity(
                        session.identity().withSession(session.identity().authenticatedOid()));
                session.settings()
                        .setInternal(
                                "session_authorization",
                                session.role(session.identity().sessionOid()).name());
                showSuperuser();
                session.settings().resetAll();
                session.statements().clear();
                executor.functions().sequenceMemory().clear();
                channels.clear();
                session.transaction().enter();
                if (session.transaction().running().temporarySchemaOid() != 0) {
                    session.transaction().running().dropTemporary(false);
                }
                executor.commit();
                session.moveToStart();
                return "DISCARD ALL";
            }
        }
        return "DISCARD";
    }

    // ---- prepared statements

    private void prepare(PreparedStatement.Prepare prepare, NamedStatement source) {
        if (session.statements().containsKey(prepare.name())) {
            throw ErrorReport.error(
                            ErrorCode.DUPLICATE_PREPARED_STATEMENT,
                            "prepared statement \"" + prepare.name() + "\" already exists")
                    .exception();
        }
        List<PgType> types = new ArrayList<>();
        prepare.parameterTypes().forEach(type -> types.add(Commands.type(type).type()));
        NamedStatement named = new NamedStatement(
                prepare.name(), prepare.statement(), source.text(), source.start(), new ArrayList<>(types), true);
        executor.describe(named);
        session.statements().put(prepare.name(), named);
    }

    private String deallocate(PreparedStatement.Deallocate deallocate) {
        if (deallocate.name() == null) {
            session.statements().clear();
            return "DEALLOCATE ALL";
        }
        session.requireStatement(deallocate.name());
        session.statements().remove(deallocate.name());
        return "DEALLOCATE";
    }

    /** Evaluates EXECUTE's arguments. */
    Row arguments(NamedStatement named, PreparedStatement.Execute execute) {
        List<PgType> types = named.clientTypes();
        if (types.size() != execute.arguments().size()) {
            throw ErrorReport.error(
                            ErrorCode.SYNTAX_ERROR,
                            "wrong number of parameters for prepared statement \"" + execute.name() + "\"")
                    .withDetail("Expected " + types.size() + " parameters but got "
                            + execute.arguments().size() + ".")
                    .exception();
        }
        if (types.isEmpty()) {
            return new Row(0);
        }
        session.transaction().enter();
        Row arguments = Commands.evaluate(execute.arguments(), types, executor.view());
        session.openCells(named, arguments);
        return arguments;
    }

    // ---- USE and notification

    private String use(Use use) {
        if (session.transaction().inBlock()) {
            throw new DatabaseException(ErrorCode.ACTIVE_SQL_TRANSACTION, "USE cannot run inside a transaction block");
        }
        if (session.transaction().block() == SessionTransaction.Block.IMPLICIT) {
            executor.commit();
        }
        var shared = session.engine().databases().shared().head();
        String database = shared.databaseInAnyCase(use.database())
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.INVALID_CATALOG_NAME, "database \"" + use.database() + "\" does not exist")
                        .withPosition(use.position())
                        .exception())
                .name();
        try {
            session.moveTo(session.engine()
                    .connect(database, session.role(session.identity().currentOid())));
        } catch (DatabaseException e) {
            throw ErrorReport.error(e.code(), e.report().message()).exception(e);
        }
        channels.clear();
        return "USE";
    }

    void later(Runnable work) {
        onCommit.add(work);
    }

    /** Whether something is to happen once the transaction has committed. */
    boolean waitsForCommit() {
        return !onCommit.isEmpty() || !pending.isEmpty();
    }

    void afterCommit() {
        List<Runnable> works = List.copyOf(onCommit);
        onCommit.clear();
        works.forEach(Runnable::run);
        for (Notifications.Notification notification : pending) {
            for (SqlSession other : session.engine().sessions()) {
                if (other.databaseOid() == session.databaseOid() && other.listens(notification.channel())) {
                    other.notifications().add(notification);
                }
            }
        }
        pending.clear();
    }

    void afterRollback() {
        onCommit.clear();
        pending.clear();
    }

    boolean listens(String channel) {
        return channels.contains(channel);
    }

    static Row row(String... values) {
        Row row = new Row(values.length);
        for (int i = 0; i < values.length; i++) {
            row.setRef(i, values[i]);
        }
        return row;
    }
}
