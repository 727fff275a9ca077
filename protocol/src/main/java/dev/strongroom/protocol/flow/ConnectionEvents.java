package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.ErrorReport;

/** What the server counts and logs of connections. Called on event loops and session threads; must not block. */
public interface ConnectionEvents {
    ConnectionEvents NONE = new ConnectionEvents() {};

    default void connected() {}

    default void disconnected() {}

    default void authenticationFailed(String user, String address) {}

    default void failed(ErrorReport report) {}

    /** Something that is not a {@code DatabaseException} escaped: a bug. */
    default void bug(Throwable cause) {}

    default void statement(long nanos) {}
}
