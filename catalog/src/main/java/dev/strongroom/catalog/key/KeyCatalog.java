package dev.strongroom.catalog.key;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The key tables of {@code master} and their committed content in memory. A key statement is one transaction of its own
 * (they are refused in transaction blocks), so there are no private views. Changes are made one at a time. Thread-safe.
 */
public final class KeyCatalog {
    /** Master keys and certificates. */
    public static final TableLayout OBJECTS = layout(100, "key_objects", "id");

    /** Commitments of database encryption keys. */
    public static final TableLayout COMMITMENTS = layout(101, "key_commitments", "key_version");

    private static final int DATABASE = 0;
    private static final int ID = 1;
    private static final int BODY = 2;

    private final Database master;
    private final Mutex changing;
    private volatile KeySnapshot head;

    private KeyCatalog(Database master, Scheduler scheduler, KeySnapshot head) {
        this.master = master;
        changing = new Mutex(scheduler);
        this.head = head;
    }

    private static TableLayout layout(long treeId, String name, String idName) {
        return new TableLayout(
                treeId,
                "sys",
                name,
                0,
                List.of(
                        new ColumnLayout("database", PgType.OID),
                        new ColumnLayout(idName, PgType.INT4),
                        new ColumnLayout("body", PgType.BYTEA)),
                name + "_pkey",
                List.of(KeyPart.ascending(DATABASE), KeyPart.ascending(ID)),
                List.of());
    }

    /** Reads the key tables of an open {@code master}. */
    public static KeyCatalog open(Database master, Scheduler scheduler) {
        List<KeyEntry> entries = new ArrayList<>();
        Transaction transaction = master.begin(TransactionOptions.snapshot());
        try {
            transaction.beginStatement();
            read(master.table(OBJECTS), transaction, entries);
            read(master.table(COMMITMENTS), transaction, entries);
        } finally {
            transaction.rollback();
        }
        return new KeyCatalog(master, scheduler, KeySnapshot.EMPTY.apply(entries, List.of()));
    }

    private static void read(Table table, Transaction transaction, List<KeyEntry> entries) {
        Row row = new Row(3);
        try (RowCursor cursor = table.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                byte[] body = row.getRef(BODY);
                entries.add(KeyEntry.decode((int) row.getLong(DATABASE), (int) row.getLong(ID), body));
            }
        }
    }

    public KeySnapshot head() {
        return head;
    }

    /** What a change writes and removes. */
    public record Change(List<? extends KeyEntry> put, List<? extends KeyEntry> removed) {
        public static Change put(KeyEntry... entries) {
            return new Change(List.of(entries), List.of());
        }

        public static Change remove(KeyEntry... entries) {
            return new Change(List.of(), List.of(entries));
        }
    }

    /**
     * Makes one durable change. {@code decide} sees the newest state while no other change can come between; what it throws
     * leaves everything as it was.
     */
    public KeySnapshot change(Function<KeySnapshot, Change> decide) {
        changing.lock();
        try {
            Change change = decide.apply(head);
            write(change);
            List<KeyEntry> put = List.copyOf(change.put());
            List<KeyEntry> removed = List.copyOf(change.removed());
            head = head.apply(put, removed);
            return head;
        } finally {
            changing.unlock();
        }
    }

    /** Forgets everything of a database that was dropped. */
    public void forget(int databaseOid) {
        change(snapshot -> new Change(List.of(), snapshot.entriesOf(databaseOid)));
    }

    private void write(Change change) {
        Transaction transaction = master.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            change.removed().forEach(entry -> remove(transaction, entry));
            change.put().forEach(entry -> put(transaction, entry));
            transaction.commit();
        } finally {
            transaction.rollback();
        }
    }

    private Table tableOf(KeyEntry entry) {
        return master.table(entry instanceof KeyEntry.Commitment ? COMMITMENTS : OBJECTS);
    }

    private void put(Transaction transaction, KeyEntry entry) {
        Table table = tableOf(entry);
        Row row = keyOf(entry);
        byte[] key = table.keyWriter(0).prefix(row, 2);
        long version = table.getLatest(transaction, key, new Row(3), null);
        row.setRef(BODY, KeyEntry.encode(entry));
        if (version < 0) {
            table.insert(transaction, row);
        } else {
            check(table.update(transaction, key, version, row));
        }
    }

    private void remove(Transaction transaction, KeyEntry entry) {
        Table table = tableOf(entry);
        byte[] key = table.keyWriter(0).prefix(keyOf(entry), 2);
        long version = table.getLatest(transaction, key, new Row(3), null);
        check(version < 0 ? WriteOutcome.GONE : table.delete(transaction, key, version));
    }

    private static Row keyOf(KeyEntry entry) {
        Row row = new Row(3);
        row.setLong(DATABASE, Integer.toUnsignedLong(entry.databaseOid()));
        row.setLong(ID, entry.id());
        return row;
    }

    private static void check(WriteOutcome outcome) {
        if (outcome != WriteOutcome.DONE) {
            throw ErrorReport.error(ErrorCode.INTERNAL_ERROR, "the key catalog changed unexpectedly")
                    .exception();
        }
    }
}
