package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.WaitPolicy;
import dev.strongroom.storage.table.WriteOutcome;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.List;

/** Random statements of one session. Engine and model are changed together, and compared on the way. */
final class Statements {
    private final Simulation simulation;
    private final Database database;
    private final SeededRandomness random;
    private final String name;
    private final Questions questions;
    private final Indexes indexes;

    Statements(Simulation simulation, Database database, SeededRandomness random, String name) {
        this.simulation = simulation;
        this.database = database;
        this.random = random;
        this.name = name;
        this.questions = new Questions(simulation, random);
        this.indexes = new Indexes(simulation, database, random, this);
    }

    /** Row locks the model believes in end here, as they do in the engine or later. */
    void releaseLocks(Attempt attempt) {
        simulation.locks.release(attempt);
    }

    void run(Attempt attempt) {
        int choice = random.below(43);
        if (choice == 0 && !attempt.transaction.options().readOnly()) {
            create(attempt);
            return;
        }
        if (choice == 1) {
            simulation.model.sequenceValue(database.sequences().next(simulation.sequence));
            return;
        }
        ModelTable chosen = choose(attempt);
        if (choice == 2 || choice == 3) {
            whole(attempt, chosen, choice == 2);
            return;
        }
        if (choice >= 40) {
            if (attempt.transaction.options().readOnly()) {
                return;
            }
            if (choice == 42) {
                loadMore(attempt, chosen);
            } else {
                indexes.addOrDrop(attempt, chosen);
            }
            return;
        }
        boolean writes = choice >= 20;
        if (!lock(attempt, chosen, writes ? TableLockMode.ROW_EXCLUSIVE : TableLockMode.ACCESS_SHARE)) {
            return;
        }
        attempt.transaction.beginStatement();
        simulation.model.seen(attempt.snapshotTime());
        Table table = database.table(chosen.layout(attempt));
        if (!writes) {
            questions.ask(attempt, chosen, table);
        } else if (!attempt.transaction.options().readOnly()) {
            write(attempt, chosen, table, choice);
        }
    }

    private ModelTable choose(Attempt attempt) {
        List<ModelTable> all = new ArrayList<>(simulation.model.alive());
        all.addAll(attempt.created);
        return all.get(random.below(all.size()));
    }

    /** Many rows into a table that has some. */
    private void loadMore(Attempt attempt, ModelTable table) {
        if (lock(attempt, table, TableLockMode.ROW_EXCLUSIVE)) {
            attempt.transaction.beginStatement();
            simulation.trace(name, "loading into table " + table.number);
            load(attempt, table, database.table(table.layout(attempt)));
        }
    }

    /** Locks a table; false if it is gone. */
    boolean lock(Attempt attempt, ModelTable table, TableLockMode mode) {
        if (attempt.created.contains(table)) {
            return !attempt.dropped.contains(table);
        }
        WaitPolicy policy = random.oneIn(8) ? WaitPolicy.FAIL : WaitPolicy.WAIT;
        attempt.transaction.lockTable(table.layout.treeId(), mode, policy);
        simulation.model.harvest();
        return table.isAlive() && !attempt.dropped.contains(table);
    }

    // ---- tables ----

    private void create(Attempt attempt) {
        ModelTable made = create(attempt.transaction, simulation.model.newTableNumber(), random.oneIn(4));
        attempt.created.add(made);
        simulation.trace(name, "create table " + made.number);
        if (random.oneIn(2)) {
            attempt.transaction.beginStatement();
            load(attempt, made, database.table(made.layout));
        }
    }

    ModelTable create(Transaction transaction, int number, boolean hidden) {
        TableLayout layout = new TableLayout(
                database.createTree(transaction),
                "public",
                "t" + number,
                0,
                Content.LAYOUT,
                hidden ? "" : "t_pkey",
                hidden ? List.of() : List.of(KeyPart.ascending(Content.ID)),
                List.of(
                        index(transaction, "u", KeyPart.ascending(Content.UNIQUE), true),
                        index(transaction, "n", new KeyPart(Content.NUMBER, true, true), false),
                        index(transaction, "p", KeyPart.ascending(Content.PARENT), false)));
        return new ModelTable(number, layout);
    }

