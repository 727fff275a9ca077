package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.AdvisoryLocking;
import dev.strongroom.sql.function.SequenceMemory;
import dev.strongroom.sql.function.SessionContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What functions see of their session. */
final class SessionFunctions implements SessionContext {
    private final SqlSession session;
    private final SessionState state;
    private final SequenceMemory sequences = new SequenceMemory();

    SessionFunctions(SqlSession session) {
        this.session = session;
        this.state = new SessionState(session);
    }

    @Override
    public long transactionMicros() {
        return session.transactionMicros();
    }

    @Override
    public long statementMicros() {
        return session.statementMicros();
    }

    @Override
    public long clockMicros() {
        return session.engine().nowMicros();
    }

    @Override
    public Randomness randomness() {
        return session.engine().parts().randomness();
    }

    @Override
    public TypeContext typeContext() {
        return session.typeContext();
    }

    @Override
    public CancelFlag cancel() {
        return session.cancelFlag();
    }

    @Override
    public String currentUser() {
        return session.role(session.identity().currentOid()).name();
    }

    @Override
    public String sessionUser() {
        return session.role(session.identity().sessionOid()).name();
    }

    @Override
    public String databaseName() {
        return session.databaseName();
    }

    @Override
    public int databaseOid() {
        return session.databaseOid();
    }

    @Override
    public int backendPid() {
        return session.processId();
    }

    @Override
    public @Nullable String setting(String name) {
        return session.settings().show(name);
    }

    @Override
    public String setSetting(String name, String value, boolean local) {
        boolean superuser = session.role(session.identity().currentOid()).superuser();
        return session.settings().set(name, value, local, superuser);
    }

    @Override
    public AdvisoryLocking advisoryLocks() {
        return session.advisoryLocks();
    }

    @Override
    public boolean signalBackend(int processId, boolean terminate) {
        return BackendSignals.send(session, processId, terminate);
    }

    @Override
    public void sleep(long nanos) {
        CancelFlag cancel = session.cancelFlag();
        session.engine().parts().scheduler().await(cancel, cancel::isSet, nanos);
        cancel.check();
    }

    @Override
    public SequenceMemory sequenceMemory() {
        return sequences;
    }

    @Override
    public List<Row> describeEncryption(
            List<@Nullable String> statements, List<@Nullable String> declared, boolean several) {
        return ParameterEncryption.rows(session, statements, declared, several);
    }

    @Override
    public void notice(ErrorReport notice) {
        session.notice(notice);
    }

    @Override
    public List<Row> systemRows(int relationOid) {
        SystemRelations relations = session.engine().parts().systemRelations();
        return SystemTable.isInMaster(relationOid)
                ? relations.rows(SystemTable.plainOid(relationOid), masterContext())
                : relations.rows(relationOid, systemContext());
    }

    private SystemContext masterContext() {
        Catalog master = session.engine().databases().open(DatabaseDefinition.MASTER);
        return new SystemContext(
                master.head(),
                session.path(),
                session.identity().sessionOid(),
                session.identity().currentOid(),
                master.storage(),
                state,
                master.statistics());
    }

    @Override
    public SystemContext systemContext() {
        return new SystemContext(
                session.snapshot(),
                session.path(),
                session.identity().sessionOid(),
                session.identity().currentOid(),
                session.catalogSession().catalog().storage(),
                state,
                session.catalogSession().catalog().statistics());
    }
}
