package dev.strongroom.protocol.port;

/** Opens sessions for authenticated clients. */
@FunctionalInterface
public interface SessionOpener {
    /**
     * Opens a session; reports the settings of decision P-3 through the sink.
     *
     * @throws dev.strongroom.common.error.DatabaseException 3D000, 42501, 53300, 22023: sent as FATAL
     */
    SessionPort open(StartupRequest request, ResultSink sink);
}
