package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.change.ChangeCursor;
import dev.strongroom.sql.command.CommandResult;
import dev.strongroom.sql.command.Commands;
import dev.strongroom.sql.command.backup.BackupColumns;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.CursorStatement;
import dev.strongroom.sql.parse.statement.Explain;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.PreparedStatement;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TransactionStatement;
import dev.strongroom.sql.plan.Planner;
import dev.strongroom.sql.plan.PlanningContext;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.plan.RelationUse;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.WaitPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Plans and runs the statements of a session. Session thread only. */
final class StatementExecutor {
    private final SqlSession session;
    private final SessionFunctions functions;
    private final SessionCommands commands;
    private final SessionView view;

    StatementExecutor(SqlSession session) {
        this.session = session;
        this.functions = new SessionFunctions(session);
        this.view = new SessionView(session, this);
        this.commands = new SessionCommands(session, this);
    }

    SessionFunctions functions() {
        return functions;
    }

    SessionView view() {
        return view;
    }

    // ---- describing

    /** Only the end of the transaction is allowed once it has failed. */
    void refuseIfFailed(@Nullable Statement statement) {
        boolean ends = statement instanceof TransactionStatement.Commit
                || statement instanceof TransactionStatement.Rollback
                || statement instanceof TransactionStatement.RollbackTo
                || statement instanceof TransactionStatement.TwoPhase;
        if (!ends) {
            session.transaction().refuseIfFailed();
        }
    }

    /** Finds parameter types and result columns, or checks that what the client was told still holds. */
    void describe(NamedStatement named) {
        Statement statement = named.statement();
        if (statement == null) {
            named.describe(List.of(), null);
            return;
        }
        refuseIfFailed(statement);
        switch (statement) {
            case Query ignored -> describePlan(named);
            case Modification ignored -> describePlan(named);
            case SettingStatement.Show show ->
                named.describe(List.of(), List.of(ResultColumn.of(showName(show.name()), PgType.TEXT)));
            case SettingStatement.ShowAll ignored -> named.describe(List.of(), SessionCommands.SHOW_ALL);
            case BackupStatement.RestoreInformation information ->
                named.describe(List.of(), BackupColumns.of(information.what()));
            case Explain explain -> named.describe(List.of(), Commands.explainColumns(explain));
            case CursorStatement.Fetch fetch -> {
                Portal cursor = session.portals().get(fetch.cursor());
                named.describe(
                        List.of(),
                        cursor == null || fetch.move()
                                ? null
                                : cursor.statement().columns());
            }
            case PreparedStatement.Execute execute ->
                named.describe(
                        List.of(),
                        session.statements().containsKey(execute.name())
                                ? session.requireStatement(execute.name()).columns()
                                : null);
            default -> named.describe(List.of(), null);
        }
    }

    private static String showName(String name) {
        SettingDefinition definition = SettingTable.find(name);
        return definition == null ? name : definition.name();
    }

    private void describePlan(NamedStatement named) {
        PreparedPlan plan = plan(named);
        if (named.describedBy(plan)) {
            return;
        }
        if (named.described()) {
            checkSameResult(named.columns(), plan.columns());
        }
        named.describe(plan);
    }

