package dev.strongroom.sql.session;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import java.util.List;

/** Stands in where nobody listens: between messages. */
final class DiscardingSink implements SessionSink {
    @Override
    public void rowDescription(List<ResultColumn> columns) {}

    @Override
    public void row(Row row) {}

    @Override
    public void commandComplete(String tag) {}

    @Override
    public void emptyQuery() {}

    @Override
    public void portalSuspended() {}

    @Override
    public void notice(ErrorReport report) {}

    @Override
    public void parameterStatus(String name, String value) {}

    @Override
    public CopyInput copyIn(boolean binary, int columns) {
        throw new DatabaseException(ErrorCode.PROTOCOL_VIOLATION, "COPY needs a client that listens");
    }

    @Override
    public void copyOut(boolean binary, int columns) {}

    @Override
    public void copyData(byte[] bytes, int offset, int length) {}

    @Override
    public void copyDone() {}

    @Override
    public void notification(int processId, String channel, String payload) {}
}
