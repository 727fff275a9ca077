package dev.strongroom.storage.model;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.model.ModelDatabase.ModelTree;
import dev.strongroom.storage.model.ModelDatabase.Position;
import dev.strongroom.storage.model.ModelDatabase.Range;
import dev.strongroom.storage.model.ModelDatabase.Version;
import dev.strongroom.storage.table.BatchCursor;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.KeyWriter;
import dev.strongroom.storage.table.LockConflicts;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.RowLockMode;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableKeys;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionErrors;
import dev.strongroom.storage.table.WaitPolicy;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table of the model: rows in version lists, index entries that count only where a visible row has their key. */
final class ModelTable implements Table {
    private final ModelDatabase database;
    private final TableLayout layout;
    private final TableKeys keys;

    ModelTable(ModelDatabase database, TableLayout layout) {
        this.database = database;
        this.layout = layout;
        this.keys = new TableKeys(layout);
    }

    @Override
    public TableLayout layout() {
        return layout;
    }

    @Override
    public KeyWriter keyWriter(int index) {
        return keys.writer(index);
    }

    @Override
    public byte[] insert(Transaction transaction, Row row) {
        synchronized (database) {
            ModelTransaction own = database.writer(transaction);
            byte[] key = newKey(row);
            for (int index = 0; index < keys.indexes(); index++) {
                if (collision(own, index, row, key) != null) {
                    throw keys.duplicate(index, row);
                }
            }
            put(own, key, row.copy(), true);
            return key;
        }
    }

    @Override
    public byte @Nullable [] insertOrConflict(Transaction transaction, Row row, int arbiter) {
        synchronized (database) {
            ModelTransaction own = database.writer(transaction);
            byte[] key = newKey(row);
            for (int index = 0; index < keys.indexes(); index++) {
                if (arbiter >= 0 && index != arbiter) {
                    continue;
                }
                byte[] other = collision(own, index, row, key);
                if (other != null) {
                    checkSeen(own, other);
                    return other;
                }
            }
            for (int index = 0; index < keys.indexes(); index++) {
                if (collision(own, index, row, key) != null) {
                    throw keys.duplicate(index, row);
                }
            }
            put(own, key, row.copy(), true);
            return null;
        }
    }

    private void checkSeen(ModelTransaction own, byte[] key) {
        Version newest = tree(0).rows.get(key);
        if (own.options().isolation() != IsolationLevel.READ_COMMITTED
                && newest != null
                && !own.sees(newest.writer, own.snapshot())) {
            throw TransactionErrors.concurrent(false);
        }
    }

    private byte[] newKey(Row row) {
        return keys.hidden() ? TableKeys.hiddenKey(tree(0).nextRowId++) : keys.primaryKey(row);
    }

    /** Primary key of a live row other than {@code key} that excludes the row, after waiting for live writers. */
    private byte @Nullable [] collision(ModelTransaction own, int index, Row row, byte[] key) {
        long[] remaining = {own.options().lockTimeoutNanos()};
        if (index > 0 && !keys.excludes(index, row)) {
            return null;
        }
        byte[] indexKey = index == 0 ? key : keys.indexKey(index, row);
        if (indexKey == null) {
            return null;
        }
        while (true) {
            Set<ModelTransaction> blockers = new HashSet<>();
            byte[] found = null;
            Iterable<byte[]> candidates = index == 0
                    ? Set.of(key)
                    : prefixed(tree(index).entries, indexKey).values();
            for (byte[] candidate : candidates) {
                Version newest = tree(0).rows.get(candidate);
                if (newest == null || index > 0 && Arrays.equals(candidate, key)) {
                    continue;
                }
                if (isLiveOther(own, newest)) {
                    if (anyVersionHas(newest, index, indexKey)) {
                        blockers.add(newest.writer);
                    }
                } else if (newest.row != null && (index == 0 || has(newest, index, indexKey))) {
                    found = candidate;
                }
            }
            if (blockers.isEmpty()) {
                return found;
            }
            database.await(own, blockers, remaining);
        }
    }

