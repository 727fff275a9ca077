package dev.strongroom.storage.simulation;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Every committed version of every row of one table, by commit time. Serial 0 stands for no row. */
final class ModelTable {
    static final long NEVER = Long.MAX_VALUE;

    final int number;
    final TableLayout layout;
    long createdAt = NEVER;
    long droppedAt = NEVER;
    private final TreeMap<byte[], List<Version>> rows = newMap();
    private final List<Long> truncations = new ArrayList<>();
    /** Indexes added later, by creation; some gone, some of transactions on their way. */
    final List<ModelIndex> added = new ArrayList<>();

    /** Those that are gone since. */
    final List<ModelIndex> forgotten = new ArrayList<>();

    private record Version(long time, long serial) {}

    ModelTable(int number, TableLayout layout) {
        this.number = number;
        this.layout = layout;
    }

    static <V> TreeMap<byte[], V> newMap() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    boolean existsAt(long time) {
        return createdAt <= time && time < droppedAt;
    }

    boolean isAlive() {
        return createdAt != NEVER && droppedAt == NEVER;
    }

    /** With the indexes added later that a transaction keeps in step. */
    TableLayout layout(Attempt attempt) {
        return with(addedFor(attempt));
    }

    /** Indexes added later that are there for a transaction. */
    List<ModelIndex> addedFor(Attempt attempt) {
        List<ModelIndex> there = new ArrayList<>();
        for (ModelIndex index : added) {
            if (index.isAlive()) {
                there.add(index);
            }
        }
        there.addAll(attempt.built.getOrDefault(this, List.of()));
        there.removeAll(attempt.unbuilt.getOrDefault(this, List.of()));
        return there;
    }

    /** Whether a transaction may read by an index that is there for it. */
    boolean isValidFor(Attempt attempt, ModelIndex index) {
        return index.isComplete()
                || attempt.completed.getOrDefault(this, List.of()).contains(index);
    }

    TableLayout with(List<ModelIndex> more) {
        if (more.isEmpty()) {
            return layout;
        }
        List<IndexLayout> indexes = new ArrayList<>(layout.indexes());
        more.forEach(index -> indexes.add(index.layout));
        return new TableLayout(
                layout.treeId(),
                layout.schema(),
                layout.name(),
                layout.schemaStep(),
                layout.columns(),
                layout.primaryKeyName(),
                layout.primaryKey(),
                indexes);
    }

    boolean hasHiddenKey() {
        return layout.primaryKey().isEmpty();
    }

    /** Primary key of a row with an id; for tables that have one. */
    static byte[] key(Table table, long id) {
        Row values = new Row(1);
        values.setLong(0, id);
        return table.keyWriter(0).prefix(values, 1);
    }

    /** Serials of the rows that were there at a time. */
    TreeMap<byte[], Long> at(long time) {
        TreeMap<byte[], Long> found = newMap();
        rows.forEach((key, versions) -> {
            long serial = serial(versions, time);
            if (serial != 0) {
                found.put(key, serial);
            }
        });
        return found;
    }

    /** What a snapshot of a time sees now: TRUNCATE takes rows from older snapshots too. */
    TreeMap<byte[], Long> seenAt(long time) {
        return truncatedAfter(time) ? newMap() : at(time);
    }

    boolean truncatedAfter(long time) {
        return !truncations.isEmpty() && truncations.getLast() > time;
    }

    private static long serial(List<Version> versions, long time) {
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).time <= time) {
                return versions.get(i).serial;
            }
        }
        return 0;
    }

    /** Serial of the newest committed version of a row. */
    long newest(byte[] key) {
        List<Version> versions = rows.get(key);
        return versions == null ? 0 : versions.getLast().serial;
    }

    /** Serials that were newest at some time since a moment. */
    List<Long> newestSince(byte[] key, long since) {
        List<Long> serials = new ArrayList<>();
        List<Version> versions = rows.getOrDefault(key, List.of());
        serials.add(serial(versions, since));
        for (Version version : versions) {
            if (version.time > since) {
                serials.add(version.serial);
            }
        }
        return serials;
    }

    /** Every serial that was in the table at some time since a moment. */
    List<Long> presentSince(long since) {
        List<Long> serials = new ArrayList<>();
        rows.forEach((key, versions) ->
                newestSince(key, since).stream().filter(serial -> serial != 0).forEach(serials::add));
        return serials;
    }

    /** By row, the serials that it had at some time since a moment. */
    TreeMap<byte[], List<Long>> historySince(long since) {
        TreeMap<byte[], List<Long>> history = newMap();
        rows.forEach((key, versions) -> history.put(key, newestSince(key, since)));
        return history;
    }

    void put(byte[] key, long time, long serial) {
        rows.computeIfAbsent(key, missing -> new ArrayList<>()).add(new Version(time, serial));
    }

    void truncate(long time) {
        rows.forEach((key, versions) -> {
            if (versions.getLast().serial != 0) {
                versions.add(new Version(time, 0));
            }
        });
        truncations.add(time);
    }

    /** Forgets what happened after a time, and what nobody can ask for any more. */
    void settle(long time) {
        TreeMap<byte[], Long> left = at(time);
        rows.clear();
        left.forEach((key, serial) -> put(key, time, serial));
        truncations.clear();
        for (ModelIndex index : List.copyOf(added)) {
            if (!index.existsAt(time)) {
                added.remove(index);
                if (index.createdAt <= time) {
                    forgotten.add(index);
                }
            }
        }
        added.forEach(index -> index.settle(time));
        createdAt = createdAt <= time ? createdAt : NEVER;
        droppedAt = droppedAt <= time ? droppedAt : NEVER;
    }

    /** Key of the row that has a serial, for messages. */
    static String show(byte @Nullable [] key) {
        return Arrays.toString(key);
    }
}
