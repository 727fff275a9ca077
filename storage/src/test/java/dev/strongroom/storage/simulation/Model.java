package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.table.IsolationLevel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the database must hold: all commits in order of their timestamps. Checks at each commit that it replaced what it said it
 * replaces, that unique and foreign keys hold, and that a serializable transaction's answers are still true. Belongs to the
 * baton's holder.
 */
final class Model {
    final List<ModelTable> tables = new ArrayList<>();
    /** All tables that ever were, for what backups remember. */
    private final Set<ModelTable> known = new LinkedHashSet<>();

    /** What the whole database was like after each commit, as a sum. */
    private final TreeMap<Long, Long> states = new TreeMap<>();

    private final Map<Long, Content> contents = new HashMap<>();
    private final List<Attempt> committing = new ArrayList<>();
    private final Set<Long> sequenceValues = new HashSet<>();
    private long nextSerial = 1;
    private int nextTable = 1;
    private long applied;
    /** Nothing up to here may be missing after a crash: acknowledged, or seen by somebody. */
    private long durable;

    private long highestSequenceValue;
    long commits;

    long newSerial() {
        return nextSerial++;
    }

    int newTableNumber() {
        return nextTable++;
    }

    Content remember(Content content) {
        contents.put(content.serial(), content);
        return content;
    }

    Content content(long serial) {
        return Objects.requireNonNull(contents.get(serial), () -> "a row with serial " + serial + " was never written");
    }

    /** Serials whose contents are looked at: those the model knows. */
    boolean knows(long serial) {
        return contents.containsKey(serial);
    }

    List<ModelTable> alive() {
        harvest();
        return tables.stream().filter(ModelTable::isAlive).toList();
    }

    /** A value came out of the sequence: no value comes twice. */
    void sequenceValue(long value) {
        assertThat(sequenceValues.add(value))
                .as("sequence value %s came twice", value)
                .isTrue();
        highestSequenceValue = Math.max(highestSequenceValue, value);
    }

    /** Somebody has a snapshot of this time: what it shows is durable. */
    void seen(long time) {
        harvest();
        if (time != Long.MAX_VALUE) {
            assertThat(time).as("a snapshot's time, of which all is known").isLessThanOrEqualTo(applied);
            durable = Math.max(durable, time);
        }
    }

    void committing(Attempt attempt) {
        if (attempt.isWriter()) {
            attempt.created.forEach(tables::add);
            attempt.built.forEach((table, indexes) -> table.added.addAll(indexes));
            committing.add(attempt);
        }
    }

    void acknowledged(Attempt attempt) {
        commits++;
        attempt.acknowledged = true;
        if (attempt.isWriter()) {
            long time = attempt.commitTime();
            assertThat(time).as("commit time of an acknowledged transaction").isPositive();
            harvest();
            durable = Math.max(durable, time);
        }
    }

    /** A commit was refused: the transaction is rolled back. */
    void refused(Attempt attempt) {
        assertThat(attempt.commitTime()).isZero();
        committing.remove(attempt);
        tables.removeAll(attempt.created);
        attempt.built.forEach((table, indexes) -> table.added.removeAll(indexes));
    }

    /** Nothing up to here may be missing, whatever happens. */
    long durable() {
        harvest();
        return durable;
    }

    /** Every table that ever was committed. */
    Set<ModelTable> known() {
        harvest();
        return known;
    }

    /** Latest time of which everything is known. */
    long now() {
        harvest();
        return applied;
    }

    /** Takes over what has a commit timestamp by now, in order. */
    void harvest() {
        if (committing.isEmpty()) {
            return;
        }
        List<Attempt> stamped = new ArrayList<>();
        for (Attempt attempt : committing) {
            if (attempt.commitTime() != 0) {
                stamped.add(attempt);
            }
        }
        stamped.sort(Comparator.comparingLong(Attempt::commitTime));
        for (Attempt attempt : stamped) {
            apply(attempt, attempt.commitTime());
            committing.remove(attempt);
        }
    }

