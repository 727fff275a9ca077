package dev.strongroom.server.boot;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.SystemClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs a server on throw-away data through what clients usually do, so that the Java runtime, started with
 * {@code -XX:AOTCacheOutput=…}, writes down which classes and which code a server needs (JEP 514, 515).
 */
@Command(
        name = "train",
        hidden = true,
        description = "Exercise a server on throw-away data; for making the ahead-of-time cache.")
final class TrainCommand implements Callable<Integer> {
    private static final long NANOS = 1_000_000_000L;

    private static final List<String> TABLES = List.of(
            "create table branches (bid int primary key, bbalance int, filler char(88))",
            "create table accounts (aid int primary key, bid int references branches, abalance int, filler char(84))",
            "create table history (tid int, aid int, delta int, mtime timestamp, filler char(22))",
            "insert into branches select g, 0, '' from generate_series(1, 10) g",
            "insert into accounts select g, 1 + g % 10, 0, 'x' || g from generate_series(1, 5000) g",
            "create index accounts_branch on accounts (bid)",
            "analyze accounts");

    private static final List<String> ENCRYPTION = List.of(
            "use master",
            "create master key encryption by password = 'Training-1'",
            "create certificate training with subject = 'training'",
            "use postgres",
            "create database encryption key with algorithm = aes_256 encryption by server certificate training",
            "alter database postgres set encryption on");

    private static final List<String> QUERIES = List.of(
            "select 1",
            "select version(), current_user, now()",
            "select b.bid, count(*), sum(a.abalance), max(a.filler) from accounts a join branches b on a.bid = b.bid"
                    + " where a.aid < 400 group by b.bid order by 2 desc, 1 limit 5",
            "select a.aid from accounts a left join history h on h.aid = a.aid where h.aid is null order by a.aid limit 3",
            "with x as (select bid, abalance from accounts where aid between 10 and 60) select * from x where bid in"
                    + " (select bid from branches where bbalance >= 0) union all select 1, 2",
            "select n.nspname, c.relname, c.relkind from pg_catalog.pg_class c left join pg_catalog.pg_namespace n"
                    + " on n.oid = c.relnamespace where c.relkind in ('r', 'v') and n.nspname !~ '^pg_toast' order by 1, 2",
            "select a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a"
                    + " where a.attrelid = 'accounts'::regclass and a.attnum > 0 and not a.attisdropped");

    @Option(names = "--seconds", description = "How long to go on (default: 10).")
    private int seconds = 10;

    private final Clock clock = new SystemClock();

    @Override
    public Integer call() throws IOException {
        Path directory = Files.createTempDirectory("strongroom-train");
        try {
            train(directory);
            return ExitCode.OK.code();
        } catch (IOException | GeneralSecurityException e) {
            throw new UsageException("training failed: " + e.getMessage());
        } finally {
            delete(directory);
        }
    }

    private void train(Path directory) throws IOException, GeneralSecurityException {
        Map<String, String> given = new HashMap<>();
        given.put(ServerSettings.DATA.name(), directory.resolve("data").toString());
        given.put(ServerSettings.HOST.name(), "127.0.0.1");
        given.put(ServerSettings.PORT.name(), "0");
        given.put(ServerSettings.HTTP_PORT.name(), "0");
        given.put(ServerSettings.BUFFER_POOL.name(), "64MB");
        ServerSettings settings = SettingsSources.read(given, Optional.empty(), Map.of());
        ServerLog.start(settings.get(ServerSettings.LOG_FORMAT));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (RunningServer server = ServerAssembly.start(settings, new SimpleMeterRegistry())) {
            server.announce(new PrintStream(said, true, StandardCharsets.UTF_8));
            Matcher port = Pattern.compile("port=([0-9]+)").matcher(said.toString(StandardCharsets.UTF_8));
            if (!port.find()) {
                throw new IOException("the server did not say its port");
            }
            String password =
                    Files.readString(directory.resolve("data-initial-password")).strip();
            try (TrainingClient client = new TrainingClient(Integer.parseInt(port.group(1)), "postgres", password)) {
                exercise(client);
            }
            assert server.ready();
        }
    }

    private void exercise(TrainingClient client) throws IOException {
        for (String statement : TABLES) {
            client.query(statement);
        }
        for (String statement : ENCRYPTION) {
            client.query(statement);
        }
        client.prepare("read", "select abalance from accounts where aid = $1");
        client.prepare("credit", "update accounts set abalance = abalance + $1 where aid = $2");
        client.prepare("total", "update branches set bbalance = bbalance + $1 where bid = $2");
        client.prepare("log", "insert into history (tid, aid, delta, mtime) values ($1, $2, $3, current_timestamp)");
        client.prepare("begin", "begin");
        client.prepare("end", "end");
        long end = clock.monotonicNanos() + seconds * NANOS;
        for (int round = 0; clock.monotonicNanos() < end; round++) {
            simple(client, round);
            prepared(client, round);
            if (round % 50 == 0) {
                for (String query : QUERIES) {
                    client.query(query);
                }
            }
        }
    }

    private static void simple(TrainingClient client, int round) throws IOException {
        int account = 1 + round * 37 % 5000;
        int delta = round % 1000 - 500;
        client.query("begin");
        client.query("update accounts set abalance = abalance + " + delta + " where aid = " + account + ";");
        client.query("select abalance from accounts where aid = " + account + ";");
        client.query("update branches set bbalance = bbalance + " + delta + " where bid = " + (1 + round % 10) + ";");
        client.query("insert into history (tid, aid, delta, mtime) values (" + round + ", " + account + ", " + delta
                + ", current_timestamp);");
        client.query("end");
        client.query("select abalance from accounts where aid = " + account + ";");
    }

    private static void prepared(TrainingClient client, int round) throws IOException {
        String account = Integer.toString(1 + round * 41 % 5000);
        String delta = Integer.toString(round % 1000 - 500);
        client.execute("begin");
        client.execute("credit", delta, account);
        client.execute("read", account);
        client.execute("total", delta, Integer.toString(1 + round % 10));
        client.execute("log", Integer.toString(round), account, delta);
        client.execute("end");
        for (int i = 0; i < 20; i++) {
            client.execute("read", Integer.toString(1 + (round * 20 + i) % 5000));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
