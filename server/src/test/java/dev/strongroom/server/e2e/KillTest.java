package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the server under load again and again, while encryption is switched on and off, suspended and its key replaced. Each
 * client moves money between accounts and writes a numbered ledger entry in the same transaction; what was acknowledged must
 * be there afterwards, nothing may be there by half, and {@code verify} must find the files whole. An hour of it:
 * {@code mvn -Dquick -pl server -am test -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false -Dtorture.minutes=60}.
 */
final class KillTest {
    private static final int ROUNDS = Integer.getInteger("strongroom.kills", 20);
    private static final Duration AT_LEAST = Duration.ofMinutes(Long.getLong("torture.minutes", 0));
    private static final int CLIENTS = 3;
    private static final int ACCOUNTS = 6000;
    private static final Pattern SCAN_GOES_ON =
            Pattern.compile("encryption scan again at page|encryption scan is paused");
    private static final int VERIFY_EVERY = 5;

    @TempDir
    Path folder;

    @Test
    void acknowledgedTransactionsSurviveEveryKill() throws Exception {
        long seed = Long.getLong("strongroom.seed", 4711);
        Random random = new Random(seed);
        Path data = folder.resolve("data");
        try (ServerProcess server = ServerProcess.start(data, "--set", "tde_scan_max_mb_per_s=1")) {
            create(server);
            EncryptionChanges encryption = new EncryptionChanges(server, "bank");
            int killedScans = 0;
            List<BitSet> acknowledged = new ArrayList<>();
            List<BitSet> attempted = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                acknowledged.add(new BitSet());
                attempted.add(new BitSet());
            }
            long end = System.nanoTime() + AT_LEAST.toNanos();
            int round = 0;
            for (; round < ROUNDS || System.nanoTime() < end; round++) {
                String change = change(encryption, server, random);
                runUntilKilled(server, random, acknowledged, attempted);
                String where = "round " + round + " after " + change + ", seed " + seed;
                if (round % VERIFY_EVERY == 0) {
                    ServerProcess.Result verified = server.verify();
                    assertThat(verified.output()).as(where).contains(" 0 defects");
                    assertThat(verified.exitCode()).as(where).isZero();
                }
                server.start();
                killedScans += SCAN_GOES_ON.matcher(server.logText()).find() ? 1 : 0;
                check(server, acknowledged, attempted, where);
            }
            assertThat(killedScans)
                    .as("kills while a scan ran or was suspended, seed %d", seed)
                    .isPositive();
            System.out.println("killed " + round + " times, " + killedScans + " while a scan ran or was suspended, "
                    + acknowledged.stream().mapToInt(BitSet::cardinality).sum() + " transactions, seed " + seed);
        }
    }

    private static String change(EncryptionChanges encryption, ServerProcess server, Random random) {
        try {
            return encryption.change(random);
        } catch (SQLException e) {
            throw new AssertionError("server log:\n" + server.logText(), e);
        }
    }

    private static void create(ServerProcess server) throws SQLException {
        server.psql("postgres", "CREATE DATABASE bank");
        try (Connection connection = server.connect("bank");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, filler text)");
            statement.execute(
                    "CREATE TABLE ledger (client int, entry int, amount int NOT NULL, PRIMARY KEY (client, entry))");
            statement.execute("CREATE INDEX ledger_amount ON ledger (amount)");
            statement.execute("INSERT INTO account SELECT i, 1000, repeat('x', 1500) FROM generate_series(1, "
                    + ACCOUNTS + ") AS s(i)");
        }
    }

    private static void runUntilKilled(
            ServerProcess server, Random random, List<BitSet> acknowledged, List<BitSet> attempted) throws Exception {
        int killAfter = 20 + random.nextInt(150);
        CountDownLatch enough = new CountDownLatch(killAfter);
        List<Exception> early = Collections.synchronizedList(new ArrayList<>());
        List<Thread> clients = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int id = client;
            long clientSeed = random.nextLong();
            clients.add(Thread.ofPlatform()
                    .start(() -> transfer(
                            server,
                            id,
                            new Random(clientSeed),
                            acknowledged.get(id),
                            attempted.get(id),
                            enough,
                            early)));
        }
        enough.await();
        server.kill();
        for (Thread client : clients) {
            client.join();
        }
        assertThat(early)
                .as("failures before the kill, server log:%n%s", server.logText())
                .isEmpty();
    }

    private static void transfer(
            ServerProcess server,
            int client,
            Random random,
            BitSet acknowledged,
            BitSet attempted,
            CountDownLatch enough,
            List<Exception> early) {
        int entry = attempted.length();
        try (Connection connection = server.connect("bank", "socketTimeout", "60")) {
            connection.setAutoCommit(false);
            try (PreparedStatement move =
                            connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?");
                    PreparedStatement log = connection.prepareStatement("INSERT INTO ledger VALUES (?, ?, ?)")) {
                while (true) {
                    int first = 1 + random.nextInt(ACCOUNTS - 1);
                    int second = first + 1 + random.nextInt(ACCOUNTS - first);
                    int amount = random.nextInt(100);
                    attempted.set(entry);
                    move.setInt(1, -amount);
                    move.setInt(2, first);
                    move.executeUpdate();
                    move.setInt(1, amount);
                    move.setInt(2, second);
                    move.executeUpdate();
                    log.setInt(1, client);
                    log.setInt(2, entry);
                    log.setInt(3, amount);
                    log.executeUpdate();
                    connection.commit();
                    acknowledged.set(entry++);
                    enough.countDown();
                }
            }
        } catch (SQLException | NoSuchElementException e) { // pgjdbc throws either when the connection breaks
            if (enough.getCount() > 0) {
                early.add(e);
                release(enough);
            }
        }
    }

    private static void release(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            latch.countDown();
        }
    }

    private static void check(ServerProcess server, List<BitSet> acknowledged, List<BitSet> attempted, String where)
            throws SQLException {
        try (Connection connection = server.connect("bank");
                Statement statement = connection.createStatement()) {
            try (ResultSet sum = statement.executeQuery("SELECT sum(balance), count(*) FROM account")) {
                assertThat(sum.next()).isTrue();
                assertThat(sum.getLong(1)).as("money, %s", where).isEqualTo(1000L * ACCOUNTS);
                assertThat(sum.getLong(2)).as("accounts, %s", where).isEqualTo(ACCOUNTS);
            }
            for (int client = 0; client < CLIENTS; client++) {
                BitSet present = new BitSet();
                try (ResultSet rows = statement.executeQuery("SELECT entry FROM ledger WHERE client = " + client)) {
                    while (rows.next()) {
                        present.set(rows.getInt(1));
                    }
                }
                BitSet lost = (BitSet) acknowledged.get(client).clone();
                lost.andNot(present);
                assertThat(lost.isEmpty())
                        .as("lost entries %s of client %d, %s", lost, client, where)
                        .isTrue();
                BitSet invented = (BitSet) present.clone();
                invented.andNot(attempted.get(client));
                assertThat(invented.isEmpty())
                        .as("invented entries %s, %s", invented, where)
                        .isTrue();
                assertThat(acknowledged.get(client).isEmpty())
                        .as("client %d did nothing", client)
                        .isFalse();
                acknowledged.get(client).or(present);
            }
        }
    }
}