    private void apply(Attempt attempt, long time) {
        assertThat(time).as("commit times follow the log").isGreaterThan(applied);
        checkReads(attempt, time);
        applied = time;
        attempt.created.forEach(table -> table.createdAt = time);
        attempt.dropped.forEach(table -> table.droppedAt = time);
        attempt.built.values().forEach(indexes -> indexes.forEach(index -> index.createdAt = time));
        attempt.unbuilt.values().forEach(indexes -> indexes.forEach(index -> index.droppedAt = time));
        attempt.truncated.forEach(table -> table.truncate(time));
        attempt.changes.forEach((table, own) -> own.forEach((key, change) -> {
            if (!attempt.truncated.contains(table)) {
                assertThat(table.newest(key))
                        .as(
                                "row %s of table %s replaced by a commit at %s: lost update",
                                ModelTable.show(key), table.number, time)
                        .isEqualTo(change.base());
            }
            if (change.serial() != 0 || table.newest(key) != 0) {
                table.put(key, time, change.serial());
            }
        }));
        known.addAll(attempt.created);
        states.put(time, sumAt(time));
        for (ModelTable table : attempt.changes.keySet()) {
            checkConstraints(table, time);
        }
    }

    /** A serializable transaction could have run at its commit time at one go (Neumann et al., SIGMOD 2015). */
    private void checkReads(Attempt attempt, long time) {
        if (attempt.level != IsolationLevel.SERIALIZABLE) {
            return;
        }
        for (Attempt.Read read : attempt.reads) {
            if (read.table().truncatedAfter(attempt.snapshotTime())) {
                continue;
            }
            TreeMap<byte[], Long> before =
                    read.emptied() ? ModelTable.newMap() : read.table().at(time - 1);
            assertThat(read.question().apply(Attempt.under(before, read.own())))
                    .as(
                            "answer from table %s given to a serializable transaction with snapshot %s that committed at %s",
                            read.table().number, attempt.snapshotTime(), time)
                    .isEqualTo(read.answer());
        }
    }

    private void checkConstraints(ModelTable table, long time) {
        TreeMap<byte[], Long> rows = table.at(time);
        Set<Long> uniques = new HashSet<>();
        for (long serial : rows.values()) {
            Long unique = content(serial).unique();
            assertThat(unique == null || uniques.add(unique))
                    .as("unique value %s twice in table %s after the commit at %s", unique, table.number, time)
                    .isTrue();
        }
        if (table.added.stream().anyMatch(index -> index.layout.unique() && index.existsAt(time))) {
            assertThat(rows.values().stream().map(serial -> content(serial).number()))
                    .as("values of a unique index of table %s after the commit at %s", table.number, time)
                    .doesNotHaveDuplicates();
        }
        if (table == parents() || table == children()) {
            checkForeignKey(time);
        }
    }

    @Nullable
    ModelTable parents() {
        return tables.isEmpty() ? null : tables.get(0);
    }

    @Nullable
    ModelTable children() {
        return tables.size() < 2 ? null : tables.get(1);
    }

    private void checkForeignKey(long time) {
        ModelTable parents = parents();
        ModelTable children = children();
        if (parents == null || children == null) {
            return;
        }
        Set<Long> ids = new HashSet<>();
        parents.at(time).values().forEach(serial -> ids.add(content(serial).id()));
        for (long serial : children.at(time).values()) {
            Long parent = content(serial).parent();
            assertThat(parent == null || ids.contains(parent))
                    .as("row refers to %s, which is gone after the commit at %s", parent, time)
                    .isTrue();
        }
    }

    // ---- after a crash ----

    /**
     * What recovery brought back.
     *
     * @param time of a snapshot taken then
     * @param tables serials by key, by table; tables that are gone are missing
     * @param indexes those of the indexes added later that are there
     */
    record Found(long time, Map<ModelTable, TreeMap<byte[], Long>> tables, Set<ModelIndex> indexes) {}

    /**
     * Finds the moment that recovery brought back: not before the last one that was acknowledged or seen, not after what
     * snapshots see now, and whole. Forgets what came after it. Time goes on from where the database is: commits that changed
     * nothing may have come back after the moment, and their times are used up.
     */
    void reconcile(Found found, String where) {
        harvest();
        List<Attempt> unknown = List.copyOf(committing);
        committing.clear();
        long last = applied;
        List<Long> moments = new ArrayList<>();
        // The earliest that fits: a commit that changed nothing may be lost without a trace.
        for (long time = durable; time <= Math.min(last, found.time); time++) {
            moments.add(time);
        }
        Long right =
                moments.stream().filter(time -> isAt(found, time)).findFirst().orElse(null);
        if (right == null && found.time > last) {
            // One may have been on its way into the log when the power failed.
            for (Attempt attempt : unknown) {
                if (right == null && attempt.commitTime() == 0 && isAtWith(found, attempt, last)) {
                    apply(attempt, last + 1);
                    right = last + 1;
                }
            }
        }
        if (right == null) {
            throw new AssertionError(where + ": recovery brought back no moment from " + durable + " to " + last
                    + " with snapshots of " + found.time + ": " + difference(found, last));
        }
        long moment = right;
        tables.forEach(table -> table.settle(moment));
        tables.removeIf(table -> !table.isAlive());
        // What was lost has left its number to others.
        known.removeIf(table -> table.createdAt == ModelTable.NEVER);
        applied = found.time;
        durable = found.time;
        states.tailMap(moment, false).clear();
        states.put(found.time, sumAt(found.time));
    }

