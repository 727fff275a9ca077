package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The password wraps of database master keys, each in its own database (S-3), so that they travel with its files and backups.
 * {@code master} decides which count: its entry names the key and the edition. A change writes the new edition beside the old
 * one ({@link #prepare}), then {@code master}'s entry, then drops the old one ({@link #settle}); a crash in between leaves
 * editions that {@code master} does not name, which are dropped at the next start. Thread-safe under the key catalog's lock.
 */
final class PasswordWraps {
    /** One row holds the editions. */
    static final TableLayout TABLE = new TableLayout(
            102,
            "sys",
            "master_key_passwords",
            0,
            List.of(new ColumnLayout("id", PgType.INT4), new ColumnLayout("body", PgType.BYTEA)),
            "master_key_passwords_pkey",
            List.of(KeyPart.ascending(0)),
            List.of());

    private static final int ROW_ID = 1;

    private final DatabaseEncryptions databases;

    PasswordWraps(DatabaseEncryptions databases) {
        this.databases = databases;
    }

    /** The wraps of one key at one moment. */
    private record Edition(UUID guid, int number, List<byte[]> wraps) {
        boolean belongsTo(MasterKeyEntry entry) {
            return guid.equals(entry.guid()) && number == entry.edition();
        }
    }

    /** The wraps that count; 15507 if {@code master} names an edition that is not there. */
    List<byte[]> of(MasterKeyEntry entry) {
        if (entry.passwordCount() == 0) {
            return List.of();
        }
        return read(database(entry.databaseOid())).stream()
                .filter(edition -> edition.belongsTo(entry))
                .findFirst()
                .map(Edition::wraps)
                .orElseThrow(() -> NumberedError.KEY_DAMAGED.exception(
                        "the password encryptions of the master key of the database are missing"));
    }

    /** Writes the wraps that {@code next} will count with, beside those of {@code current}. */
    void prepare(@Nullable MasterKeyEntry current, MasterKeyEntry next, List<byte[]> wraps) {
        Database database = database(next.databaseOid());
        List<Edition> editions = new ArrayList<>(read(database));
        editions.removeIf(edition -> current == null || !edition.belongsTo(current));
        editions.add(new Edition(next.guid(), next.edition(), wraps));
        write(database, editions);
    }

    /** Drops every edition but the one {@code entry} names; all where there is no entry. */
    void settle(int databaseOid, @Nullable MasterKeyEntry entry) {
        Database database = database(databaseOid);
        List<Edition> editions = read(database);
        List<Edition> kept = editions.stream()
                .filter(edition -> entry != null && edition.belongsTo(entry))
                .toList();
        if (kept.size() < editions.size()) {
            write(database, kept);
        }
    }

    private Database database(int oid) {
        return databases
                .storage(oid)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.CANNOT_CONNECT_NOW,
                                "database " + oid + " is not open, its master key cannot be used")
                        .exception());
    }

    private static List<Edition> read(Database database) {
        Table table = database.table(TABLE);
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            Row row = key();
            long version = table.get(transaction, table.keyWriter(0).prefix(row, 1), row, null);
            byte[] body = version < 0 ? null : (byte[]) row.getRef(1);
            return body == null ? List.of() : decode(body);
        } finally {
            transaction.rollback();
        }
    }

    private static void write(Database database, List<Edition> editions) {
        Table table = database.table(TABLE);
        Transaction transaction = database.begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            Row row = key();
            byte[] key = table.keyWriter(0).prefix(row, 1);
            long version = table.getLatest(transaction, key, new Row(2), null);
            row.setRef(1, encode(editions));
            if (version < 0) {
                table.insert(transaction, row);
            } else if (table.update(transaction, key, version, row) != WriteOutcome.DONE) {
                throw ErrorReport.error(ErrorCode.INTERNAL_ERROR, "the master key's passwords changed unexpectedly")
                        .exception();
            }
            transaction.commit();
        } finally {
            transaction.rollback();
        }
    }

    private static Row key() {
        Row row = new Row(2);
        row.setLong(0, ROW_ID);
        return row;
    }

    private static byte[] encode(List<Edition> editions) {
        FieldWriter out = new FieldWriter().putInt(editions.size());
        for (Edition edition : editions) {
            out.putUuid(edition.guid())
                    .putInt(edition.number())
                    .putInt(edition.wraps().size());
            edition.wraps().forEach(out::putBytes);
        }
        return out.toBytes();
    }

    private static List<Edition> decode(byte[] body) {
        FieldReader in = new FieldReader(body);
        List<Edition> editions = new ArrayList<>();
        for (int count = in.takeInt(); count > 0; count--) {
            UUID guid = in.takeUuid();
            int number = in.takeInt();
            List<byte[]> wraps = new ArrayList<>();
            for (int left = in.takeInt(); left > 0; left--) {
                wraps.add(in.requireBytes());
            }
            editions.add(new Edition(guid, number, wraps));
        }
        return editions;
    }
}