    private IndexLayout index(Transaction transaction, String suffix, KeyPart part, boolean unique) {
        return new IndexLayout(database.createTree(transaction), "t_" + suffix, List.of(part), unique, false);
    }

    /** DROP or TRUNCATE, or a lock on the whole table. */
    private void whole(Attempt attempt, ModelTable table, boolean drop) {
        if (table.number <= 2 || attempt.transaction.options().readOnly() || random.oneIn(3)) {
            lock(attempt, table, TableLockMode.values()[random.below(8)]);
            return;
        }
        if (attempt.created.contains(table) && drop || !lock(attempt, table, TableLockMode.ACCESS_EXCLUSIVE)) {
            return;
        }
        attempt.transaction.beginStatement();
        if (drop) {
            database.dropTree(attempt.transaction, table.layout.treeId());
            table.layout(attempt).indexes().forEach(index -> database.dropTree(attempt.transaction, index.treeId()));
            table.addedFor(attempt).forEach(index -> indexes.dropMarker(attempt, table, index));
            attempt.dropped.add(table);
            attempt.own(table).clear();
            simulation.trace(name, "drop table " + table.number);
            return;
        }
        Table storage = database.table(table.layout(attempt));
        storage.truncate(attempt.transaction);
        attempt.truncate(table);
        simulation.trace(name, "truncate table " + table.number);
        if (random.oneIn(2)) {
            load(attempt, table, storage);
        }
    }

    private void load(Attempt attempt, ModelTable table, Table storage) {
        boolean ascending = random.oneIn(2);
        List<Content> added = new ArrayList<>();
        try (RowLoader loader = storage.loader(attempt.transaction)) {
            int count = random.below(Content.IDS);
            for (int i = 0; i < count; i++) {
                Content content = simulation.model.remember(
                        Content.draw(simulation.model.newSerial(), ascending ? i : random.below(Content.IDS), random));
                loader.add(content.row());
                added.add(content);
            }
            loader.finish();
        }
        if (table.hasHiddenKey()) {
            // Keys are the store's to give: read them back.
            questions.adopt(attempt, table, storage, added);
            return;
        }
        for (Content content : added) {
            attempt.change(table, ModelTable.key(storage, content.id()), 0, content.serial());
        }
    }

    // ---- rows ----

    private void write(Attempt attempt, ModelTable table, Table storage, int choice) {
        if (table.hasHiddenKey()) {
            byte[] key = questions.anyKey(attempt, table);
            if (key == null || choice < 30) {
                insert(attempt, table, storage);
            } else {
                change(attempt, table, storage, key, choice);
            }
            return;
        }
        if (choice < 28) {
            insert(attempt, table, storage);
        } else {
            change(attempt, table, storage, ModelTable.key(storage, random.below(Content.IDS)), choice);
        }
    }

