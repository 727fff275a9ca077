package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** CREATE INDEX on tables that hold rows, also beside writers, and DROP INDEX. */
final class Indexes {
    private static final int MOST = 2;

    private final Simulation simulation;
    private final Database database;
    private final SeededRandomness random;
    private final Statements statements;

    Indexes(Simulation simulation, Database database, SeededRandomness random, Statements statements) {
        this.simulation = simulation;
        this.database = database;
        this.random = random;
        this.statements = statements;
    }

    void addOrDrop(Attempt attempt, ModelTable table) {
        List<ModelIndex> there = table.addedFor(attempt);
        if (simulation.besideWriters && random.oneIn(2) && unfinished(attempt, table) != null) {
            complete(attempt, table);
        } else if (!there.isEmpty() && random.oneIn(there.size() == MOST ? 1 : 3)) {
            drop(attempt, table);
        } else {
            add(attempt, table);
        }
    }

    /** An index that was made beside writers and committed, but cannot be read yet. */
    private static @Nullable ModelIndex unfinished(Attempt attempt, ModelTable table) {
        return table.addedFor(attempt).stream()
                .filter(index -> index.isAlive() && !table.isValidFor(attempt, index))
                .findFirst()
                .orElse(null);
    }

    private void add(Attempt attempt, ModelTable table) {
        boolean beside = simulation.besideWriters && !attempt.created.contains(table) && random.oneIn(2);
        TableLockMode mode = beside ? TableLockMode.SHARE_UPDATE_EXCLUSIVE : TableLockMode.SHARE;
        if (!statements.lock(attempt, table, mode) || table.addedFor(attempt).size() >= MOST) {
            return;
        }
        attempt.transaction.beginStatement();
        boolean unique = random.oneIn(4);
        int slot = unique || random.oneIn(2) ? Content.NUMBER : Content.UNIQUE;
        KeyPart part = new KeyPart(slot, random.oneIn(2), random.oneIn(2));
        ModelIndex index = new ModelIndex(
                new IndexLayout(database.createTree(attempt.transaction), "t_more", List.of(part), unique, false),
                beside);
        attempt.build(table, index);
        List<ModelIndex> there = table.addedFor(attempt);
        int number = Questions.PARENT_INDEX + 1 + there.indexOf(index);
        simulation.trace(
                "index",
                "on column " + slot + " of table " + table.number + (unique ? ", unique" : "")
                        + (beside ? ", beside writers" : ""));
        if (beside) {
            return;
        }
        try {
            database.table(table.layout(attempt)).buildIndex(attempt.transaction, number);
            assertThat(unique && numbersRepeat(attempt, table))
                    .as("a unique index of numbers that repeat")
                    .isFalse();
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.UNIQUE_VIOLATION) {
                assertThat(numbersRepeat(attempt, table))
                        .as("numbers that repeat")
                        .isTrue();
            }
            throw failure;
        }
    }

    /** What is maintained since its commit is filled beside those who maintain it. */
    private void complete(Attempt attempt, ModelTable table) {
        if (!statements.lock(attempt, table, TableLockMode.SHARE_UPDATE_EXCLUSIVE)) {
            return;
        }
        ModelIndex index = unfinished(attempt, table);
        if (index == null) {
            return;
        }
        attempt.transaction.awaitHolders(table.layout.treeId(), TableLockMode.SHARE);
        attempt.transaction.beginStatement();
        int number = Questions.PARENT_INDEX + 1 + table.addedFor(attempt).indexOf(index);
        long since = simulation.model.now();
        simulation.trace("index", "filling index " + number + " of table " + table.number);
        try {
            database.table(table.layout(attempt)).buildIndexBesideWriters(attempt.transaction, number);
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.UNIQUE_VIOLATION) {
                assertThat(numbersRepeated(attempt, table, since))
                        .as("numbers that repeat")
                        .isTrue();
            }
            throw failure;
        }
        index.marker = database.createTree(attempt.transaction);
        attempt.complete(table, index);
        simulation.facts().besideWriters++;
        simulation.trace("index", "filled index " + number + " of table " + table.number);
    }

    /** Whether two rows had the same number at times since a moment. */
    private boolean numbersRepeated(Attempt attempt, ModelTable table, long since) {
        simulation.model.harvest();
        TreeMap<byte[], List<Long>> history = table.historySince(since);
        attempt.own(table)
                .forEach((key, change) -> history.computeIfAbsent(key, missing -> new ArrayList<>())
                        .add(change.serial()));
        Set<Long> numbers = new HashSet<>();
        return history.values().stream()
                .anyMatch(serials -> serials.stream()
                                .filter(serial -> serial != 0)
                                .map(serial -> simulation.model.content(serial).number())
                                .distinct()
                                .filter(number -> !numbers.add(number))
                                .count()
                        > 0);
    }

    /** What says that an index is complete goes with it. */
    void dropMarker(Attempt attempt, ModelTable table, ModelIndex index) {
        if (index.beside && table.isValidFor(attempt, index)) {
            database.dropTree(attempt.transaction, index.marker);
        }
    }

    /** Nobody changes the table, so the newest rows are what is indexed, whatever the transaction's snapshot sees. */
    private boolean numbersRepeat(Attempt attempt, ModelTable table) {
        simulation.model.harvest();
        Set<Long> numbers = new HashSet<>();
        return attempt.newest(table).values().stream()
                .anyMatch(
                        serial -> !numbers.add(simulation.model.content(serial).number()));
    }

    private void drop(Attempt attempt, ModelTable table) {
        if (!statements.lock(attempt, table, TableLockMode.ACCESS_EXCLUSIVE)) {
            return;
        }
        List<ModelIndex> there = table.addedFor(attempt);
        if (there.isEmpty()) {
            return;
        }
        attempt.transaction.beginStatement();
        ModelIndex index = there.get(random.below(there.size()));
        database.dropTree(attempt.transaction, index.layout.treeId());
        dropMarker(attempt, table, index);
        attempt.unbuild(table, index);
        simulation.trace("index", "dropped from table " + table.number);
    }
}