    private boolean anyVersionHas(Version newest, int index, byte[] indexKey) {
        for (Version version = newest; version != null; version = version.older) {
            if (version.row != null && (index == 0 || has(version, index, indexKey))) {
                return true;
            }
            if (version.writer.commitTime > 0) {
                return false;
            }
        }
        return false;
    }

    private boolean has(Version version, int index, byte[] indexKey) {
        return version.row != null && Arrays.equals(keys.indexKey(index, version.row), indexKey);
    }

    private static boolean isLiveOther(ModelTransaction own, Version version) {
        return version.writer != own && version.writer.commitTime == ModelTransaction.ACTIVE;
    }

    private static NavigableMap<byte[], byte[]> prefixed(TreeMap<byte[], byte[]> entries, byte[] prefix) {
        NavigableMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
        for (Map.Entry<byte[], byte[]> entry : entries.tailMap(prefix, true).entrySet()) {
            if (!Range.startsWith(entry.getKey(), prefix)) {
                break;
            }
            found.put(entry.getKey(), entry.getValue());
        }
        return found;
    }

    private void put(ModelTransaction own, byte[] key, @Nullable Row row, boolean keysChanged) {
        ModelTree primary = tree(0);
        Version older = primary.rows.get(key);
        primary.rows.put(key, new Version(own, row, keysChanged, older));
        own.writes.add(new Position(layout.treeId(), key));
        own.undo.add(() -> {
            if (older == null) {
                primary.rows.remove(key);
            } else {
                primary.rows.put(key, older);
            }
        });
        for (int index = 1; index < keys.indexes(); index++) {
            if (older != null && older.row != null) {
                noteEntry(own, index, older.row, key, false);
            }
            if (row != null) {
                noteEntry(own, index, row, key, true);
            }
        }
    }

    /** Entry of a row, null where the index does not hold it. */
    private byte @Nullable [] entry(int index, Row row, byte[] key) {
        byte[] indexKey = keys.indexKey(index, row);
        return indexKey == null ? null : keys.entry(index, indexKey, key);
    }

    private void noteEntry(ModelTransaction own, int index, Row row, byte[] key, boolean add) {
        byte[] entry = entry(index, row, key);
        if (entry != null) {
            if (add) {
                tree(index).entries.put(entry, key);
            }
            own.writes.add(new Position(treeId(index), entry));
        }
    }

    @Override
    public WriteOutcome update(Transaction transaction, byte[] key, long version, Row newRow) {
        synchronized (database) {
            ModelTransaction own = database.writer(transaction);
            Version newest = tree(0).rows.get(key);
            boolean keysChanged = newest == null
                    || newest.row == null
                    || !keys.hidden() && !Arrays.equals(key, keys.primaryKey(newRow))
                    || keys.uniqueKeysDiffer(newest.row, newRow);
            WriteOutcome outcome = claim(
                    own, key, version, keysChanged ? RowLockMode.UPDATE : RowLockMode.NO_KEY_UPDATE, WaitPolicy.WAIT);
            if (outcome != WriteOutcome.DONE) {
                return outcome;
            }
            byte[] newKey = keys.hidden() ? key : keys.primaryKey(newRow);
            boolean moved = !Arrays.equals(key, newKey);
            for (int index = moved ? 0 : 1; index < keys.indexes(); index++) {
                byte[] other = collision(own, index, newRow, newKey);
                if (other != null && !Arrays.equals(other, key)) {
                    throw keys.duplicate(index, newRow);
                }
            }
            if (moved) {
                put(own, key, null, true);
            }
            put(own, newKey, newRow.copy(), keysChanged);
            return WriteOutcome.DONE;
        }
    }

    @Override
    public WriteOutcome delete(Transaction transaction, byte[] key, long version) {
        synchronized (database) {
            ModelTransaction own = database.writer(transaction);
            WriteOutcome outcome = claim(own, key, version, RowLockMode.UPDATE, WaitPolicy.WAIT);
            if (outcome == WriteOutcome.DONE) {
                put(own, key, null, true);
            }
            return outcome;
        }
    }

