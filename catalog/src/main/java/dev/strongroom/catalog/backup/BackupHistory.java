package dev.strongroom.catalog.backup;

import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** What was backed up and restored, in a table of {@code master}; {@code msdb}'s views show it. Thread-safe. */
public final class BackupHistory {
    private static final int ID = 0;
    private static final int BODY = 1;

    /** The table. */
    public static final TableLayout ENTRIES = new TableLayout(
            120,
            "sys",
            "backup_history",
            0,
            List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("body", PgType.BYTEA)),
            "backup_history_pkey",
            List.of(KeyPart.ascending(ID)),
            List.of());

    private final Database master;
    private final Mutex changing;
    private long next = 1;

    /** @param master open */
    public BackupHistory(Database master, Scheduler scheduler) {
        this.master = master;
        this.changing = new Mutex(scheduler);
        forEach((id, entry) -> next = id + 1);
    }

    /** Adds an entry durably. */
    public void add(HistoryEntry entry) {
        changing.lock();
        Transaction transaction = master.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            Row row = new Row(2);
            row.setLong(ID, next);
            row.setRef(BODY, HistoryEntry.encode(entry));
            master.table(ENTRIES).insert(transaction, row);
            transaction.commit();
            next++;
        } finally {
            transaction.rollback();
            changing.unlock();
        }
    }

    /**
     * Whether a backup that is still to be kept needs this encryptor: one of a key of the database, or of the backup's own
     * (TDE-121). A backup is kept until its time to expire; without one, until it leaves the history.
     */
    public boolean needs(Thumbprint encryptor, long nowMicros) {
        boolean[] found = {false};
        forEach((id, entry) -> found[0] |= entry instanceof HistoryEntry.Backup backup
                && (backup.expiresMicros() == 0 || backup.expiresMicros() > nowMicros)
                && backup.backup().needs(encryptor));
        return found[0];
    }

    /** Forgets what a test is true of; durably. */
    public void remove(Predicate<HistoryEntry> which) {
        changing.lock();
        Transaction transaction = master.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            Row row = new Row(2);
            Table table = master.table(ENTRIES);
            try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    byte[] body = row.getRef(BODY);
                    if (which.test(HistoryEntry.decode(body))) {
                        table.delete(transaction, cursor.key(), cursor.version());
                    }
                }
            }
            transaction.commit();
        } finally {
            transaction.rollback();
            changing.unlock();
        }
    }

    /** Hands out all entries, oldest first, with their numbers. */
    public void forEach(BiConsumer<Long, HistoryEntry> consumer) {
        TreeMap<Long, byte[]> bodies = new TreeMap<>();
        Transaction transaction = master.begin(TransactionOptions.snapshot());
        try {
            transaction.beginStatement();
            Row row = new Row(2);
            try (RowCursor cursor = master.table(ENTRIES).scan(transaction, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    byte[] body = row.getRef(BODY);
                    bodies.put(row.getLong(ID), body);
                }
            }
        } finally {
            transaction.rollback();
        }
        bodies.forEach((id, body) -> consumer.accept(id, HistoryEntry.decode(body)));
    }
}