    private static void checkSameResult(@Nullable List<ResultColumn> before, @Nullable List<ResultColumn> now) {
        boolean same = before == null ? now == null : now != null && before.size() == now.size();
        for (int i = 0; same && before != null && now != null && i < before.size(); i++) {
            // A cell's envelope names its scheme, so another scheme is no other type (AE-110, AE-153).
            same = before.get(i).type().equals(now.get(i).type())
                    && (EncryptionScheme.encrypts(now.get(i).type())
                            || before.get(i).typeModifier() == now.get(i).typeModifier())
                    && before.get(i).name().equals(now.get(i).name());
        }
        if (!same) {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "cached plan must not change result type")
                    .withRoutine("RevalidateCachedQuery")
                    .exception();
        }
    }

    /** The plan of a query or modification: remembered, cached, or made now. */
    PreparedPlan plan(NamedStatement named) {
        CatalogSnapshot catalog = session.snapshot();
        long generation = session.settings().generation();
        PreparedPlan known = named.plan(catalog.version(), generation);
        if (known != null) {
            return known;
        }
        PreparedPlan plan = catalog.privateView() ? make(named, catalog) : shared(named, catalog);
        if (plan.cacheable()) {
            named.remember(plan, catalog.version(), generation);
        }
        return plan;
    }

    private PreparedPlan shared(NamedStatement named, CatalogSnapshot catalog) {
        List<Integer> oids = new ArrayList<>();
        for (PgType type : named.declared()) {
            oids.add(type == null ? 0 : type.oid());
        }
        PlanCache.Key key = new PlanCache.Key(
                session.databaseOid(),
                catalog.version(),
                session.path().schemas(),
                session.settings().planKey(),
                oids,
                named.text(),
                named.start());
        PreparedPlan plan = session.engine().plans().plan(key);
        if (plan == null) {
            plan = make(named, catalog);
            if (plan.cacheable()) {
                session.engine().plans().put(key, plan);
            }
        }
        return plan;
    }

    private PreparedPlan make(NamedStatement named, CatalogSnapshot catalog) {
        NoWait.check();
        Statement statement = named.statement();
        if (statement == null) {
            throw new IllegalStateException("an empty statement has no plan");
        }
        return Planner.plan(
                statement,
                new PlanningContext(
                        catalog,
                        session.path(),
                        session.typeContext(),
                        session.catalogSession().catalog().storage(),
                        session.catalogSession().catalog().statistics(),
                        PlanningContext.Purpose.RUN,
                        session.settings().decorrelation(),
                        session.settings().reorderJoins(),
                        named.text(),
                        named.declared(),
                        session.settings().cellUse()));
    }

    // ---- running

    /**
     * Runs a portal.
     *
     * @param describe sends RowDescription first (simple query)
     * @param commit ends an implicit transaction before the tag is given back
     * @return command tag, null if rows remain
     */
    @Nullable
    String run(Portal portal, long maxRows, boolean describe, boolean commit) {
        Statement statement = portal.statement().statement();
        refuseIfFailed(statement);
        String tag;
        if (statement instanceof Query || statement instanceof Modification) {
            tag = runPlan(portal, maxRows, describe);
        } else if (statement == null) {
            tag = "";
        } else {
            tag = runCommand(portal, statement, maxRows, describe);
        }
        if (commit && session.transaction().block() == SessionTransaction.Block.IMPLICIT) {
            commit();
        }
        return tag;
    }

    private @Nullable String runCommand(Portal portal, Statement statement, long maxRows, boolean describe) {
        if (portal.finishedTag() != null) {
            return portal.finishedTag();
        }
        if (statement instanceof PreparedStatement.Execute execute) {
            return runExecute(execute, maxRows, describe);
        }
        if (!isShort(statement)) {
            NoWait.check();
        }
        CommandResult result = statement instanceof MaintenanceStatement.Call call && DescribeProcedure.concerns(call)
                ? commands.call(call, describe)
                : commands.run(statement, portal.statement());
        List<ResultColumn> columns = result.columns();
        if (columns != null) {
            if (describe) {
                session.sink().rowDescription(columns);
            }
            result.rows().forEach(session.sink()::row);
        }
        portal.finish(result.tag());
        return result.tag();
    }

    /** Whether a command takes no time to speak of and waits for the log at most. */
    private boolean isShort(Statement statement) {
        return switch (statement) {
            case TransactionStatement.Begin begin -> true;
            case TransactionStatement.Commit commit -> !commit.chain() && commitsShortly();
            case TransactionStatement.Rollback rollback ->
                !rollback.chain() && session.transaction().changedNothing();
            default -> false;
        };
    }

    private boolean commitsShortly() {
        return session.transaction().commitsShortly()
                && !commands.waitsForCommit()
                && session.portals().values().stream().noneMatch(Portal::hold);
    }

    /** EXECUTE runs the prepared statement as if it had been sent itself. */
    private @Nullable String runExecute(PreparedStatement.Execute execute, long maxRows, boolean describe) {
        NamedStatement named = session.requireStatement(execute.name());
        Row parameters = commands.arguments(named, execute);
        Portal inner = new Portal("", named, parameters, Portal.Manner.BOUND);
        Statement statement = named.statement();
        if (statement instanceof Query || statement instanceof Modification) {
            describePlan(named);
            return runPlan(inner, 0, describe);
        }
        return statement == null ? "" : runCommand(inner, statement, maxRows, describe);
    }

    private @Nullable String runPlan(Portal portal, long maxRows, boolean describe) {
        if (portal.finishedTag() != null) {
            return tagOfFinished(portal);
        }
        if (!portal.opened()) {
            open(portal);
        }
        PreparedPlan plan = portal.plan();
        PlanCursor cursor = portal.cursor();
        if (plan == null) {
            return "";
        }
        SessionSink sink = session.sink();
        List<ResultColumn> columns = plan.columns();
        if (describe && columns != null) {
            sink.rowDescription(columns);
        }
        long sent = 0;
        if (columns != null) {
            Row row = portal.next();
            while (row != null) {
                sink.row(row);
                portal.countRow();
                sent++;
                if (maxRows > 0 && sent == maxRows) {
                    settle();
                    return null;
                }
                row = portal.next();
            }
            settle();
        }
        String tag = tag(plan, portal, cursor);
        portal.finish(tag);
        return tag;
    }

    /** Rows leave only when all they came from is durable. */
    void settle() {
        if (session.transaction().started()) {
            session.transaction().running().storage().settle();
        }
    }

    private static String tagOfFinished(Portal portal) {
        PreparedPlan plan = portal.plan();
        return plan != null && plan.kind() == PreparedPlan.Kind.SELECT
                ? "SELECT 0"
                : String.valueOf(portal.finishedTag());
    }

    private static String tag(PreparedPlan plan, Portal portal, @Nullable PlanCursor cursor) {
        long count = cursor instanceof ChangeCursor change ? change.changedRows() : portal.rows();
        return switch (plan.kind()) {
            case SELECT -> "SELECT " + count;
            case INSERT -> "INSERT 0 " + count;
            case UPDATE -> "UPDATE " + count;
            case DELETE -> "DELETE " + count;
        };
    }

    /** Plans, locks, checks and opens; plans again if the catalog moved while it waited for a lock. */
    void open(Portal portal) {
        session.transaction().enter();
        long basis = session.snapshot().version();
        PreparedPlan plan = plan(portal.statement());
        if (NoWait.current() != null) {
            if (!plan.root().isShort()) {
                NoWait.check();
            }
            session.tried().opening(portal, plan.kind() != PreparedPlan.Kind.SELECT);
        }
        while (true) {
            if (plan.kind() != PreparedPlan.Kind.SELECT) {
                refuseReadOnly(plan.kind().name());
            }
            prepareToRun(plan);
            if (plan.relations().isEmpty()) {
                break;
            }
            long settled = settled();
            if (settled == basis) {
                break;
            }
            basis = settled;
            plan = plan(portal.statement());
        }
        if (portal.statement().described() && !portal.statement().describedBy(plan)) {
            checkSameResult(portal.statement().columns(), plan.columns());
            if (!portal.statement().cells().equals(plan.cells())) {
                throw NumberedError.STALE_ENCRYPTION_METADATA
                        .report("the encryption of a parameter's column has changed since it was bound")
                        .withHint("Describe the statement again and retry.")
                        .exception();
            }
        }
        Transaction transaction = plan.needsSnapshot()
                ? session.transaction().beginStatement()
                : session.transaction().running().storage();
        portal.open(plan, plan.root().open(context(transaction, portal.parameters())));
    }

    /** Version of the catalog that holds now that locks were granted. */
    long settled() {
        session.catalogSession().catalog().settled();
        return session.snapshot().version();
    }

    ExecutionContext context(Transaction transaction, Row parameters) {
        return new ExecutionContext(
                        functions, session.catalogSession().catalog().storage(), transaction, parameters)
                .deferTo(session.transaction().deferred());
    }

    void refuseReadOnly(String command) {
        if (session.transaction().readOnly()) {
            throw ErrorReport.error(
                            ErrorCode.READ_ONLY_SQL_TRANSACTION,
                            "cannot execute " + command + " in a read-only transaction")
                    .exception();
        }
    }

    /** Checks privileges and takes table locks, in the order of tree ids so that statements do not lock crosswise. */
    void prepareToRun(PreparedPlan plan) {
        CatalogSnapshot catalog = session.snapshot();
        Map<Long, RelationUse> locks = new TreeMap<>();
        if (plan.usesCells()) {
            view.rights().requireColumnKeyDefinitions();
        }
        AccessRights own = null;
        for (RelationUse use : plan.relations()) {
            var relation = catalog.relation(use.oid()).orElse(null);
            if (relation == null) {
                continue;
            }
            if (use.qualified()) {
                view.rights().requireUsage(relation);
            }
            if (!use.privileges().isEmpty()) {
                AccessRights rights;
                if (use.checkAs() != 0) {
                    rights = new AccessRights(catalog, use.checkAs());
                } else {
                    own = own == null ? view.rights() : own;
                    rights = own;
                }
                use.privileges().forEach((privilege, columns) -> rights.requireColumns(relation, columns, privilege));
            }
            if (relation instanceof TableDefinition table) {
                locks.merge(table.treeId(), use, (a, b) -> a.lock().compareTo(b.lock()) >= 0 ? a : b);
            }
        }
        if (!locks.isEmpty()) {
            Transaction transaction = session.transaction().running().storage();
            locks.forEach((tree, use) -> transaction.lockTable(tree, use.lock(), WaitPolicy.WAIT));
        }
    }

    /** Commits: cursors WITH HOLD read to their end first, others close. */
    void commit() {
        if (NoWait.current() != null) {
            if (!commitsShortly()) {
                NoWait.check();
            }
            if (session.transaction().changedNothing()) {
                settle();
            }
        }
        if (session.transaction().block() != SessionTransaction.Block.FAILED) {
            session.portals().values().forEach(portal -> {
                if (portal.hold() && portal.opened()) {
                    portal.materialise();
                }
            });
        }
        closePortals();
        boolean committed;
        try {
            committed = session.transaction()
                    .commit(storage -> session.transaction().deferred().runAll(context(storage, new Row(0))));
        } catch (DatabaseException e) {
            commands.afterRollback();
            throw e;
        }
        if (committed) {
            commands.afterCommit();
        } else {
            commands.afterRollback();
        }
    }

    /** After an error: what was to happen on commit does not. */
    void failed() {
        if (session.transaction().block() != SessionTransaction.Block.EXPLICIT) {
            commands.afterRollback();
        }
    }

    void afterCommit(Runnable work) {
        commands.later(work);
    }

    boolean listens(String channel) {
        return commands.listens(channel);
    }

    void rollback() {
        session.portals().values().removeIf(portal -> {
            if (!portal.hold() || portal.cursor() != null) {
                portal.close();
                return true;
            }
            return false;
        });
        session.transaction().rollback();
        commands.afterRollback();
    }

    private void closePortals() {
        session.portals().values().removeIf(portal -> {
            if (!portal.hold()) {
                portal.close();
                return true;
            }
            return false;
        });
    }
}
