package dev.strongroom.keys;

import dev.strongroom.client.SrStatement;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Changes how a column is encrypted while the table is in use (AE-151, AE-153):
 *
 * <ol>
 *   <li>a shadow column of the same type gets the new encryption. Its name makes the server empty it whenever somebody
 *       writes the column itself, so an empty shadow beside a value is what is left to do;
 *   <li>passes in the order of the primary key decrypt and encrypt those rows here, a batch and a short transaction at a
 *       time, leaving out rows that a writer has locked;
 *   <li>a partial index of what is left, made beside the writers, makes the last pass short: it runs under an exclusive lock,
 *       and in the same transaction the shadow takes the column's place.
 * </ol>
 *
 * Where the column was plain, its values are erased then ({@link PlainRest}). Killed at any point before the swap it leaves a
 * table that works, and a shadow with which the next run goes on.
 */
final class ColumnChange {
    static final int DEFAULT_BATCH = 1000;

    private static final int PASSES_MAX = 20;
    private static final int FEW_CHANGES = 100;

    /** How long the table's other users may have to wait behind a request for the lock: first, at most; how often it is made. */
    private static final int LOCK_MILLIS = 300;

    private static final int LOCK_MILLIS_MAX = 2400;
    private static final int ATTEMPTS_OF_A_LENGTH = 5;

    private static final int LOCK_ATTEMPTS = 200;
    private static final long BETWEEN_ATTEMPTS_NANOS = 200_000_000L;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String UNFINISHED = "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            + " JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relname = ? AND NOT i.indisvalid";

    private final Connection connection;
    private final TableColumn column;
    private final String clause;
    private final int batch;
    private final PrintWriter out;
    private final String shadow;
    private final @Nullable PlainRest rest;
    private final InstantSource clock = InstantSource.system();
    private final List<Change> changes = new ArrayList<>();

    private record Change(List<String> key, @Nullable Object value) {}

    /** @param clause ENCRYPTED WITH (…), or nothing to decrypt */
    ColumnChange(Connection connection, TableColumn column, String clause, int batch, PrintWriter out) {
        this.connection = connection;
        this.column = column;
        this.clause = clause;
        this.batch = batch;
        this.out = out;
        this.shadow = "sr_shadow_" + column.column();
        this.rest = column.columnKey() == null ? new PlainRest(connection, column, batch, out) : null;
    }

    private String table() {
        return column.qualifiedTable();
    }

    private String addShadow() {
        return "ALTER TABLE " + table() + " ADD COLUMN " + Ddl.name(shadow) + " " + column.typeText()
                + (clause.isEmpty() ? "" : " " + clause);
    }

    private String todo() {
        return Ddl.name(shadow) + " IS NULL AND " + Ddl.name(column.column()) + " IS NOT NULL";
    }

    private String indexName() {
        // Names have 63 bytes: a short one that is the same in every run.
        return "sr_todo_" + Integer.toHexString((column.table() + "." + column.column()).hashCode());
    }

    private String addIndex() {
        return "CREATE INDEX CONCURRENTLY IF NOT EXISTS " + indexName() + " ON " + table() + " ("
                + String.join(", ", column.key().stream().map(Ddl::name).toList()) + ") WHERE " + todo();
    }

    private String dropIndex() {
        return "DROP INDEX " + Ddl.name(column.schema()) + "." + indexName();
    }

    /** One that a killed run left unfinished is of no use to anybody. */
    private void makeIndex() throws SQLException {
        boolean unfinished;
        try (PreparedStatement query = connection.prepareStatement(UNFINISHED)) {
            query.setString(1, column.schema());
            query.setString(2, indexName());
            try (ResultSet found = query.executeQuery()) {
                unfinished = found.next();
            }
        }
        if (unfinished) {
            execute(dropIndex());
        }
        execute(addIndex());
    }

    private List<String> swap() {
        List<String> statements = new ArrayList<>();
        if (column.notNull()) {
            // Beside the old column and the index, which together tell at once that no row lacks a value.
            statements.add("ALTER TABLE " + table() + " ALTER COLUMN " + Ddl.name(shadow) + " SET NOT NULL");
        }
        statements.add(dropIndex());
        if (rest == null) {
            statements.add("ALTER TABLE " + table() + " DROP COLUMN " + Ddl.name(column.column()));
        } else {
            statements.addAll(rest.putAside());
        }
        statements.add(
                "ALTER TABLE " + table() + " RENAME COLUMN " + Ddl.name(shadow) + " TO " + Ddl.name(column.column()));
        return statements;
    }

    /** The statements of the whole change, in their order. */
    void show() {
        out.println(addShadow() + ";");
        out.println("-- copy " + column.column() + " to " + shadow + " in batches of " + batch
                + " by primary key, until few rows are left");
        out.println(addIndex() + ";");
        out.println("BEGIN; LOCK TABLE " + table() + " IN ACCESS EXCLUSIVE MODE; -- last pass");
        swap().forEach(statement -> out.println(statement + ";"));
        out.println("COMMIT;");
        if (rest != null) {
            rest.show();
        }
    }

