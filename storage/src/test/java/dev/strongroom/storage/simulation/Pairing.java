package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.database.NewKey;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.table.TwoDatabaseCommit;
import dev.strongroom.storage.txn.Decisions;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A {@code master} beside the database: some commits change both (S-1), each leaving a row there that names it. What rows there
 * are tells which of them must be in the other database, and which must not.
 */
final class Pairing implements Decisions {
    private static final TableLayout TABLE = new TableLayout(
            112,
            "public",
            "pairs",
            0,
            List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("s", PgType.TEXT)),
            "pairs_pkey",
            List.of(KeyPart.ascending(0)),
            List.of());

    private final Simulation simulation;
    private final SeededRandomness random;
    private @Nullable StoredDatabase<TableContent> master;
    private long last;

    Pairing(Simulation simulation, SeededRandomness random) {
        this.simulation = simulation;
        this.random = random;
    }

    void create(Storage<TableContent> storage) {
        NewKey key = random.oneIn(2) ? TestMachine.newKey(1) : null;
        master = storage.create(Storage.MASTER, key);
    }

    /** Before the other database, whose recovery asks it. */
    void open(Storage<TableContent> storage) {
        master = storage.open(Storage.MASTER);
    }

    void gone() {
        master = null;
    }

    @Nullable
    StoredDatabase<TableContent> opened() {
        return master;
    }

    private Database tables() {
        StoredDatabase<TableContent> open = master;
        if (open == null) {
            throw new IllegalStateException("master is not open");
        }
        return open.content().tables();
    }

    private TwoDatabaseCommit two() {
        return new TwoDatabaseCommit(tables());
    }

    @Override
    public boolean committed(int databaseId, long transaction) {
        return two().committed(databaseId, transaction);
    }

    /** Says of some transactions that they are to change both databases. */
    void choose(Attempt attempt) {
        if (attempt.isWriter() && random.oneIn(3)) {
            attempt.pair = ++last;
        }
    }

    /** Commits in both databases. */
    void commit(Attempt attempt) {
        TransactionOptions options =
                random.oneIn(2) ? TransactionOptions.readCommitted() : TransactionOptions.snapshot();
        Transaction inMaster = tables().begin(options);
        try {
            inMaster.beginStatement();
            Row row = new Row(2);
            row.setLong(0, attempt.pair);
            row.setRef(1, "p".repeat(random.below(random.oneIn(8) ? 3000 : 100)));
            tables().table(TABLE).insert(inMaster, row);
            simulation.pause();
            two().commit(inMaster, TestMachine.DATABASE, attempt.transaction);
        } catch (DatabaseException failure) {
            inMaster.rollback();
            throw failure;
        }
    }

    /** Promises to follow {@code master}, which then refuses: the caller rolls back. */
    void refuse(Attempt attempt) {
        try {
            attempt.transaction.prepare();
            simulation.pause();
        } catch (DatabaseException failure) {
            if (failure.code() != ErrorCode.SERIALIZATION_FAILURE) {
                throw failure;
            }
        }
    }

    /** All rows there are: one for each commit that changed both. */
    Set<Long> found() {
        Set<Long> found = new TreeSet<>();
        Transaction reading = tables().begin(TransactionOptions.snapshot());
        try {
            reading.beginStatement();
            Row row = new Row(2);
            try (RowCursor cursor = tables().table(TABLE).scan(reading, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    found.add(row.getLong(0));
                }
            }
        } finally {
            reading.rollback();
        }
        return found;
    }

    /** Where nobody works: the other database has what {@code master} has, and pages and trees are in order. */
    void verify() {
        StoredDatabase<TableContent> open = master;
        if (open != null) {
            simulation.model.checkPairs(found());
            new Recovered(simulation, open).verify();
        }
    }

    /** As a server that has started: the databases that are open have followed. */
    void forget() {
        two().forgetAllOf(new ArrayList<>(List.of(Storage.MASTER, TestMachine.DATABASE)));
        assertThat(found()).as("rows do not go with decisions").isEqualTo(simulation.model.pairs());
    }
}
