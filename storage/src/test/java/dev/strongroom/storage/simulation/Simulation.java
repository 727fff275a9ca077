package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.storage.database.NewKey;
import dev.strongroom.storage.database.OfflineVerification;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageEnvironment;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TestMachine;
import dev.strongroom.storage.database.TreeVerification;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.SequenceLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.txn.Decisions;
import dev.strongroom.storage.txn.UndoMemory;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import dev.strongroom.testkit.time.SimulatedScheduler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One life of a database, decided by its seed alone: sessions and background steps pass one baton, the disk fails as the seed
 * wants, power goes and comes back. Every answer is compared with the {@link Model}. The trace's hash tells one run from
 * another.
 */
final class Simulation {
    private static final int KEPT = 400;
    private static final int MAX_DEPTH = 3;
    /** Longest that a disk stays full. */
    private static final long FULL_NANOS = 60_000_000_000L;

    final SeededRandomness random;
    final Model model = new Model();
    final HeldLocks locks = new HeldLocks();
    final boolean besideWriters;
    long sequence;

    private final long seed;
    private final TestMachine machine;
    private final Faults faults;
    private final Vigilance vigilance;
    private final @Nullable Pairing pairing;
    private final boolean slowDisk;
    private final ArrayDeque<String> trace = new ArrayDeque<>();
    private final Facts facts = new Facts();
    private long hash;
    private @Nullable StoredDatabase<TableContent> database;
    private @Nullable Storage<TableContent> storage;
    /** Some database failed, perhaps one that is being restored: with it the server. */
    private boolean hasToStop;

    /** What happened in a run, for a look at whether the runs are worth anything. */
    static final class Facts {
        long commits;
        int crashes;
        int recoveries;
        int scans;
        int redoChecked;
        int backups;
        int refusedBackups;
        int restores;
        int clones;
        int paired;
        int besideWriters;
        long nonces;
        long temporary;

        synchronized void add(Facts other) {
            commits += other.commits;
            crashes += other.crashes;
            recoveries += other.recoveries;
            scans += other.scans;
            redoChecked += other.redoChecked;
            backups += other.backups;
            refusedBackups += other.refusedBackups;
            restores += other.restores;
            clones += other.clones;
            paired += other.paired;
            besideWriters += other.besideWriters;
            nonces += other.nonces;
            temporary += other.temporary;
        }
    }

    Simulation(long seed) {
        this(seed, true);
    }

    /**
     * @param besideWriters whether indexes are made beside writers; without, lives are those of before that was possible
     */
    Simulation(long seed, boolean besideWriters) {
        this.seed = seed;
        this.besideWriters = besideWriters;
        this.random = new SeededRandomness(seed);
        this.machine = new TestMachine(random.split(), (70L + random.below(60)) * 8192);
        this.slowDisk = !random.oneIn(3);
        this.faults = new Faults(machine.disk, random.split());
        this.pairing = random.oneIn(4) ? new Pairing(this, random.split()) : null;
        // With so little that most transactions put undo into files, or with all they want.
        UndoMemory.Limits undo =
                seed % 2 == 0 ? new UndoMemory.Limits(1 << 20, 1500, 1 << 30, 0) : UndoMemory.Limits.DEFAULT;
        this.vigilance = new Vigilance(
                machine.disk,
                random.split(),
                undo,
                (path, position, bytes) -> mix(path.hashCode() * 31L + position + Arrays.hashCode(bytes)));
    }

    /** Runs to the end. Returns a hash of everything that happened. */
    long run() {
        try {
            live();
        } catch (RuntimeException | Error problem) {
            if (!faults.mayBeStale() || !isFoundByVerification()) {
                throw new AssertionError(story(), problem);
            }
        } finally {
            machine.scheduler.abandon();
            SeededTest.endAll();
        }
        facts.commits = model.commits;
        facts.nonces = vigilance.nonces().size();
        facts.temporary = vigilance.nonces().temporary();
        return hash;
    }

    Facts facts() {
        return facts;
    }

    private String story() {
        StringBuilder text = new StringBuilder("simulation failed; " + SeededTest.repeat("SimulationTest", seed));
        machine.disk.faults().forEach(fault -> text.append("\n  fault: ").append(fault));
        text.append("\n  last steps:");
        trace.forEach(step -> text.append("\n    ").append(step));
        return text.append('\n').toString();
    }

    // ---- what sessions ask for ----

    SimulatedScheduler scheduler() {
        return machine.scheduler;
    }

    void pause() {
        machine.scheduler.pause();
    }

    void pauseInScan() {
        machine.scheduler.pause();
    }

    boolean isStopped() {
        StoredDatabase<TableContent> open = database;
        return open == null || open.isStopped() || isMasterStopped();
    }

