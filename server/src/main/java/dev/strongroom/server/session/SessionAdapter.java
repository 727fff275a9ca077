package dev.strongroom.server.session;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.protocol.port.ColumnDescription;
import dev.strongroom.protocol.port.PreparedDescription;
import dev.strongroom.protocol.port.ResultSink;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.port.StartupRequest;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.session.SqlEngine;
import dev.strongroom.sql.session.SqlSession;
import dev.strongroom.sql.session.StartupOptions;
import dev.strongroom.sql.session.StatementDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A SQL session behind the protocol's port. */
public final class SessionAdapter implements SessionPort {
    private final SqlSession session;
    private final CellShapes cells;

    private SessionAdapter(SqlSession session, CellShapes cells) {
        this.session = session;
        this.cells = cells;
    }

    /** Opens a session for an authenticated client. */
    public static SessionPort open(SqlEngine engine, StartupRequest request, ResultSink sink) {
        StartupOptions options = new StartupOptions(
                request.user(), request.database(), request.settings(), request.processId(), request.clientAddress());
        // Nothing is described before the session is open.
        SqlSession session = engine.open(options, new SinkAdapter(sink, CellShapes.NONE));
        return new SessionAdapter(session, request.columnEncryption() ? CellShapes.of(session) : CellShapes.NONE);
    }

    @Override
    public void simpleQuery(String text, ResultSink sink) {
        session.simpleQuery(text, new SinkAdapter(sink, cells));
    }

    @Override
    public void parse(String statement, String text, int[] parameterOids) {
        session.parse(statement, text, parameterOids);
    }

    @Override
    public void bind(String portal, String statement, short[] formats, byte[] @Nullable [] values) {
        session.bind(portal, statement, formats, values);
    }

    @Override
    public PreparedDescription describeStatement(String name) {
        StatementDescription description = session.describeStatement(name);
        return new PreparedDescription(
                description.parameterOids(), cells.of(description.cells()), columns(description.columns()));
    }

    @Override
    public @Nullable List<ColumnDescription> describePortal(String name) {
        return columns(session.describePortal(name));
    }

    private @Nullable List<ColumnDescription> columns(@Nullable List<ResultColumn> columns) {
        return columns == null ? null : SinkAdapter.columns(columns, cells);
    }

    @Override
    public void execute(String portal, long maxRows, ResultSink sink) {
        session.execute(portal, maxRows, new SinkAdapter(sink, cells));
    }

    @Override
    public void closeStatement(String name) {
        session.closeStatement(name);
    }

    @Override
    public void closePortal(String name) {
        session.closePortal(name);
    }

    @Override
    public void sync() {
        session.sync();
    }

    @Override
    public void beginTry() {
        session.beginTry();
    }

    @Override
    public void keepTry() {
        session.keepTry();
    }

    @Override
    public void undoTry() {
        session.undoTry();
    }

    @Override
    public long idleLimitMillis() {
        return session.idleLimitMillis();
    }

    @Override
    public char status() {
        return session.status();
    }

    @Override
    public TypeContext typeContext() {
        return session.typeContext();
    }

    @Override
    public void beforeReady(ResultSink sink) {
        session.beforeReady(new SinkAdapter(sink, cells));
    }

    @Override
    public void onNews(Runnable wake) {
        session.onNews(wake);
    }

    @Override
    public void tellNews(ResultSink sink) {
        if (session.hasNews()) {
            session.tellNews(new SinkAdapter(sink, cells));
        }
    }

    @Override
    public void cancel(DatabaseException reason) {
        session.cancel(reason);
    }

    @Override
    public void close() {
        session.close();
    }
}
