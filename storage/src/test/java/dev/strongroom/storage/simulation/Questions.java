package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads of one session, each compared with what the model says its snapshot holds. */
final class Questions {
    static final int UNIQUE_INDEX = 1;
    static final int NUMBER_INDEX = 2;
    static final int PARENT_INDEX = 3;

    private final Simulation simulation;
    private final SeededRandomness random;

    Questions(Simulation simulation, SeededRandomness random) {
        this.simulation = simulation;
        this.random = random;
    }

    /** A random scan, or a point read. */
    void ask(Attempt attempt, ModelTable table, Table storage) {
        if (!table.hasHiddenKey() && random.oneIn(3)) {
            get(attempt, table, storage, ModelTable.key(storage, random.below(Content.IDS)), new Row(Content.COLUMNS));
            return;
        }
        List<ModelIndex> added = table.addedFor(attempt);
        int index = random.below(PARENT_INDEX + 1 + added.size());
        if (index > PARENT_INDEX && !table.isValidFor(attempt, added.get(index - PARENT_INDEX - 1))) {
            index = 0;
        }
        ask(attempt, table, storage, index);
    }

    private void ask(Attempt attempt, ModelTable table, Table storage, int index) {
        ScanRange range = range(table, storage, index);
        Function<TreeMap<byte[], Long>, List<Long>> question = rows -> expected(rows, storage, index, range);
        List<Long> answer = scan(attempt.transaction, storage, index, range);
        assertThat(answer)
                .as(
                        "table %s by index %s at snapshot %s as %s, backward %s",
                        table.number, index, attempt.snapshotTime(), attempt.level, range.backward())
                .isEqualTo(question.apply(attempt.seen(table)));
        attempt.note(table, question, answer);
    }

    private ScanRange range(ModelTable table, Table storage, int index) {
        ScanRange range = ScanRange.ALL;
        if (random.oneIn(2) && !(index == 0 && table.hasHiddenKey())) {
            byte[] low = key(storage, index, random.below(index == 0 ? Content.IDS : 12));
            byte[] high = key(storage, index, random.below(index == 0 ? Content.IDS : 12));
            range = switch (random.below(4)) {
                case 0 -> ScanRange.prefix(low);
                case 1 -> new ScanRange(low, random.oneIn(2), null, true, false);
                case 2 -> new ScanRange(null, true, high, random.oneIn(2), false);
                default -> new ScanRange(low, random.oneIn(2), high, random.oneIn(2), false);
            };
        }
        return random.oneIn(3) ? range.reversed() : range;
    }

    private static byte[] key(Table storage, int index, long value) {
        Row values = new Row(1);
        values.setLong(0, value);
        return storage.keyWriter(index).prefix(values, 1);
    }

    private List<Long> expected(TreeMap<byte[], Long> rows, Table storage, int index, ScanRange range) {
        TreeMap<byte[], Long> sorted = ModelTable.newMap();
        for (Map.Entry<byte[], Long> row : rows.entrySet()) {
            byte[] entry = index == 0 ? row.getKey() : entry(storage, index, row.getKey(), row.getValue());
            if (contains(range, entry)) {
                sorted.put(entry, row.getValue());
            }
        }
        List<Long> serials = new ArrayList<>(sorted.values());
        if (range.backward()) {
            Collections.reverse(serials);
        }
        return serials;
    }

    private byte[] entry(Table storage, int index, byte[] key, long serial) {
        Content content = simulation.model.content(serial);
        int column =
                storage.layout().indexes().get(index - 1).parts().getFirst().slot();
        Long value = switch (column) {
            case Content.UNIQUE -> content.unique();
            case Content.NUMBER -> (Long) content.number();
            default -> content.parent();
        };
        Row values = new Row(1);
        if (value == null) {
            values.setNull(0);
        } else {
            values.setLong(0, value);
        }
        byte[] prefix = storage.keyWriter(index).prefix(values, 1);
        byte[] entry = Arrays.copyOf(prefix, prefix.length + key.length);
        System.arraycopy(key, 0, entry, prefix.length, key.length);
        return entry;
    }

