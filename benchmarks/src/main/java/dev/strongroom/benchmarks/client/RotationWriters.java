package dev.strongroom.benchmarks.client;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An application whose column key is rotated while it works (B-8). {@code load URL USER PASSWORD ROWS} fills the table
 * {@code card}; {@code write URL USER PASSWORD ROWS WRITERS PAUSE-MS SECONDS} has every writer, on a connection of its own, change rows
 * that no other changes, read them back, and read rows nobody changes, until its standard input ends or the seconds are
 * over. A statement that fails, or a value that is not the last one written, ends it with exit code 1. A third of the writers
 * commits each statement, a third works in transactions with savepoints ({@code autosave=always}), a third in
 * transactions of a single change, which the driver may begin anew.
 */
public final class RotationWriters {
    private static final int BATCH = 2000;
    private static final int OWN = 200;

    private final PrintStream out = System.out;
    private final String url;
    private final String user;
    private final String password;
    private final int rows;
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final AtomicLong overSecond = new AtomicLong();
    private volatile boolean stop;

    private RotationWriters(String[] arguments) {
        url = arguments[1];
        user = arguments[2];
        password = arguments[3];
        rows = Integer.parseInt(arguments[4]);
    }

    public static void main(String[] arguments) throws Exception {
        RotationWriters work = new RotationWriters(arguments);
        if (arguments[0].equals("load")) {
            work.load();
        } else {
            work.write(
                    Integer.parseInt(arguments[5]),
                    Duration.ofMillis(Long.parseLong(arguments[6])),
                    Duration.ofSeconds(Long.parseLong(arguments[7])));
        }
    }

    private void load() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url + "&reWriteBatchedInserts=true", user, password);
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO card (id, owner, number) VALUES (?, ?, ?)")) {
            connection.setAutoCommit(false);
            for (int id = 1; id <= rows; id++) {
                insert.setInt(1, id);
                insert.setString(2, "owner " + id);
                insert.setString(3, first(id));
                insert.addBatch();
                if (id % BATCH == 0 || id == rows) {
                    insert.executeBatch();
                    connection.commit();
                }
            }
        }
    }

    private static String first(int id) {
        return "4000 0000 " + id;
    }

    private void write(int writers, Duration pause, Duration most) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                int writer = i;
                all.add(threads.submit(() -> {
                    writeAndRead(writer, writers, pause);
                    return null;
                }));
            }
            out.println("writing");
            out.flush();
            Thread.ofVirtual().start(this::awaitEnd);
            for (long left = most.toMillis();
                    left > 0 && !stop && all.stream().noneMatch(Future::isDone);
                    left -= 100) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
            stop = true;
            for (Future<?> one : all) {
                one.get();
            }
        }
        out.printf(
                Locale.ROOT,
                "%d writers: %d statements, none failed, every value read was the last one written; longest wait %d ms,"
                        + " %d over 1 s%n",
                writers,
                statements.get(),
                longest.get() / 1_000_000,
                overSecond.get());
    }

    /** Whoever started this closes our standard input when the rotation is over. */
    private void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is said.
            }
        } catch (java.io.IOException closed) {
            // The same.
        }
        stop = true;
    }

    private void writeAndRead(int writer, int writers, Duration pause) throws SQLException {
        boolean transactions = writer % 3 != 0;
        boolean savepoints = writer % 3 == 1;
        Random random = new Random(writer);
        String[] written = new String[OWN];
        // What is written is in the lower half, what nobody writes in the upper.
        int half = rows / 2;
        try (Connection connection =
                        DriverManager.getConnection(url + (savepoints ? "&autosave=always" : ""), user, password);
                PreparedStatement update = connection.prepareStatement("UPDATE card SET number = ? WHERE id = ?");
                PreparedStatement query = connection.prepareStatement("SELECT number FROM card WHERE id = ?")) {
            connection.setAutoCommit(!transactions);
            for (int round = 0; !stop; round++) {
                int slot = round % OWN;
                int id = 1 + writer + writers * (slot * (half / OWN / writers));
                String value = "w" + writer + "-" + round;
                long before = System.nanoTime();
                update.setString(1, value);
                update.setInt(2, id);
                check(update.executeUpdate() == 1, "row " + id);
                waited(before);
                written[slot] = value;
                if (transactions && !savepoints) {
                    connection.commit();
                }
                read(query, id, written[slot]);
                int other = half + 1 + random.nextInt(rows - half);
                read(query, other, first(other));
                if (transactions && (!savepoints || round % 3 == 2)) {
                    connection.commit();
                }
                LockSupport.parkNanos(pause.toNanos());
            }
            if (transactions) {
                connection.commit();
            }
            for (int slot = 0; slot < OWN; slot++) {
                if (written[slot] != null) {
                    read(query, 1 + writer + writers * (slot * (half / OWN / writers)), written[slot]);
                }
            }
            if (transactions) {
                connection.commit();
            }
        }
    }

    private void read(PreparedStatement query, int id, String expected) throws SQLException {
        long before = System.nanoTime();
        query.setInt(1, id);
        try (ResultSet row = query.executeQuery()) {
            check(row.next(), "row " + id);
            String value = row.getString(1);
            check(expected.equals(value), "row " + id + " is " + value + " and not " + expected);
        }
        waited(before);
    }

    private void waited(long before) {
        long took = System.nanoTime() - before;
        statements.incrementAndGet();
        longest.accumulateAndGet(took, Math::max);
        if (took > 1_000_000_000L) {
            overSecond.incrementAndGet();
        }
    }

    private static void check(boolean good, String what) {
        if (!good) {
            throw new IllegalStateException(what);
        }
    }
}
