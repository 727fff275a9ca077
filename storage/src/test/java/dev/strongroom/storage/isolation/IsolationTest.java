package dev.strongroom.storage.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.isolation.HistoryTransaction.Add;
import dev.strongroom.storage.isolation.HistoryTransaction.Append;
import dev.strongroom.storage.isolation.HistoryTransaction.Look;
import dev.strongroom.storage.isolation.HistoryTransaction.Operation;
import dev.strongroom.storage.isolation.HistoryTransaction.Outcome;
import dev.strongroom.storage.isolation.HistoryTransaction.Read;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.WaitPolicy;
import dev.strongroom.storage.table.WriteOutcome;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.random.SeededTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories of appends, additions, reads and looks at each isolation level, by seed, with crashes; the checker finds what
 * the level does not allow. {@code -Dstrongroom.seed=n} runs one, {@code -Dstrongroom.seeds=n} so many.
 */
class IsolationTest {
    private static final int LISTS = 4;
    private static final int GROUPS = 2;
    private static final long FIRST_VALUE = 1000;
    private static final int SEEDS_IN_THE_SUITE = 60;

    /** One run: everything the sessions did. */
    private static final class Recorder {
        private final EngineRun engine;
        private final IsolationLevel level;
        private final List<HistoryTransaction> history = new ArrayList<>();
        private final List<Runnable> open = new ArrayList<>();
        private final int longest;
        private long nextValue = FIRST_VALUE;
        private int nextId = 1;

        /**
         * @param longest statements of a transaction, at most
         */
        Recorder(long seed, IsolationLevel level, int longest) {
            this.longest = longest;
            this.engine = new EngineRun(seed);
            this.level = level;
            Transaction setUp = engine.begin(IsolationLevel.READ_COMMITTED);
            for (int list = 0; list < LISTS; list++) {
                engine.table().insert(setUp, EngineRun.row(list, -1, ""));
            }
            setUp.commit();
        }

        List<HistoryTransaction> run() {
            boolean powerFails = engine.random.oneIn(3);
            live(powerFails);
            if (powerFails) {
                // Who was cut off does not know.
                open.forEach(Runnable::run);
                open.clear();
                live(false);
            }
            List<Operation> last = new ArrayList<>();
            long begun = engine.moment();
            Transaction reader = engine.begin(IsolationLevel.REPEATABLE_READ);
            for (int list = 0; list < LISTS; list++) {
                last.add(read(reader, list));
            }
            for (int group = 0; group < GROUPS; group++) {
                last.add(look(reader, group));
            }
            reader.commit();
            history.add(new HistoryTransaction(nextId++, last, Outcome.COMMITTED, begun, engine.moment()));
            engine.close();
            return history;
        }

        private void live(boolean powerFails) {
            List<Runnable> sessions = new ArrayList<>();
            int count = 2 + engine.random.below(4);
            for (int i = 0; i < count; i++) {
                SeededRandomness random = engine.random.split();
                sessions.add(() -> {
                    for (int n = 0; n < 8; n++) {
                        transaction(random);
                    }
                });
            }
            engine.run(sessions, powerFails);
        }

        private void transaction(SeededRandomness random) {
            engine.pause();
            int id = nextId++;
            long begun = engine.moment();
            List<Operation> done = new ArrayList<>();
            List<Operation> undone = new ArrayList<>();
            Runnable cutOff = () -> {
                history.add(new HistoryTransaction(id, done, Outcome.UNKNOWN, begun, Long.MAX_VALUE));
                note(undone);
            };
            open.add(cutOff);
            Transaction transaction = engine.begin(level);
            Outcome outcome = Outcome.ABORTED;
            try {
                for (int n = 1 + random.below(longest); n > 0; n--) {
                    engine.pause();
                    transaction.beginStatement();
                    if (random.oneIn(8)) {
                        Transaction.Savepoint savepoint = transaction.savepoint();
                        undone.addAll(write(transaction, random, new ArrayList<>()));
                        transaction.rollbackTo(savepoint);
                        continue;
                    }
                    statement(transaction, random, done);
                }
                if (!random.oneIn(8)) {
                    transaction.commit();
                    outcome = Outcome.COMMITTED;
                }
            } catch (DatabaseException refused) {
                if (!EngineRun.isRefusal(refused)) {
                    throw refused;
                }
            }
            if (outcome == Outcome.ABORTED) {
                transaction.rollback();
            }
            open.remove(cutOff);
            history.add(new HistoryTransaction(id, done, outcome, begun, engine.moment()));
            note(undone);
        }