    private static boolean contains(ScanRange range, byte[] key) {
        byte[] low = range.low();
        byte[] high = range.high();
        if (low != null && (Arrays.compareUnsigned(key, low) < 0 || !range.lowInclusive() && startsWith(key, low))) {
            return false;
        }
        return high == null || (startsWith(key, high) ? range.highInclusive() : Arrays.compareUnsigned(key, high) < 0);
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Serials in the order of a scan; every row is compared with what was once written. */
    List<Long> scan(Transaction transaction, Table storage, int index, ScanRange range) {
        List<Long> serials = new ArrayList<>();
        Row row = new Row(Content.COLUMNS);
        try (RowCursor cursor = storage.scan(transaction, index, range, null)) {
            while (cursor.next()) {
                cursor.load(row);
                long serial = row.getLong(Content.SERIAL);
                simulation.model.content(serial).assertIs(row, "row by index " + index);
                serials.add(serial);
                if (random.oneIn(20)) {
                    simulation.pauseInScan();
                }
            }
        }
        return serials;
    }

    /** Point read by the statement's snapshot; the version, or -1. */
    long get(Attempt attempt, ModelTable table, Table storage, byte[] key, Row row) {
        long version = storage.get(attempt.transaction, key, row, null);
        long serial = version < 0 ? 0 : row.getLong(Content.SERIAL);
        Function<TreeMap<byte[], Long>, List<Long>> question = rows -> List.of(rows.getOrDefault(key, 0L));
        assertThat(serial)
                .as("row %s of table %s at snapshot %s", ModelTable.show(key), table.number, attempt.snapshotTime())
                .isEqualTo(question.apply(attempt.seen(table)).getFirst());
        if (serial != 0) {
            simulation.model.content(serial).assertIs(row, "row by key");
        }
        attempt.note(table, question, List.of(serial));
        return version;
    }

    /** Point read of the newest version; it must have been that at some time during the call. */
    long getLatest(Attempt attempt, ModelTable table, Table storage, byte[] key, Row row) {
        long since = simulation.model.now();
        long version = storage.getLatest(attempt.transaction, key, row, null);
        simulation.model.harvest();
        long serial = version < 0 ? 0 : row.getLong(Content.SERIAL);
        Attempt.Change own = attempt.own(table).get(key);
        if (own != null) {
            assertThat(serial).isEqualTo(own.serial());
        } else if (!attempt.truncated.contains(table) && !attempt.created.contains(table)) {
            assertThat(serial).as("newest version").isIn(table.newestSince(key, since));
        }
        return version;
    }

    /** A key the transaction sees, for tables whose keys nobody can guess. */
    byte @Nullable [] anyKey(Attempt attempt, ModelTable table) {
        List<byte[]> keys = List.copyOf(attempt.seen(table).keySet());
        return keys.isEmpty() ? null : keys.get(random.below(keys.size()));
    }

    /** Takes over the keys that rows were given. */
    void adopt(Attempt attempt, ModelTable table, Table storage, List<Content> added) {
        Row row = new Row(Content.COLUMNS);
        int found = 0;
        try (RowCursor cursor = storage.scan(attempt.transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                long serial = row.getLong(Content.SERIAL);
                if (added.stream().anyMatch(content -> content.serial() == serial)) {
                    attempt.change(table, cursor.key(), 0, serial);
                    found++;
                }
            }
        }
        assertThat(found).isEqualTo(added.size());
    }

    /** A refused row must have collided with one that was there during the statement. */
    void checkCollision(Attempt attempt, ModelTable table, Content refused, long since) {
        simulation.model.harvest();
        List<Long> present = new ArrayList<>(table.presentSince(since));
        attempt.own(table).values().forEach(change -> present.add(change.serial()));
        boolean numbersAreUnique = table.addedFor(attempt).stream().anyMatch(index -> index.layout.unique());
        boolean collides = present.stream()
                .filter(serial -> serial != 0 && serial != refused.serial())
                .map(simulation.model::content)
                .anyMatch(other -> !table.hasHiddenKey() && other.id() == refused.id()
                        || refused.unique() != null && refused.unique().equals(other.unique())
                        || numbersAreUnique && refused.number() == other.number());
        assertThat(collides)
                .as("row %s was refused as a duplicate in table %s but there is none", refused, table.number)
                .isTrue();
    }
}
