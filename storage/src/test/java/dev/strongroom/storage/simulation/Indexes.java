package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** CREATE INDEX on tables that hold rows, and DROP INDEX. */
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
        if (!there.isEmpty() && random.oneIn(there.size() == MOST ? 1 : 3)) {
            drop(attempt, table);
        } else {
            add(attempt, table);
        }
    }

    private void add(Attempt attempt, ModelTable table) {
        if (!statements.lock(attempt, table, TableLockMode.SHARE)
                || table.addedFor(attempt).size() >= MOST) {
            return;
        }
        attempt.transaction.beginStatement();
        boolean unique = random.oneIn(4);
        int slot = unique || random.oneIn(2) ? Content.NUMBER : Content.UNIQUE;
        KeyPart part = new KeyPart(slot, random.oneIn(2), random.oneIn(2));
        ModelIndex index = new ModelIndex(
                new IndexLayout(database.createTree(attempt.transaction), "t_more", List.of(part), unique, false));
        attempt.build(table, index);
        List<ModelIndex> there = table.addedFor(attempt);
        int number = Questions.PARENT_INDEX + 1 + there.indexOf(index);
        simulation.trace("index", "on column " + slot + " of table " + table.number + (unique ? ", unique" : ""));
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
        attempt.unbuild(table, index);
        simulation.trace("index", "dropped from table " + table.number);
    }
}
