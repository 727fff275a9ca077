package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restore to a moment at which clients were writing: what had been acknowledged is there, what had not begun is not. */
final class PointInTimeTest {
    private static final int CLIENTS = 3;
    private static final int ROWS = 100;

    @TempDir
    Path directory;

    /** When an insert was sent and when it was acknowledged. */
    private record Span(Instant begun, Instant acknowledged) {}

    private final Map<Integer, Span> spans = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean enough;

    @Test
    @DisplayName(
            "S-18: STOPAT brings back the moment it names while several clients write, and a backup runs beside them")
    void aMomentUnderLoadComesBack() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"));
                KeySql master = new KeySql(server, "master")) {
            master.ok("CREATE DATABASE d");
            try (KeySql setup = new KeySql(server, "d")) {
                setup.ok("CREATE TABLE t (id int PRIMARY KEY)");
            }
            CompletableFuture<?>[] clients = IntStream.range(0, CLIENTS)
                    .mapToObj(client -> CompletableFuture.runAsync(() -> insert(server)))
                    .toArray(CompletableFuture[]::new);
            awaitRows(ROWS, clients);
            master.ok("BACKUP DATABASE d TO DISK = 'd.bak'");
            awaitRows(spans.size() + ROWS, clients);
            Instant moment = Instant.now();
            awaitRows(spans.size() + ROWS, clients);
            enough = true;
            CompletableFuture.allOf(clients).get(1, TimeUnit.MINUTES);
            master.ok(
                    "BACKUP LOG d TO DISK = 'd.trn'",
                    "RESTORE DATABASE e FROM DISK = 'd.bak' WITH NORECOVERY",
                    "RESTORE LOG e FROM DISK = 'd.trn' WITH STOPAT = '" + moment + "'");
            check(rows(server), moment);
        }
    }

    private void insert(ServerProcess server) {
        try (KeySql session = new KeySql(server, "d")) {
            while (!enough) {
                int id = next.incrementAndGet();
                Instant begun = Instant.now();
                session.ok("INSERT INTO t VALUES (" + id + ")");
                spans.put(id, new Span(begun, Instant.now()));
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitRows(int count, CompletableFuture<?>[] clients) {
        ServerProcess.await(
                "rows",
                () -> spans.size() >= count
                        || Arrays.stream(clients).anyMatch(CompletableFuture::isCompletedExceptionally));
    }

    private static Set<Integer> rows(ServerProcess server) throws SQLException {
        try (KeySql restored = new KeySql(server, "e")) {
            String list = Objects.requireNonNull(restored.text("SELECT string_agg(id::text, ',') FROM t"));
            return Arrays.stream(list.split(",", -1)).map(Integer::valueOf).collect(Collectors.toSet());
        }
    }

    /** Log tells time in microseconds, so rows that close to the moment may be on either side. */
    private void check(Set<Integer> there, Instant moment) {
        Duration grain = Duration.ofNanos(1000);
        spans.forEach((id, span) -> {
            if (span.acknowledged.isBefore(moment.minus(grain))) {
                assertThat(there).as("acknowledged before %s: %s", moment, span).contains(id);
            } else if (span.begun.isAfter(moment.plus(grain))) {
                assertThat(there).as("begun after %s: %s", moment, span).doesNotContain(id);
            }
        });
        assertThat(there.size()).isBetween(2 * ROWS, spans.size() - ROWS + CLIENTS);
    }
}
