package dev.strongroom.protocol.port;

import java.util.Map;

/**
 * What a client asked for when it connected.
 *
 * @param database the user's name where none was given
 * @param settings run-time parameters, {@code options} not yet taken apart
 * @param processId number in BackendKeyData
 * @param columnEncryption whether the client speaks the protocol extension for encrypted columns (AE-115)
 * @param clientAddress for views and logs
 */
public record StartupRequest(
        String user,
        String database,
        Map<String, String> settings,
        int processId,
        String clientAddress,
        boolean encrypted,
        boolean columnEncryption) {
    public StartupRequest {
        settings = Map.copyOf(settings);
    }
}
