package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pg_dump as it comes from Debian: what it writes restores, and a dump of that says the same. */
final class DumpTest {
    @Test
    void dumpRestoresToTheSameDump(@TempDir Path folder) throws IOException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            run(server, "postgres", "CREATE DATABASE source; CREATE DATABASE copy;");
            run(server, "source", source());
            String dump = dump(server, "source");
            assertThat(dump)
                    .contains("CREATE UNIQUE INDEX author_lower ON public.author USING btree (lower((email)::text))"
                            + " WHERE active;")
                    .contains("total numeric GENERATED ALWAYS AS ((price * (2)::numeric)) STORED")
                    .contains(
                            "CONSTRAINT book_price_check CHECK (((price >= (0)::numeric) AND (price < (1000)::numeric)))")
                    .contains("GRANT SELECT(title) ON TABLE public.book TO dump_reader;")
                    .contains("SELECT pg_catalog.setval('public.loose', 8, true);")
                    .contains("2\t1\ttab\\there\\nnl\\\\\t20.50")
                    .doesNotContain("SCHEMA sys");
            run(server, "copy", dump);
            assertThat(statements(dump(server, "copy"))).isEqualTo(statements(dump));
            assertThat(server.psql("copy", "SELECT name, books FROM busy ORDER BY 1;", "-At")
                            .output())
                    .isEqualTo("Ann|2\nBob|1\n");
        }
    }

    @Test
    void indexesOverExpressionsHoldAfterAKill(@TempDir Path folder) throws IOException {
        try (ServerProcess server = ServerProcess.start(folder.resolve("data"))) {
            run(server, "postgres", source());
            server.kill();
            server.start();
            String again = "INSERT INTO author (name, email) VALUES ('Eve', 'ANN@x');";
            assertThat(server.psql("postgres", again).output())
                    .contains("violates unique constraint \"author_lower\"")
                    .contains("Key (lower(email::text))=(ann@x) already exists.");
            run(server, "postgres", "UPDATE author SET active = false WHERE name = 'Ann';" + again);
            server.kill();
            server.start();
            assertThat(server.psql(
                                    "postgres",
                                    "SELECT name FROM author WHERE lower(email) = 'ann@x' AND active;",
                                    "-At")
                            .output())
                    .isEqualTo("Eve\n");
        }
    }

    private static String source() throws IOException {
        try (InputStream in = DumpTest.class.getResourceAsStream("dump-source.sql")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void run(ServerProcess server, String database, String script) {
        ClientRun run = server.psql(database, script, "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null");
        assertThat(run.exitCode()).as(run.output()).isZero();
    }

    private static String dump(ServerProcess server, String database) {
        List<String> command = new ArrayList<>(List.of("pg_dump", "-h", "127.0.0.1", "-p", "" + server.port()));
        command.addAll(List.of("-U", "postgres", database));
        ClientRun run = ClientRun.of(command, "", ServerProcess.PASSWORD, null);
        assertThat(run.exitCode()).as(run.output()).isZero();
        return run.output();
    }

    /** Without comments and the random key that newer versions of pg_dump write. */
    private static String statements(String dump) {
        return dump.lines()
                .filter(line ->
                        !line.startsWith("--") && !line.startsWith("\\restrict") && !line.startsWith("\\unrestrict"))
                .collect(Collectors.joining("\n"));
    }
}
