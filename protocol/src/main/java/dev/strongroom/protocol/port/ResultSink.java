package dev.strongroom.protocol.port;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import java.util.List;

/**
 * Where a session puts its answers, in protocol order, on the connection's thread. Rows are encoded before {@code row}
 * returns; a slow client makes it wait.
 */
public interface ResultSink {
    /** Shape of the rows that follow; in simple queries only. */
    void rowDescription(List<ColumnDescription> columns);

    void row(Row row);

    void commandComplete(String tag);

    void emptyQuery();

    void portalSuspended();

    void notice(ErrorReport report);

    void parameterStatus(String name, String value);

    /** How columns about to be copied are encrypted; sent to clients that speak the extension (AE-118). */
    default void copiedCells(List<ColumnCell> cells) {}

    /** Asks the client for COPY data. */
    CopySource copyIn(boolean binary, int columns);

    void copyOut(boolean binary, int columns);

    void copyData(byte[] bytes, int offset, int length);

    void copyDone();

    void notification(int processId, String channel, String payload);
}