    private void insert(Attempt attempt, ModelTable table, Table storage) {
        Content content = Content.draw(simulation.model.newSerial(), random.below(Content.IDS), random);
        if (table == simulation.model.children()) {
            content = content.withParent(random.below(Content.IDS));
        }
        simulation.model.remember(content);
        simulation.trace(name, "inserting " + content + " into " + table.number);
        long since = simulation.model.now();
        try {
            if (random.oneIn(3)) {
                byte[] other = storage.insertOrConflict(attempt.transaction, content.row(), random.below(3) - 1);
                if (other != null) {
                    simulation.trace(name, "insert met a row");
                    return;
                }
                if (table.hasHiddenKey()) {
                    questions.adopt(attempt, table, storage, List.of(content));
                } else {
                    attempt.change(table, ModelTable.key(storage, content.id()), 0, content.serial());
                }
            } else {
                attempt.change(table, storage.insert(attempt.transaction, content.row()), 0, content.serial());
            }
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.UNIQUE_VIOLATION) {
                questions.checkCollision(attempt, table, content, since);
            }
            throw failure;
        }
        if (content.parent() != null) {
            requireParent(attempt, content.parent());
        }
        simulation.trace(name, "inserted " + content.serial());
    }

    private void requireParent(Attempt attempt, long parent) {
        ModelTable parents = simulation.model.parents();
        assertThat(parents).isNotNull();
        attempt.transaction.lockTable(parents.layout.treeId(), TableLockMode.ROW_SHARE, WaitPolicy.WAIT);
        Table storage = database.table(parents.layout);
        if (!storage.existsLatest(attempt.transaction, 0, ModelTable.key(storage, parent), true)) {
            throw new DatabaseException(ErrorCode.FOREIGN_KEY_VIOLATION, "no such parent");
        }
    }

    private void change(Attempt attempt, ModelTable table, Table storage, byte[] key, int choice) {
        Row row = new Row(Content.COLUMNS);
        long version = questions.get(attempt, table, storage, key, row);
        for (int tries = 0; version >= 0 && tries < 5; tries++) {
            long base = row.getLong(Content.SERIAL);
            WriteOutcome outcome = act(attempt, table, storage, key, version, row, choice);
            simulation.trace(
                    name,
                    (choice == 39 ? "lock " : choice >= 36 ? "delete " : "update ") + base + " of " + table.number + " "
                            + outcome);
            if (outcome == WriteOutcome.CHANGED) {
                assertThat(attempt.level).isEqualTo(IsolationLevel.READ_COMMITTED);
                version = questions.getLatest(attempt, table, storage, key, row);
                continue;
            }
            return;
        }
    }

    private WriteOutcome act(
            Attempt attempt, ModelTable table, Table storage, byte[] key, long version, Row row, int choice) {
        if (choice == 39) {
            return lockRow(attempt, table, storage, key, version);
        }
        long base = row.getLong(Content.SERIAL);
        if (choice >= 36) {
            WriteOutcome outcome = storage.delete(attempt.transaction, key, version);
            if (outcome == WriteOutcome.DONE) {
                attempt.change(table, key, base, 0);
                if (table == simulation.model.parents()) {
                    refuseChildren(attempt, row.getLong(Content.ID));
                }
            }
            return outcome;
        }
        long id = !table.hasHiddenKey() && table.number > 1 && random.oneIn(10)
                ? random.below(Content.IDS)
                : row.getLong(Content.ID);
        Content content = Content.draw(simulation.model.newSerial(), id, random);
        Content old = simulation.model.content(base);
        if (random.oneIn(2)) {
            content = new Content(content.serial(), id, old.unique(), old.number(), null, content.length());
        }
        Long parent = old.parent();
        if (parent != null) {
            content = content.withParent(parent);
        }
        simulation.model.remember(content);
        long since = simulation.model.now();
        try {
            WriteOutcome outcome = storage.update(attempt.transaction, key, version, content.row());
            if (outcome == WriteOutcome.DONE) {
                byte[] newKey = table.hasHiddenKey() ? key : ModelTable.key(storage, id);
                if (!java.util.Arrays.equals(key, newKey)) {
                    attempt.change(table, key, base, 0);
                    attempt.change(table, newKey, 0, content.serial());
                } else {
                    attempt.change(table, key, base, content.serial());
                }
            }
            return outcome;
        } catch (DatabaseException failure) {
            if (failure.code() == ErrorCode.UNIQUE_VIOLATION) {
                questions.checkCollision(attempt, table, content, since);
            }
            throw failure;
        }
    }

    private void refuseChildren(Attempt attempt, long parent) {
        ModelTable children = simulation.model.children();
        assertThat(children).isNotNull();
        attempt.transaction.lockTable(children.layout.treeId(), TableLockMode.ROW_SHARE, WaitPolicy.WAIT);
        Table storage = database.table(children.layout);
        Row values = new Row(1);
        values.setLong(0, parent);
        byte[] prefix = storage.keyWriter(Questions.PARENT_INDEX).prefix(values, 1);
        if (storage.existsLatest(attempt.transaction, Questions.PARENT_INDEX, prefix, false)) {
            throw new DatabaseException(ErrorCode.FOREIGN_KEY_VIOLATION, "there are children");
        }
    }

    private WriteOutcome lockRow(Attempt attempt, ModelTable table, Table storage, byte[] key, long version) {
        RowLockMode mode = RowLockMode.values()[random.below(4)];
        WaitPolicy policy = WaitPolicy.values()[random.below(3)];
        WriteOutcome outcome = storage.lock(attempt.transaction, key, version, mode, policy);
        if (outcome == WriteOutcome.DONE) {
            simulation.locks.take(attempt, table, key, mode);
        }
        return outcome;
    }
}
