package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.protocol.port.ColumnCell;
import dev.strongroom.protocol.port.ColumnDescription;
import dev.strongroom.protocol.port.CopySource;
import dev.strongroom.protocol.port.ResultSink;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendMessage;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns a session's answers into messages at once. */
final class QuerySink implements ResultSink {
    private static final short[] TEXT = {};
    private static final byte[] END = {};

    private final @Nullable SessionPort session;
    private final BackendWriter writer;
    private final ClientConnection connection;
    private TypeContext context = TypeContext.DEFAULT;

    QuerySink(@Nullable SessionPort session, BackendWriter writer, ClientConnection connection) {
        this.session = session;
        this.writer = writer;
        this.connection = connection;
    }

    /** Takes the session's settings for the rows of the next statement. */
    void startStatement() {
        if (session != null) {
            context = session.typeContext();
        }
    }

    @Override
    public void rowDescription(List<ColumnDescription> columns) {
        startStatement();
        writer.rowDescription(columns, TEXT);
        writer.rowShape(columns, TEXT);
    }

    @Override
    public void row(Row row) {
        writer.dataRow(row, context);
    }

    @Override
    public void commandComplete(String tag) {
        writer.commandComplete(tag);
    }

    @Override
    public void emptyQuery() {
        writer.emptyQueryResponse();
    }

    @Override
    public void portalSuspended() {
        writer.portalSuspended();
    }

    @Override
    public void notice(ErrorReport report) {
        writer.notice(report);
    }

    @Override
    public void parameterStatus(String name, String value) {
        writer.parameterStatus(name, value);
    }

    @Override
    public void copiedCells(List<ColumnCell> cells) {
        writer.columnKeys(cells);
    }

    @Override
    public CopySource copyIn(boolean binary, int columns) {
        NoWait.check();
        writer.copyInResponse(binary, columns);
        writer.flush();
        return this::nextCopyData;
    }

    private byte[] nextCopyData() {
        while (true) {
            FrontendMessage message = connection.inbox().take(connection::resumeReading);
            switch (message) {
                case null ->
                    throw ErrorReport.fatal(
                                    ErrorCode.CONNECTION_FAILURE,
                                    "unexpected EOF on client connection with an open" + " transaction")
                            .exception();
                case FrontendMessage.CopyData data -> {
                    if (data.bytes().length > 0) {
                        return data.bytes();
                    }
                }
                case FrontendMessage.CopyDone done -> {
                    return END;
                }
                case FrontendMessage.CopyFail fail ->
                    throw new DatabaseException(ErrorCode.QUERY_CANCELED, "COPY from stdin failed: " + fail.reason());
                case FrontendMessage.Flush flush -> {}
                case FrontendMessage.Sync sync -> {}
                case FrontendMessage.Unreadable unreadable -> throw unreadable.error();
                case FrontendMessage.Malformed malformed -> throw malformed.error();
                default ->
                    throw ErrorReport.fatal(
                                    ErrorCode.PROTOCOL_VIOLATION,
                                    "unexpected message type "
                                            + message.getClass().getSimpleName().toLowerCase(Locale.ROOT)
                                            + " during COPY from stdin")
                            .exception();
            }
        }
    }

    @Override
    public void copyOut(boolean binary, int columns) {
        writer.copyOutResponse(binary, columns);
    }

    @Override
    public void copyData(byte[] bytes, int offset, int length) {
        writer.copyData(bytes, offset, length);
    }

    @Override
    public void copyDone() {
        writer.copyDone();
    }

    @Override
    public void notification(int processId, String channel, String payload) {
        writer.notification(processId, channel, payload);
    }
}