    void run() throws SQLException {
        check();
        Optional<TableColumn> left = column.sibling(connection, shadow);
        if (left.isEmpty()) {
            execute(addShadow());
        } else {
            requireSame(left.get());
            out.println("-- going on with the shadow of an earlier run");
        }
        long rows = KeyOrder.count(connection, column);
        pass("pass 1", rows);
        makeIndex();
        Duration locked = swap(rows);
        out.println("-- " + table() + "." + column.column() + ": " + rows + " rows, locked for " + locked.toMillis()
                + " ms");
        if (rest != null) {
            rest.run();
        }
    }

    private void check() throws SQLException {
        List<String> indexes = column.indexes(connection);
        if (!indexes.isEmpty()) {
            throw new UsageException("column " + column.column() + " is part of " + String.join(", ", indexes)
                    + ": drop it first and make it again afterwards");
        }
        List<String> attachments = column.attachments(connection);
        if (!attachments.isEmpty()) {
            throw new UsageException("column " + column.column() + " has " + String.join(", ", attachments)
                    + ", which would be lost: drop these first and make them again afterwards");
        }
    }

    /** A shadow left by another command would put its own encryption, or none, in the column's place. */
    private void requireSame(TableColumn left) {
        String key = left.columnKey();
        String has = key == null ? "" : Ddl.encryptedWith(key, left.encryptionType());
        if (!has.equals(clause) || !left.typeText().equals(column.typeText())) {
            throw new UsageException("column " + shadow
                    + " of an earlier run has another type or encryption: repeat that run, or drop the column first");
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Copies what writers left to do, again and again, until the table is ours for a moment. */
    private Duration swap(long rows) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            long changed = Long.MAX_VALUE;
            for (int pass = 2; pass <= PASSES_MAX && changed > FEW_CHANGES; pass++) {
                changed = pass("pass " + pass, Math.min(rows, FEW_CHANGES));
            }
            try {
                return swapUnderLock(patience(attempt));
            } catch (SQLException e) {
                if (!LOCK_NOT_AVAILABLE.equals(e.getSQLState()) || attempt == LOCK_ATTEMPTS) {
                    throw e;
                }
            }
            LockSupport.parkNanos(BETWEEN_ATTEMPTS_NANOS);
        }
    }

    /** Milliseconds; more after some attempts, for tables whose transactions take longer than the first. */
    private static int patience(int attempt) {
        int doublings = (attempt - 1) / ATTEMPTS_OF_A_LENGTH;
        return doublings > 3 ? LOCK_MILLIS_MAX : LOCK_MILLIS << doublings;
    }

    private Duration swapUnderLock(int patienceMillis) throws SQLException {
        connection.setAutoCommit(false);
        try {
            execute("SET LOCAL lock_timeout = " + patienceMillis);
            execute("LOCK TABLE " + table() + " IN ACCESS EXCLUSIVE MODE");
            Instant from = clock.instant();
            copy(new Progress(out, "last pass", FEW_CHANGES), () -> {});
            for (String statement : swap()) {
                execute(statement);
            }
            connection.commit();
            return Duration.between(from, clock.instant());
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Copies what is left to do, one transaction a batch; returns how many rows that were. */
    private long pass(String name, long rows) throws SQLException {
        connection.setAutoCommit(false);
        try {
            return copy(new Progress(out, name, rows), connection::commit);
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    @FunctionalInterface
    private interface Commit {
        void run() throws SQLException;
    }

    /** The rows are locked from reading to writing; those a writer holds come next time, so nobody waits for another. */
    private long copy(Progress progress, Commit commit) throws SQLException {
        long[] copied = {0};
        int values = column.key().size();
        new KeyOrder(connection, column, Ddl.name(column.column()), todo(), " FOR UPDATE SKIP LOCKED", batch)
                .read((row, key) -> changes.add(new Change(key, value(row, values + 1))), count -> {
                    copied[0] += changes.size();
                    write();
                    commit.run();
                    progress.add(count);
                });
        progress.end();
        return copied[0];
    }

    private @Nullable Object value(ResultSet row, int index) throws SQLException {
        return column.isBinary() ? row.getBytes(index) : row.getString(index);
    }

    private void write() throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        String where = String.join(
                " AND ",
                column.key().stream().map(name -> Ddl.name(name) + " = ?").toList());
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE " + table() + " SET " + Ddl.name(shadow) + " = ? WHERE " + where)) {
            if (!clause.isEmpty()) {
                // Whatever the server says the shadow is: no value leaves here in plain (AE-129).
                update.unwrap(SrStatement.class).setForceEncryption(1, true);
            }
            for (Change change : changes) {
                switch (change.value()) {
                    case null -> update.setNull(1, column.isBinary() ? Types.BINARY : Types.OTHER);
                    case byte[] bytes -> update.setBytes(1, bytes);
                    case Object text -> update.setObject(1, text, Types.OTHER);
                }
                for (int i = 0; i < change.key().size(); i++) {
                    update.setObject(i + 2, change.key().get(i), Types.OTHER);
                }
                update.addBatch();
            }
            update.executeBatch();
        }
        for (Change change : changes) {
            if (change.value() instanceof byte[] bytes) {
                Arrays.fill(bytes, (byte) 0);
            }
        }
        changes.clear();
    }
}