        /** What a savepoint took back was never there. */
        private void note(List<Operation> undone) {
            if (!undone.isEmpty()) {
                history.add(new HistoryTransaction(nextId++, undone, Outcome.ABORTED, 0, Long.MAX_VALUE));
            }
        }

        private void statement(Transaction transaction, SeededRandomness random, List<Operation> done) {
            switch (random.below(5)) {
                case 0, 1 -> write(transaction, random, done);
                case 2 -> done.add(look(transaction, random.below(GROUPS)));
                default -> done.add(read(transaction, random.below(LISTS)));
            }
        }

        /** Appends or adds; noted before it is known to have worked, for whoever sees it too early. */
        private List<Operation> write(Transaction transaction, SeededRandomness random, List<Operation> done) {
            long value = nextValue++;
            if (random.oneIn(3)) {
                long group = random.below(GROUPS);
                done.add(new Add(group, value));
                engine.table().insert(transaction, EngineRun.row(value, group, ""));
                return done;
            }
            long list = random.below(LISTS);
            done.add(new Append(list, value));
            append(transaction, list, value, random.oneIn(3));
            return done;
        }

        private void append(Transaction transaction, long list, long value, boolean lockFirst) {
            Table table = engine.table();
            byte[] key = engine.key(0, list);
            Row row = new Row(3);
            long version = table.get(transaction, key, row, null);
            while (true) {
                WriteOutcome outcome = WriteOutcome.DONE;
                if (lockFirst) {
                    outcome = table.lock(transaction, key, version, RowLockMode.UPDATE, WaitPolicy.WAIT);
                }
                if (outcome == WriteOutcome.DONE) {
                    String text = row.getRef(2);
                    outcome = table.update(transaction, key, version, EngineRun.row(list, -1, text + value + ","));
                }
                if (outcome == WriteOutcome.DONE) {
                    return;
                }
                assertThat(outcome).isEqualTo(WriteOutcome.CHANGED);
                version = table.getLatest(transaction, key, row, null);
            }
        }

        private Read read(Transaction transaction, long list) {
            Row row = new Row(3);
            engine.table().get(transaction, engine.key(0, list), row, null);
            String text = row.getRef(2);
            List<Long> values = text == null || text.isEmpty()
                    ? List.of()
                    : Arrays.stream(text.split(",")).map(Long::valueOf).toList();
            return new Read(list, values);
        }

        private Look look(Transaction transaction, long group) {
            Set<Long> values = new HashSet<>();
            Row row = new Row(3);
            ScanRange range = ScanRange.prefix(engine.key(1, group));
            try (RowCursor cursor = engine.table().scan(transaction, 1, range, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    values.add(row.getLong(0));
                }
            }
            return new Look(group, values);
        }
    }

    @ParameterizedTest
    @EnumSource(IsolationLevel.class)
    @DisplayName("S-16, S-17: random histories have no anomaly that their level forbids")
    void historiesHaveNoAnomalyThatTheirLevelForbids(IsolationLevel level) {
        Long one = Long.getLong("strongroom.seed");
        long first = one != null ? one : Long.getLong("strongroom.firstSeed", 1);
        long count = one != null ? 1 : Long.getLong("strongroom.seeds", SEEDS_IN_THE_SUITE);
        int allowed = 0;
        for (long seed = first; seed < first + count; seed++) {
            Map<Anomaly, String> found;
            try {
                found = HistoryChecker.check(new Recorder(seed, level, 5).run());
            } catch (RuntimeException | Error problem) {
                throw new AssertionError(SeededTest.repeat("IsolationTest", seed), problem);
            }
            allowed += found.isEmpty() ? 0 : 1;
            found.keySet().retainAll(Anomaly.forbidden(level));
            assertThat(found)
                    .as("%s; %s", level, SeededTest.repeat("IsolationTest", seed))
                    .isEmpty();
        }
        if (one == null && level != IsolationLevel.SERIALIZABLE) {
            // Else the histories would prove nothing.
            assertThat(allowed).as("runs with anomalies that %s allows", level).isPositive();
        }
    }

