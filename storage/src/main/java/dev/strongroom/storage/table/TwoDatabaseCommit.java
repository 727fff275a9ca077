package dev.strongroom.storage.table;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.txn.Decisions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a transaction that wrote {@code master} and one other database (S-1). The other one prepares: its log says durably
 * that it will follow. The commit of {@code master}, which carries a row naming the other's transaction, is the decision. Then
 * the other commits and the row goes. Recovery of the other asks for the row; without it the transaction is undone. Ids of
 * transactions are never used twice in a database. Thread-safe.
 */
public final class TwoDatabaseCommit implements Decisions {
    private static final TableLayout TABLE = new TableLayout(
            103,
            "sys",
            "decided_transactions",
            0,
            List.of(new ColumnLayout("database", PgType.OID), new ColumnLayout("transaction", PgType.INT8)),
            "decided_transactions_pkey",
            List.of(KeyPart.ascending(0), KeyPart.ascending(1)),
            List.of());

    private static final Logger LOG = LoggerFactory.getLogger(TwoDatabaseCommit.class);

    private final Database master;

    public TwoDatabaseCommit(Database master) {
        this.master = master;
    }

    /**
     * Commits both, or neither.
     *
     * @param inMaster of {@code master}
     * @param databaseId of the other database
     * @throws dev.strongroom.common.error.DatabaseException as {@link Transaction#commit}; both are rolled back then
     */
    public void commit(Transaction inMaster, int databaseId, Transaction other) {
        long id = other.id();
        boolean decided = false;
        try {
            other.prepare();
            master.table(TABLE).insert(inMaster, row(databaseId, id));
            inMaster.commit();
            decided = true;
        } finally {
            if (!decided) {
                inMaster.rollback();
                other.rollback();
            }
        }
        other.commit();
        try {
            forget(List.of(row(databaseId, id)));
        } catch (DatabaseException failure) {
            // Both have committed, whatever becomes of the row: on a full disk it stays until the next start.
            LOG.warn("master keeps a decided transaction until the next start: {}", failure.getMessage());
        }
    }

    @Override
    public boolean committed(int databaseId, long transaction) {
        Table table = master.table(TABLE);
        Transaction reading = master.begin(TransactionOptions.readCommitted());
        try {
            reading.beginStatement();
            Row row = row(databaseId, transaction);
            return table.get(reading, table.keyWriter(0).prefix(row, 2), new Row(2), null) >= 0;
        } finally {
            reading.rollback();
        }
    }

    /** Forgets what was decided for databases that are open, and so have followed. */
    public void forgetAllOf(Collection<Integer> databases) {
        List<Row> followed = new ArrayList<>();
        Transaction reading = master.begin(TransactionOptions.snapshot());
        try {
            reading.beginStatement();
            Row row = new Row(2);
            try (RowCursor cursor = master.table(TABLE).scan(reading, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    if (databases.contains((int) row.getLong(0))) {
                        followed.add(row((int) row.getLong(0), row.getLong(1)));
                    }
                }
            }
        } finally {
            reading.rollback();
        }
        if (!followed.isEmpty()) {
            forget(followed);
        }
    }

    private void forget(List<Row> rows) {
        Table table = master.table(TABLE);
        Transaction forgetting = master.begin(TransactionOptions.readCommitted());
        try {
            forgetting.beginStatement();
            for (Row row : rows) {
                byte[] key = table.keyWriter(0).prefix(row, 2);
                long version = table.getLatest(forgetting, key, new Row(2), null);
                if (version >= 0) {
                    table.delete(forgetting, key, version);
                }
            }
            forgetting.commit();
        } finally {
            forgetting.rollback();
        }
    }

    private static Row row(int databaseId, long transaction) {
        Row row = new Row(2);
        row.setLong(0, Integer.toUnsignedLong(databaseId));
        row.setLong(1, transaction);
        return row;
    }
}