    private boolean isMasterStopped() {
        StoredDatabase<TableContent> master = pairing == null ? null : pairing.opened();
        return master != null && master.isStopped();
    }

    /** For commits that change {@code master} too; null in a life without. */
    @Nullable
    Pairing pairing() {
        return pairing;
    }

    /** Whether a failure is what the injected faults make of a statement. */
    boolean tolerates(Throwable problem) {
        return problem instanceof DatabaseException failure && (hasToStop || isStopped() || faults.explain(failure));
    }

    void trace(String who, String what) {
        mix(who.hashCode() * 31L + what.hashCode());
        if (trace.size() == KEPT) {
            trace.removeFirst();
        }
        trace.addLast(who + ": " + what);
    }

    private void mix(long value) {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15L;
        hash ^= hash >>> 29;
    }

    // ---- the life ----

    private void live() {
        NewKey key = random.oneIn(3) ? TestMachine.newKey(1) : null;
        Operator operator = new Operator(this, random.split(), key != null);
        Storage<TableContent> started = start();
        if (pairing != null) {
            pairing.create(started);
        }
        StoredDatabase<TableContent> made = started.create(TestMachine.DATABASE, key);
        storage = started;
        database = made;
        setUp(made.content().tables());
        int lives = 2 + random.below(3);
        for (int life = 0; life < lives; life++) {
            operator.takeOver(open());
            work(operator, life);
            try {
                end(operator);
            } catch (SimulatedCrash crash) {
                trace("machine", "power fails at the end");
            }
            if (!comeBack(operator)) {
                return;
            }
        }
        verify();
        facts.redoChecked += vigilance.redone();
        open().checkpoint();
        vigilance.compareAll();
        if (random.oneIn(2)) {
            Storage<TableContent> closing = storage;
            assertThat(closing).isNotNull();
            closing.close();
        }
    }

    StoredDatabase<TableContent> open() {
        StoredDatabase<TableContent> open = database;
        if (open == null) {
            throw new IllegalStateException("no database is open");
        }
        return open;
    }

    private Storage<TableContent> start() {
        hasToStop = false;
        StorageEnvironment given = machine.environment(machine.disk.files());
        StorageEnvironment environment = new StorageEnvironment(
                given.files(),
                given.scheduler(),
                given.clock(),
                given.randomness(),
                given.instanceKey(),
                given.encryptors(),
                pairing == null ? Decisions.NONE : pairing,
                given.settings(),
                stopped -> {
                    // The server ends when a database has to stop.
                    trace("machine", "has to stop: " + stopped.getMessage());
                    hasToStop = true;
                    throw new SimulatedCrash();
                });
        machine.scheduler.tolerate(this::tolerates);
        SimulatedScheduler scheduler = machine.scheduler;
        machine.disk.pauseWith(() -> {
            if (slowDisk) {
                scheduler.pause();
            }
        });
        return new Storage<>(environment, vigilance::content);
    }

    private void setUp(Database tables) {
        Statements statements = new Statements(this, tables, random.split(), "setup");
        for (int number = 1; number <= 3; number++) {
            Transaction transaction = tables.begin(TransactionOptions.readCommitted());
            transaction.beginStatement();
            Attempt attempt = new Attempt(transaction);
            attempt.created.add(statements.create(transaction, model.newTableNumber(), number == 3));
            if (number == 3) {
                sequence = tables.sequences().create(transaction, SequenceLayout.DEFAULT);
            }
            model.committing(attempt);
            transaction.commit();
            model.acknowledged(attempt);
        }
    }

    private void work(Operator operator, int life) {
        Database tables = open().content().tables();
        int sessions = 1 + random.below(6);
        for (int i = 0; i < sessions; i++) {
            String name = "session " + life + "." + i;
            machine.scheduler.session(name, new Session(this, tables, name, 4 + random.below(12)));
        }
        machine.scheduler.session("operator", operator);
        if (random.oneIn(3)) {
            machine.scheduler.session("log keeper", new LogKeeper(this, random.split(), open()));
        }
        faults.arm();
        if (faults.isFull()) {
            sendJanitor();
        }
        machine.scheduler.runSessions();
    }

    /** A checkpoint or a change of keys waits for room in the log, and with it the operator, who might have made some. */
    void sendJanitor() {
        SimulatedScheduler scheduler = machine.scheduler;
        scheduler.session("janitor", () -> {
            scheduler.await(faults, () -> !faults.isFull(), FULL_NANOS);
            faults.makeRoom();
        });
    }

