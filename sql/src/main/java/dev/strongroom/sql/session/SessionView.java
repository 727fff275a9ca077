package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.command.CommandSession;
import dev.strongroom.sql.command.KeyStatements;
import dev.strongroom.sql.command.Leaving;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.OnCommit;
import dev.strongroom.sql.plan.Planner;
import dev.strongroom.sql.plan.PlanningContext;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.validate.CellUse;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The session as its utility statements see it. */
final class SessionView implements CommandSession {
    private final SqlSession session;
    private final StatementExecutor executor;
    private @Nullable CatalogSnapshot rightsSnapshot;
    private @Nullable AccessRights rights;
    private int rightsUser;

    SessionView(SqlSession session, StatementExecutor executor) {
        this.session = session;
        this.executor = executor;
    }

    @Override
    public Catalog catalog() {
        return session.catalogSession().catalog();
    }

    @Override
    public CatalogTransaction ddl() {
        return session.transaction().running();
    }

    @Override
    public CatalogSnapshot snapshot() {
        return session.snapshot();
    }

    @Override
    public SearchPath path() {
        return session.path();
    }

    @Override
    public Database database() {
        return catalog().storage();
    }

    @Override
    public Transaction transaction() {
        Transaction transaction = session.transaction().running().storage();
        if (!session.transaction().snapshotTaken()) {
            session.transaction().beginStatement();
        }
        return transaction;
    }

    @Override
    public int currentUserOid() {
        return session.identity().currentOid();
    }

    @Override
    public String currentUserName() {
        return session.role(currentUserOid()).name();
    }

    @Override
    public AccessRights rights() {
        CatalogSnapshot now = session.snapshot();
        AccessRights known = rights;
        if (known == null || rightsSnapshot != now || rightsUser != currentUserOid()) {
            known = new AccessRights(now, currentUserOid());
            rights = known;
            rightsSnapshot = now;
            rightsUser = currentUserOid();
        }
        return known;
    }

    @Override
    public SessionSettings settings() {
        return session.settings();
    }

    @Override
    public DatabaseDirectory databases() {
        return session.engine().databases();
    }

    @Override
    public int sessionsOf(int databaseOid) {
        return session.engine().sessionsOf(databaseOid);
    }

    @Override
    public int awaitOthers(int databaseOid) {
        return session.engine().gate().awaitOthers(session, databaseOid);
    }

    @Override
    public void empty(DatabaseDefinition database, UserAccess access, Leaving leaving) {
        session.engine().gate().empty(session, database, access, leaving);
    }

    @Override
    public void notice(ErrorReport report) {
        session.notice(report);
    }

    @Override
    public SessionSink sink() {
        return session.sink();
    }

    @Override
    public PreparedPlan plan(Statement statement, String text) {
        return plan(statement, text, List.of());
    }

    @Override
    public PreparedPlan plan(Statement statement, String text, List<PgType> parameterTypes) {
        List<@Nullable PgType> types = new ArrayList<>(parameterTypes);
        return Planner.plan(statement, planning(text, types, PlanningContext.Purpose.RUN, CellUse.INTERNAL));
    }

    @Override
    public PreparedPlan plan(Statement statement, String text, CellUse cellUse) {
        return Planner.plan(statement, planning(text, List.of(), PlanningContext.Purpose.RUN, cellUse));
    }

    @Override
    public PreparedPlan explain(Statement statement, String text, boolean measured) {
        PlanningContext.Purpose purpose = measured ? PlanningContext.Purpose.MEASURE : PlanningContext.Purpose.EXPLAIN;
        return Planner.plan(statement, planning(text, List.of(), purpose, explained()));
    }

    /** A plan that is only shown takes any parameter. */
    private CellUse explained() {
        CellUse own = session.settings().cellUse();
        return own.values() == CellUse.Values.CELLS ? own : CellUse.DESCRIBE;
    }

    private PlanningContext planning(
            String text, List<@Nullable PgType> types, PlanningContext.Purpose purpose, CellUse cellUse) {
        return new PlanningContext(
                snapshot(),
                path(),
                session.typeContext(),
                database(),
                catalog().statistics(),
                purpose,
                session.settings().decorrelation(),
                session.settings().reorderJoins(),
                text,
                types,
                cellUse);
    }

    @Override
    public PreparedPlan planToRun(Supplier<PreparedPlan> planning) {
        long basis = snapshot().version();
        PreparedPlan plan = planning.get();
        executor.prepareToRun(plan);
        for (long settled = executor.settled(); settled != basis; settled = executor.settled()) {
            basis = settled;
            plan = planning.get();
            executor.prepareToRun(plan);
        }
        return plan;
    }

    @Override
    public ExecutionContext execution(Row parameters) {
        return executor.context(transaction(), parameters);
    }

    @Override
    public void refuseInBlock(String command) {
        if (session.transaction().inBlock()) {
            throw ErrorReport.error(
                            ErrorCode.ACTIVE_SQL_TRANSACTION, command + " cannot run inside a transaction block")
                    .exception();
        }
    }

    @Override
    public KeyStatements.KeyStatementSession keys() {
        return session.keys();
    }

    @Override
    public void requireBlock(String command) {
        session.transaction().requireBlockOrBatch(command);
    }

    @Override
    public void nextTransaction() {
        session.transaction().next(storage -> {});
    }

    @Override
    public void onCommit(int tableOid, OnCommit what) {
        session.transaction().onCommit(tableOid, what);
    }

    @Override
    public void afterCommit(Runnable work) {
        executor.afterCommit(work);
    }

    @Override
    public Randomness randomness() {
        return session.engine().parts().randomness();
    }

    @Override
    public long clockMicros() {
        return session.engine().nowMicros();
    }
}