    @Override
    public WriteOutcome lock(Transaction transaction, byte[] key, long version, RowLockMode mode, WaitPolicy wait) {
        synchronized (database) {
            ModelTransaction own = database.reader(transaction);
            WriteOutcome outcome = claim(own, key, version, mode, wait);
            if (outcome == WriteOutcome.DONE) {
                hold(own, key, mode);
            }
            return outcome;
        }
    }

    private void hold(ModelTransaction own, byte[] key, RowLockMode mode) {
        Set<RowLockMode> held = tree(0).locks
                .computeIfAbsent(key, row -> new HashMap<>())
                .computeIfAbsent(own, holder -> new HashSet<>());
        if (held.add(mode)) {
            own.undo.add(() -> held.remove(mode));
        }
    }

    /** Waits until nobody else holds the row in a conflicting mode, then judges the newest version. */
    private WriteOutcome claim(ModelTransaction own, byte[] key, long version, RowLockMode mode, WaitPolicy wait) {
        long[] remaining = {own.options().lockTimeoutNanos()};
        while (true) {
            Set<ModelTransaction> blockers = new HashSet<>();
            Version newest = tree(0).rows.get(key);
            if (newest != null && isLiveOther(own, newest)) {
                RowLockMode held = newest.keysChanged ? RowLockMode.UPDATE : RowLockMode.NO_KEY_UPDATE;
                if (LockConflicts.conflict(held, mode)) {
                    blockers.add(newest.writer);
                }
            }
            tree(0).locks.getOrDefault(key, Map.of()).forEach((holder, modes) -> {
                if (holder != own && modes.stream().anyMatch(held -> LockConflicts.conflict(held, mode))) {
                    blockers.add(holder);
                }
            });
            if (blockers.isEmpty()) {
                return judge(own, newest, version);
            }
            if (wait == WaitPolicy.FAIL) {
                throw TransactionErrors.rowLocked(layout.name());
            }
            if (wait == WaitPolicy.SKIP) {
                return WriteOutcome.SKIPPED;
            }
            database.await(own, blockers, remaining);
        }
    }

    private WriteOutcome judge(ModelTransaction own, @Nullable Version newest, long version) {
        Version latest = newest;
        while (latest != null && isLiveOther(own, latest)) {
            latest = latest.older;
        }
        if (latest != null && (latest.writer == own || latest.writer.id == version)) {
            return latest.row == null ? WriteOutcome.GONE : WriteOutcome.DONE;
        }
        boolean gone = latest == null || latest.row == null;
        if (own.options().isolation() != IsolationLevel.READ_COMMITTED) {
            throw TransactionErrors.concurrent(gone);
        }
        return gone ? WriteOutcome.GONE : WriteOutcome.CHANGED;
    }

    @Override
    public long get(Transaction transaction, byte[] key, Row into, int @Nullable [] columns) {
        synchronized (database) {
            ModelTransaction own = database.reader(transaction);
            own.reads.add(new Range(layout.treeId(), ScanRange.prefix(key)));
            return load(visible(own, key, own.snapshot()), into, columns);
        }
    }

    @Override
    public long getLatest(Transaction transaction, byte[] key, Row into, int @Nullable [] columns) {
        synchronized (database) {
            ModelTransaction own = database.reader(transaction);
            Version version = tree(0).rows.get(key);
            while (version != null && isLiveOther(own, version)) {
                version = version.older;
            }
            return load(version, into, columns);
        }
    }

    private @Nullable Version visible(ModelTransaction own, byte[] key, long snapshot) {
        Version version = tree(0).rows.get(key);
        while (version != null && !own.sees(version.writer, snapshot)) {
            version = version.older;
        }
        return version;
    }