    /** The sessions have ended, by themselves or with the power. */
    private void end(Operator operator) {
        faults.heal();
        if (machine.scheduler.isAbandoned() || isStopped()) {
            return;
        }
        verify();
        operator.hunt();
        if (random.oneIn(4)) {
            Storage<TableContent> closing = storage;
            assertThat(closing).isNotNull();
            closing.close();
            trace("machine", "closed");
        }
    }

    /** Power fails, and comes back, perhaps only to fail again; false if what was damaged was found. */
    private boolean comeBack(Operator operator) {
        facts.redoChecked += vigilance.redone();
        locks.clear();
        for (int depth = 0; ; depth++) {
            crash();
            if (depth == 0 && random.oneIn(8)) {
                runClone();
            }
            boolean again = depth < MAX_DEPTH && random.oneIn(2);
            if (again) {
                machine.disk.crashAfter(1 + random.below(pairing == null ? 60 : 140));
            }
            try {
                recover();
                machine.disk.crashAfter(Long.MAX_VALUE / 2);
                operator.recovered(open());
                if (machine.disk.isCrashed()) {
                    // Who works in the background met it during recovery, and nobody else did.
                    throw new SimulatedCrash();
                }
                return true;
            } catch (SimulatedCrash crash) {
                trace("machine", "crash in recovery");
            } catch (DatabaseException failure) {
                if (faults.tells(failure)) {
                    trace("machine", "damage found: " + failure.getMessage());
                    return false;
                }
                throw failure;
            }
        }
    }

    /** A second machine goes on with a copy of the files, as this one will; together they use no nonce twice. */
    private void runClone() {
        SimulatedDisk disk = machine.disk.copy(random.split());
        NonceLog nonces = vigilance.nonces().ofCopy();
        disk.listen(nonces::written);
        TestMachine clone = new TestMachine(disk, random.split(), machine.poolBytes);
        try {
            StoredDatabase<TableContent> copy = new Storage<>(
                            clone.environment(disk.files()), vigilance.copied(disk, nonces))
                    .open(TestMachine.DATABASE);
            Scribble.on(copy, random.split());
            facts.clones++;
        } catch (DatabaseException failure) {
            if (!faults.tells(failure)) {
                throw failure;
            }
        } finally {
            clone.scheduler.abandon();
        }
    }

    private void crash() {
        facts.crashes++;
        database = null;
        storage = null;
        if (pairing != null) {
            pairing.gone();
        }
        if (random.oneIn(5)) {
            machine.kill();
            trace("machine", "process killed");
        } else {
            machine.crash();
            trace("machine", "crash");
        }
    }

    private void recover() {
        Storage<TableContent> started = start();
        if (pairing != null) {
            pairing.open(started);
        }
        StoredDatabase<TableContent> opened = started.open(TestMachine.DATABASE);
        facts.recoveries++;
        Model.Found found = new Recovered(this, opened).read();
        storage = started;
        database = opened;
        model.reconcile(found, pairing == null ? Set.of() : pairing.found(), "after recovery");
        if (pairing != null) {
            pairing.forget();
        }
        long next = opened.content().tables().sequences().next(sequence);
        assertThat(next).isGreaterThan(model.highestSequenceValue());
        model.sequenceValue(next);
        verify();
        trace("machine", "recovered at " + model.now());
    }

    private void verify() {
        if (!faults.isDamaged()) {
            new Recovered(this, open()).verify();
            if (pairing != null) {
                pairing.verify();
            }
        }
    }

    /** The disk lied about a page: whoever verifies the database is told. */
    private boolean isFoundByVerification() {
        try {
            crash();
            faults.heal();
            Storage<TableContent> started = start();
            if (pairing != null) {
                pairing.open(started);
            }
            return pairing != null && isFoundIn(started.get(Storage.MASTER))
                    || isFoundIn(started.open(TestMachine.DATABASE));
        } catch (DatabaseException failure) {
            return failure.code() == ErrorCode.DATA_CORRUPTED;
        }
    }

    private static boolean isFoundIn(StoredDatabase<TableContent> opened) {
        List<Finding> findings = new ArrayList<>();
        OfflineVerification.verifyOpen(opened, findings::add);
        TreeVerification.check(opened, findings::add);
        // Nothing adds up pages that are not sealed (TDE-519): an old one of those is found only by what it
        // contradicts.
        int state = opened.encryption().status().state();
        return !findings.isEmpty() || state != EncryptionStatus.ENCRYPTED && state != EncryptionStatus.KEY_CHANGE;
    }

    Vigilance vigilance() {
        return vigilance;
    }

    Storage<TableContent> storage() {
        Storage<TableContent> running = storage;
        if (running == null) {
            throw new IllegalStateException("no storage is open");
        }
        return running;
    }

    TestMachine machine() {
        return machine;
    }

    Faults faults() {
        return faults;
    }
}
