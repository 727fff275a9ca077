package dev.strongroom.sql.session;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import java.util.List;

/** Where a session puts its answers. Called on the session's thread, in protocol order. */
public interface SessionSink {
    /** Shape of the rows that follow; only in simple queries (extended ones ask through describe). */
    void rowDescription(List<ResultColumn> columns);

    /** One row; the object is valid during the call only. */
    void row(Row row);

    void commandComplete(String tag);

    void emptyQuery();

    void portalSuspended();

    void notice(ErrorReport report);

    /** A reported setting has a new value. */
    void parameterStatus(String name, String value);

    /** Names the columns whose data is about to be copied, for clients that have to know how they are encrypted (AE-118). */
    default void copiedColumns(List<ResultColumn> columns) {}

    /** Asks the client for COPY data. */
    CopyInput copyIn(boolean binary, int columns);

    /** Announces COPY data. */
    void copyOut(boolean binary, int columns);

    void copyData(byte[] bytes, int offset, int length);

    void copyDone();

    /** An asynchronous notification. */
    void notification(int processId, String channel, String payload);
}
