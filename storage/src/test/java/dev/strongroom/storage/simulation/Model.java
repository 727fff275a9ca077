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
import java.util.TreeSet;
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
    /** Commits of two databases since the last start, by pair. */
    private final Map<Long, Attempt> pairing = new LinkedHashMap<>();

    /** Those of earlier starts. */
    private final Set<Long> pairs = new TreeSet<>();

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
            if (attempt.pair != 0) {
                pairing.put(attempt.pair, attempt);
            }
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
        pairing.remove(attempt.pair);
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
            checkReads(attempt, attempt.commitTime());
            apply(attempt, attempt.commitTime());
            committing.remove(attempt);
        }
    }

    private void apply(Attempt attempt, long time) {
        assertThat(time).as("commit times follow the log").isGreaterThan(applied);
        applied = time;
        attempt.created.forEach(table -> table.createdAt = time);
        attempt.dropped.forEach(table -> table.droppedAt = time);
        attempt.built.values().forEach(indexes -> indexes.forEach(index -> index.createdAt = time));
        attempt.unbuilt.values().forEach(indexes -> indexes.forEach(index -> index.droppedAt = time));
        attempt.completed.values().forEach(indexes -> indexes.forEach(index -> index.completeAt(time)));
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
        Set<ModelTable> touched = new LinkedHashSet<>(attempt.changes.keySet());
        touched.addAll(attempt.completed.keySet());
        for (ModelTable table : touched) {
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
        if (table.added.stream().anyMatch(index -> index.layout.unique() && index.isValidAt(time))) {
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
     * @param valid those of them that may be read
     */
    record Found(
            long time, Map<ModelTable, TreeMap<byte[], Long>> tables, Set<ModelIndex> indexes, Set<ModelIndex> valid) {
        /** All of them may be read. */
        Found(long time, Map<ModelTable, TreeMap<byte[], Long>> tables, Set<ModelIndex> indexes) {
            this(time, tables, indexes, indexes);
        }
    }

    /**
     * Finds the moment that recovery brought back: not before the last one that was acknowledged or seen, not after what
     * snapshots see now, and whole. Forgets what came after it. Time goes on from where the database is: commits that changed
     * nothing may have come back after the moment, and their times are used up.
     *
     * @param decided pairs that {@code master} has
     */
    void reconcile(Found found, Set<Long> decided, String where) {
        harvest();
        List<Attempt> unknown = List.copyOf(committing);
        committing.clear();
        assertThat(decided)
                .as("%s: commits of both databases that were there before", where)
                .containsAll(pairs);
        assertThat(pairing.keySet()).as("%s: pairs of %s", where, decided).containsAll(without(decided, pairs));
        long last = applied;
        // The earliest that fits: a commit that changed nothing may be lost without a trace.
        for (long time = durable; time <= Math.min(last, found.time); time++) {
            List<Attempt> after = followers(decided, time);
            if (hasOnly(decided, time) && isAtWith(found, after, time)) {
                settle(time, after, found.time);
                pairs.addAll(decided);
                return;
            }
        }
        if (found.time > last && hasOnly(decided, last)) {
            // One may have been on its way into the log when the power failed.
            for (Attempt attempt : unknown) {
                List<Attempt> after = new ArrayList<>(List.of(attempt));
                after.addAll(followers(decided, last));
                if (attempt.commitTime() == 0 && attempt.pair == 0 && isAtWith(found, after, last)) {
                    settle(last, after, found.time);
                    pairs.addAll(decided);
                    return;
                }
            }
        }
        throw new AssertionError(where + ": recovery brought back no moment from " + durable + " to " + last
                + " with snapshots of " + found.time + " and pairs " + decided + ": " + difference(found, last));
    }

    private static Set<Long> without(Set<Long> all, Set<Long> some) {
        Set<Long> left = new LinkedHashSet<>(all);
        left.removeAll(some);
        return left;
    }

    /** Whether all commits of both databases up to a time are in {@code master} too. */
    private boolean hasOnly(Set<Long> decided, long time) {
        return pairing.values().stream()
                .allMatch(attempt ->
                        attempt.commitTime() == 0 || attempt.commitTime() > time || decided.contains(attempt.pair));
    }

    /**
     * What recovery had to commit after a time because {@code master} had: first those that had a time, whose commits may be in
     * the log and which the others may have built on; then by their ids, as recovery does.
     */
    private List<Attempt> followers(Set<Long> decided, long time) {
        return pairing.values().stream()
                .filter(attempt -> decided.contains(attempt.pair))
                .filter(attempt -> attempt.commitTime() == 0 || attempt.commitTime() > time)
                .sorted(Comparator.comparingLong(Model::stamp).thenComparingLong(attempt -> attempt.transaction.id()))
                .toList();
    }

    private static long stamp(Attempt attempt) {
        return attempt.commitTime() == 0 ? Long.MAX_VALUE : attempt.commitTime();
    }

    /**
     * The database is as it was at a time, and some commits went on from there. A serializable one among them keeps others from
     * committing from the moment its answers were looked at until it has a time. So with a time its answers are checked already;
     * without, they are true after all that had one, whoever recovery commits before it: those could only have followed.
     */
    private void settle(long moment, List<Attempt> after, long time) {
        after.stream()
                .filter(attempt -> attempt.commitTime() == 0)
                .forEach(attempt -> checkReads(attempt, applied + 1));
        tables.forEach(table -> table.settle(moment));
        states.tailMap(moment, false).clear();
        applied = moment;
        for (Attempt attempt : after) {
            attempt.built.forEach((table, indexes) -> indexes.forEach(index -> {
                index.settle(moment);
                if (!table.added.contains(index)) {
                    table.added.add(index);
                }
            }));
            apply(attempt, applied + 1);
        }
        tables.forEach(table -> table.added.forEach(ModelIndex::forgetLostMarker));
        tables.removeIf(table -> !table.isAlive());
        // What was lost has left its number to others.
        known.removeIf(table -> table.createdAt == ModelTable.NEVER);
        assertThat(time).as("snapshots see what was committed").isGreaterThanOrEqualTo(applied);
        applied = time;
        durable = time;
        states.put(time, sumAt(time));
        pairing.clear();
    }

    /** Commits of both databases there are. */
    Set<Long> pairs() {
        harvest();
        Set<Long> all = new TreeSet<>(pairs);
        pairing.values().stream()
                .filter(attempt -> attempt.commitTime() != 0)
                .forEach(attempt -> all.add(attempt.pair));
        return all;
    }

    /** While nobody works: {@code master} has all commits of both databases, and no others. */
    void checkPairs(Set<Long> found) {
        assertThat(found).as("commits of both databases, in master").isEqualTo(pairs());
    }

    // ---- what a restore brought back ----

    /** Fails unless all of a database is as it was after one of the commits from one time to another. */
    void checkWas(Found found, long low, long high, String where) {
        harvest();
        Long before = states.floorKey(low);
        long sum = sum(found.tables, found.indexes, found.valid);
        assertThat(states.subMap(before == null ? 0 : before, true, high, true).values())
                .as(
                        "%s: no moment from %s to %s, snapshots of %s; now %s, differs:%s",
                        where, low, high, found.time, applied, difference(found, applied))
                .contains(sum);
    }

    private long sumAt(long time) {
        Map<ModelTable, TreeMap<byte[], Long>> there = new LinkedHashMap<>();
        Set<ModelIndex> indexes = new LinkedHashSet<>();
        Set<ModelIndex> valid = new LinkedHashSet<>();
        for (ModelTable table : tables) {
            if (table.existsAt(time)) {
                there.put(table, table.at(time));
                table.added.stream().filter(index -> index.existsAt(time)).forEach(indexes::add);
                table.added.stream().filter(index -> index.isValidAt(time)).forEach(valid::add);
            }
        }
        return sum(there, indexes, valid);
    }

    private static long sum(
            Map<ModelTable, TreeMap<byte[], Long>> tables, Set<ModelIndex> indexes, Set<ModelIndex> valid) {
        long[] sum = new long[1];
        tables.forEach((table, rows) -> {
            long seed = mix(table.number);
            sum[0] += seed;
            rows.forEach((key, serial) -> sum[0] += mix(seed + Arrays.hashCode(key) * 31L + mix(serial)));
        });
        indexes.forEach(index -> sum[0] += mix(~index.layout.treeId()));
        valid.forEach(index -> sum[0] += mix(31L * index.layout.treeId()));
        return sum[0];
    }

    private static long mix(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    /** Whether what was found is the state of a time with some commits more. */
    private boolean isAtWith(Found found, List<Attempt> after, long last) {
        for (ModelTable table : tables) {
            boolean exists = table.existsAt(last);
            TreeMap<byte[], Long> expected = table.at(last);
            for (Attempt attempt : after) {
                exists = (exists || attempt.created.contains(table)) && !attempt.dropped.contains(table);
                expected = Attempt.under(
                        attempt.truncated.contains(table) ? ModelTable.newMap() : expected, own(attempt, table));
            }
            TreeMap<byte[], Long> there = found.tables.get(table);
            if (exists ? there == null || !there.equals(expected) : there != null) {
                return false;
            }
            for (ModelIndex index : table.added) {
                boolean kept = exists && isKept(table, index, after, last);
                if (kept != found.indexes.contains(index)
                        || (kept && isValid(table, index, after, last)) != found.valid.contains(index)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isKept(ModelTable table, ModelIndex index, List<Attempt> after, long last) {
        boolean kept = index.existsAt(last);
        for (Attempt attempt : after) {
            kept |= attempt.built.getOrDefault(table, List.of()).contains(index);
            kept &= !attempt.unbuilt.getOrDefault(table, List.of()).contains(index);
        }
        return kept;
    }

    private static boolean isValid(ModelTable table, ModelIndex index, List<Attempt> after, long last) {
        return !index.beside
                || index.isValidAt(last)
                || after.stream()
                        .anyMatch(attempt ->
                                attempt.completed.getOrDefault(table, List.of()).contains(index));
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