    // ---- what a restore brought back ----

    /** Fails unless all of a database is as it was after one of the commits from one time to another. */
    void checkWas(Found found, long low, long high, String where) {
        harvest();
        Long before = states.floorKey(low);
        long sum = sum(found.tables, found.indexes);
        assertThat(states.subMap(before == null ? 0 : before, true, high, true).values())
                .as(
                        "%s: no moment from %s to %s, snapshots of %s; now %s, differs:%s",
                        where, low, high, found.time, applied, difference(found, applied))
                .contains(sum);
    }

    private long sumAt(long time) {
        Map<ModelTable, TreeMap<byte[], Long>> there = new LinkedHashMap<>();
        Set<ModelIndex> indexes = new LinkedHashSet<>();
        for (ModelTable table : tables) {
            if (table.existsAt(time)) {
                there.put(table, table.at(time));
                table.added.stream().filter(index -> index.existsAt(time)).forEach(indexes::add);
            }
        }
        return sum(there, indexes);
    }

    private static long sum(Map<ModelTable, TreeMap<byte[], Long>> tables, Set<ModelIndex> indexes) {
        long[] sum = new long[1];
        tables.forEach((table, rows) -> {
            long seed = mix(table.number);
            sum[0] += seed;
            rows.forEach((key, serial) -> sum[0] += mix(seed + Arrays.hashCode(key) * 31L + mix(serial)));
        });
        indexes.forEach(index -> sum[0] += mix(~index.layout.treeId()));
        return sum[0];
    }

    private static long mix(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    private boolean isAt(Found found, long time) {
        for (ModelTable table : tables) {
            TreeMap<byte[], Long> there = found.tables.get(table);
            if (table.existsAt(time) ? there == null || !there.equals(table.at(time)) : there != null) {
                return false;
            }
            for (ModelIndex index : table.added) {
                if ((there != null && index.existsAt(time)) != found.indexes.contains(index)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isAtWith(Found found, Attempt attempt, long last) {
        for (ModelTable table : tables) {
            boolean exists =
                    (table.existsAt(last) || attempt.created.contains(table)) && !attempt.dropped.contains(table);
            TreeMap<byte[], Long> there = found.tables.get(table);
            TreeMap<byte[], Long> committed = attempt.truncated.contains(table) ? ModelTable.newMap() : table.at(last);
            TreeMap<byte[], Long> expected = Attempt.under(committed, own(attempt, table));
            if (exists ? there == null || !there.equals(expected) : there != null) {
                return false;
            }
            List<ModelIndex> built = attempt.built.getOrDefault(table, List.of());
            List<ModelIndex> unbuilt = attempt.unbuilt.getOrDefault(table, List.of());
            for (ModelIndex index : table.added) {
                boolean kept = (index.existsAt(last) || built.contains(index)) && !unbuilt.contains(index);
                if ((exists && kept) != found.indexes.contains(index)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static TreeMap<byte[], Attempt.Change> own(Attempt attempt, ModelTable table) {
        TreeMap<byte[], Attempt.Change> own = attempt.changes.get(table);
        return own == null ? ModelTable.newMap() : own;
    }

    private String difference(Found found, long time) {
        StringBuilder text = new StringBuilder();
        for (ModelTable table : tables) {
            TreeMap<byte[], Long> there = found.tables.get(table);
            TreeMap<byte[], Long> expected = table.at(time);
            if (there == null || !there.equals(expected)) {
                text.append(" table ")
                        .append(table.number)
                        .append(table.existsAt(time) ? "" : " (should be gone)")
                        .append(" has ")
                        .append(there == null ? "nothing" : there.values())
                        .append(", expected ")
                        .append(expected.values());
            }
        }
        return text.toString();
    }

    /** A new start: sequences go on above every value that was handed out. */
    long highestSequenceValue() {
        return highestSequenceValue;
    }
}
