package dev.strongroom.sql.session;

import java.util.Map;

/**
 * What a client asked for when it connected.
 *
 * @param user role name, already authenticated
 * @param database database name
 * @param settings run-time parameters of the start-up packet
 * @param processId number of the session
 * @param clientAddress for views and logs
 */
public record StartupOptions(
        String user, String database, Map<String, String> settings, int processId, String clientAddress) {
    public StartupOptions {
        settings = Map.copyOf(settings);
    }
}