    /** Each transaction takes effect at one moment between its question and its answer: no cycle, even with time in it. */
    @Test
    @DisplayName("S-16: single statements are linearizable at any level")
    void singleStatementsAreLinearizable() {
        for (long seed = 1; seed <= 40; seed++) {
            Map<Anomaly, String> found =
                    HistoryChecker.check(new Recorder(seed, IsolationLevel.values()[(int) (seed % 3)], 1).run());
            assertThat(found).as("seed %s", seed).isEmpty();
        }
    }

    @Test
    @DisplayName("S-16: money moves between accounts, and every snapshot has all of it")
    void moneyIsNeitherMadeNorLost() {
        for (long seed = 1; seed <= 20; seed++) {
            Bank bank = new Bank(seed);
            bank.run();
        }
    }

    /** Accounts, transfers at every level, and those who count. */
    private static final class Bank {
        private static final int ACCOUNTS = 8;
        private static final long EACH = 100;

        private final long seed;
        private final EngineRun engine;

        Bank(long seed) {
            this.seed = seed;
            engine = new EngineRun(seed);
            Transaction setUp = engine.begin(IsolationLevel.READ_COMMITTED);
            for (int account = 0; account < ACCOUNTS; account++) {
                engine.table().insert(setUp, EngineRun.row(account, EACH, ""));
            }
            setUp.commit();
        }

        void run() {
            for (int life = 0; life < 2; life++) {
                List<Runnable> sessions = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    SeededRandomness random = engine.random.split();
                    sessions.add(() -> {
                        for (int n = 0; n < 12; n++) {
                            engine.pause();
                            transfer(random);
                            assertThat(sum(IsolationLevel.values()[random.below(3)]))
                                    .as("seed %s", seed)
                                    .isEqualTo(ACCOUNTS * EACH);
                        }
                    });
                }
                engine.run(sessions, life == 0 && seed % 2 == 0);
            }
            assertThat(sum(IsolationLevel.SERIALIZABLE)).as("seed %s", seed).isEqualTo(ACCOUNTS * EACH);
            engine.close();
        }

        private void transfer(SeededRandomness random) {
            IsolationLevel level = IsolationLevel.values()[random.below(3)];
            Transaction transaction = engine.begin(level);
            try {
                int from = random.below(ACCOUNTS);
                int to = (from + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
                long amount = random.below(40);
                add(transaction, from, -amount);
                engine.pause();
                transaction.beginStatement();
                add(transaction, to, amount);
                transaction.commit();
            } catch (DatabaseException refused) {
                transaction.rollback();
                if (!EngineRun.isRefusal(refused)) {
                    throw refused;
                }
            }
        }

        private void add(Transaction transaction, long account, long amount) {
            Table table = engine.table();
            byte[] key = engine.key(0, account);
            Row row = new Row(3);
            long version = table.get(transaction, key, row, null);
            while (table.update(transaction, key, version, EngineRun.row(account, row.getLong(1) + amount, ""))
                    != WriteOutcome.DONE) {
                version = table.getLatest(transaction, key, row, null);
            }
        }

        private long sum(IsolationLevel level) {
            Transaction reader = engine.begin(level);
            long sum = 0;
            Row row = new Row(3);
            try (RowCursor cursor = engine.table().scan(reader, 0, ScanRange.ALL, null)) {
                while (cursor.next()) {
                    cursor.load(row);
                    sum += row.getLong(1);
                    engine.pause();
                }
            }
            reader.commit();
            return sum;
        }
    }
}