    private long load(@Nullable Version version, Row into, int @Nullable [] columns) {
        if (version == null || version.row == null) {
            return -1;
        }
        if (columns == null) {
            for (int slot = 0; slot < layout.columns().size(); slot++) {
                load(version.row, slot, into);
            }
        } else {
            for (int slot : columns) {
                load(version.row, slot, into);
            }
        }
        return version.writer.id;
    }

    /** Rows written before a column was added are shorter and show the column's default for them. */
    private void load(Row row, int slot, Row into) {
        if (slot < row.width()) {
            into.copySlot(slot, row, slot);
            return;
        }
        ColumnLayout column = layout.columns().get(slot);
        Object missing = column.missing();
        switch (missing) {
            case null -> into.setNull(slot);
            case Long value
            when column.type().storage() == dev.strongroom.common.type.Storage.LONG -> into.setLong(slot, value);
            case Double value
            when column.type().storage() == dev.strongroom.common.type.Storage.DOUBLE -> into.setDouble(slot, value);
            default -> into.setRef(slot, missing);
        }
    }

    @Override
    public RowCursor scan(Transaction transaction, int index, ScanRange range, int @Nullable [] columns) {
        synchronized (database) {
            ModelTransaction own = database.reader(transaction);
            own.reads.add(new Range(treeId(index), range));
            return new Cursor(own, index, range, columns == null ? null : columns.clone());
        }
    }

    @Override
    public BatchCursor scanBatches(Transaction transaction) {
        return new ModelBatchCursor(layout(), scan(transaction, 0, ScanRange.ALL, null));
    }

    @Override
    public boolean existsLatest(Transaction transaction, int index, byte[] keyPrefix, boolean shareLock) {
        synchronized (database) {
            ModelTransaction own = database.reader(transaction);
            long[] remaining = {own.options().lockTimeoutNanos()};
            while (true) {
                Set<ModelTransaction> blockers = new HashSet<>();
                byte[] found = findLatest(own, index, keyPrefix, blockers);
                if (found != null) {
                    if (shareLock) {
                        hold(own, found, RowLockMode.KEY_SHARE);
                    }
                    return true;
                }
                if (blockers.isEmpty()) {
                    return false;
                }
                database.await(own, blockers, remaining);
            }
        }
    }

    private byte @Nullable [] findLatest(
            ModelTransaction own, int index, byte[] prefix, Set<ModelTransaction> blockers) {
        TreeMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
        if (index == 0) {
            for (byte[] key : tree(0).rows.tailMap(prefix, true).keySet()) {
                if (!Range.startsWith(key, prefix)) {
                    break;
                }
                entries.put(key, key);
            }
        } else {
            entries = tree(index).entries;
        }
        for (Map.Entry<byte[], byte[]> entry : prefixed(entries, prefix).entrySet()) {
            byte[] key = entry.getValue();
            Version newest = tree(0).rows.get(key);
            if (newest != null && isLiveOther(own, newest) && newest.keysChanged) {
                blockers.add(newest.writer);
                continue;
            }
            while (newest != null && isLiveOther(own, newest)) {
                newest = newest.older;
            }
            if (newest != null
                    && newest.row != null
                    && (index == 0 || Arrays.equals(entry(index, newest.row, key), entry.getKey()))) {
                return key;
            }
        }
        return null;
    }

    @Override
    public void truncate(Transaction transaction) {
        synchronized (database) {
            ModelTransaction own = database.writer(transaction);
            for (int index = 0; index < keys.indexes(); index++) {
                ModelTree tree = tree(index);
                TreeMap<byte[], Version> rows = new TreeMap<>(tree.rows);
                TreeMap<byte[], byte[]> entries = new TreeMap<>(tree.entries);
                tree.rows.clear();
                tree.entries.clear();
                own.writes.add(new Position(treeId(index), new byte[0]));
                own.undo.add(() -> {
                    tree.rows.clear();
                    tree.rows.putAll(rows);
                    tree.entries.clear();
                    tree.entries.putAll(entries);
                });
            }
        }
    }

