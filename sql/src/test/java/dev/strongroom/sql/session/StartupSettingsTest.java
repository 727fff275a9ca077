package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings a session begins with have their effect, not only their name in SHOW. */
final class StartupSettingsTest {
    private static final String MOMENT = "SELECT '2026-01-01 12:00:00Z'::timestamptz";

    @Test
    void aClientsTimeZoneCounts() {
        TestingServer server = new TestingServer();
        TestingServer.Client client =
                server.connect("postgres", "postgres", Map.of("timezone", "GMT+12", "datestyle", "German"));
        assertThat(client.query(MOMENT)).first().asString().startsWith("01.01.2026 00:00:00 ");
        client.run("SET timezone = 'Europe/Berlin'");
        client.run("RESET timezone");
        client.run("SET datestyle = 'ISO'");
        assertThat(client.query(MOMENT)).containsExactly("2026-01-01 00:00:00-12");
    }

    @Test
    void aRolesTimeZoneCounts() {
        TestingServer server = new TestingServer();
        server.connect().run("ALTER ROLE postgres SET timezone = 'America/New_York'");
        assertThat(server.connect().query(MOMENT)).containsExactly("2026-01-01 07:00:00-05");
    }
}
