package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that are not Java's: node-postgres from npm; psycopg 2 and 3, asyncpg, SQLAlchemy and Django from Debian. A missing
 * program fails its test, which says so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OtherLanguagesTest {
    private Path folder;
    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path temp) {
        folder = temp;
        server = ServerProcess.start(folder.resolve("data"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void nodePostgresWorks() throws IOException {
        Path project = Files.createDirectory(folder.resolve("node"));
        copy("node/package.json", project.resolve("package.json"));
        copy("node/smoke.js", project.resolve("smoke.js"));
        ClientRun install =
                ClientRun.of(List.of("npm", "install", "--no-audit", "--no-fund", "--silent"), "", "", project);
        assertThat(install.exitCode())
                .as("npm install pg: %s", install.output())
                .isZero();
        ClientRun run = ClientRun.of(
                List.of("node", "smoke.js", Integer.toString(server.port())), "", ServerProcess.PASSWORD, project);
        assertThat(run.output()).isEqualTo("ok\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"psycopg2", "psycopg3", "asyncpg", "sqlalchemy", "django"})
    void pythonClientWorks(String client) throws IOException {
        server.psql("postgres", "create database " + client);
        Path script = folder.resolve(client + "_client.py");
        copy("python/" + client + "_client.py", script);
        ClientRun run = ClientRun.of(
                List.of("/usr/bin/python3", script.toString(), Integer.toString(server.port()), client),
                "",
                ServerProcess.PASSWORD,
                folder);
        assertThat(run.output())
                .as("needs Debian's python3-psycopg2, -psycopg, -asyncpg, -sqlalchemy, -django")
                .isEqualTo("ok\n");
    }

    private static void copy(String resource, Path to) throws IOException {
        try (InputStream in = OtherLanguagesTest.class.getResourceAsStream("/clients/" + resource)) {
            Files.copy(Objects.requireNonNull(in), to);
        }
    }
}