    @Override
    public void buildIndex(Transaction transaction, int index) {
        synchronized (database) {
            ModelTransaction own = database.writer(transaction);
            for (byte[] key : tree(0).rows.keySet()) {
                Version version = visible(own, key, database.now());
                if (version == null || version.row == null) {
                    continue;
                }
                if (collision(own, index, version.row, key) != null) {
                    throw keys.notUnique(index, version.row);
                }
                byte[] entry = entry(index, version.row, key);
                if (entry != null) {
                    tree(index).entries.put(entry, key);
                }
            }
        }
    }

    @Override
    public void buildIndexBesideWriters(Transaction transaction, int index) {
        buildIndex(transaction, index);
    }

    @Override
    public long estimatedRows() {
        synchronized (database) {
            return tree(0).rows.size();
        }
    }

    @Override
    public long estimatedPages() {
        return 1 + estimatedRows() / 50;
    }

    private long treeId(int index) {
        return index == 0 ? layout.treeId() : layout.indexes().get(index - 1).treeId();
    }

    private ModelTree tree(int index) {
        return database.tree(treeId(index));
    }

    /** Walks by key, so that it survives any change between two steps. */
    private final class Cursor implements RowCursor {
        private final ModelTransaction own;
        private final int index;
        private final ScanRange range;
        private final int @Nullable [] columns;
        private final long snapshot;
        private byte @Nullable [] position;
        private byte @Nullable [] key;
        private @Nullable Version current;
        private boolean done;

        Cursor(ModelTransaction own, int index, ScanRange range, int @Nullable [] columns) {
            this.own = own;
            this.index = index;
            this.range = range;
            this.columns = columns;
            this.snapshot = own.snapshot();
        }

        @Override
        public boolean next() {
            synchronized (database) {
                database.reader(own);
                current = null;
                while (!done && current == null) {
                    step(index == 0 ? tree(0).rows : tree(index).entries);
                }
                return !done;
            }
        }

        private void step(TreeMap<byte[], ?> map) {
            position = range.backward() ? before(map) : after(map);
            if (position == null || (range.backward() ? Range.below(range, position) : Range.above(range, position))) {
                done = true;
                return;
            }
            if (!Range.contains(range, position)) {
                return;
            }
            byte[] rowKey = index == 0 ? position : tree(index).entries.get(position);
            if (rowKey == null) {
                return;
            }
            Version version = visible(own, rowKey, snapshot);
            if (version != null
                    && version.row != null
                    && (index == 0 || Arrays.equals(entry(index, version.row, rowKey), position))) {
                current = version;
                key = rowKey;
                own.reads.add(new Range(layout.treeId(), ScanRange.prefix(rowKey)));
            }
        }

        private byte @Nullable [] after(TreeMap<byte[], ?> map) {
            if (position != null) {
                return map.higherKey(position);
            }
            byte[] low = range.low();
            return low != null ? map.ceilingKey(low) : map.isEmpty() ? null : map.firstKey();
        }

        private byte @Nullable [] before(TreeMap<byte[], ?> map) {
            if (position != null) {
                return map.lowerKey(position);
            }
            byte[] high = range.high();
            if (high != null) {
                byte[] successor = dev.strongroom.storage.key.KeyEncoder.successor(high);
                if (successor.length > 0) {
                    return map.lowerKey(successor);
                }
            }
            return map.isEmpty() ? null : map.lastKey();
        }

        @Override
        public void load(Row into) {
            ModelTable.this.load(current(), into, columns);
        }

        @Override
        public byte[] key() {
            byte[] now = key;
            if (now == null) {
                throw new IllegalStateException("no current row");
            }
            return now.clone();
        }

        @Override
        public long version() {
            return current().writer.id;
        }

        private Version current() {
            Version version = current;
            if (version == null) {
                throw new IllegalStateException("no current row");
            }
            return version;
        }

        @Override
        public void close() {
            done = true;
        }
    }
}
