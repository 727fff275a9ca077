package dev.strongroom.storage.simulation;

import dev.strongroom.storage.table.IsolationLevel;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionView;
import dev.strongroom.storage.txn.TxnView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** One transaction as the model knows it: what it changed and what it was shown. */
final class Attempt {
    final Transaction transaction;
    final IsolationLevel level;
    Map<ModelTable, TreeMap<byte[], Change>> changes = new LinkedHashMap<>();
    Set<ModelTable> truncated = new LinkedHashSet<>();
    Set<ModelTable> created = new LinkedHashSet<>();
    Set<ModelTable> dropped = new LinkedHashSet<>();
    /** Indexes made, and indexes dropped, of tables that stay. */
    Map<ModelTable, List<ModelIndex>> built = new LinkedHashMap<>();

    Map<ModelTable, List<ModelIndex>> unbuilt = new LinkedHashMap<>();
    /** Indexes made beside writers by others, or before, that it completed. */
    Map<ModelTable, List<ModelIndex>> completed = new LinkedHashMap<>();

    final List<Read> reads = new ArrayList<>();
    boolean acknowledged;
    /** Names its row in {@code master}; 0 if it changes one database. */
    long pair;

    /**
     * @param base serial of the committed row this replaces, 0 if there must be none
     * @param serial of the new row, 0 if deleted
     */
    record Change(long base, long serial) {}

    /** What a question was answered, and how to ask the model again. */
    record Read(
            ModelTable table,
            TreeMap<byte[], Change> own,
            boolean emptied,
            Function<TreeMap<byte[], Long>, List<Long>> question,
            List<Long> answer) {}

    /** A place to go back to. */
    record Mark(
            Map<ModelTable, TreeMap<byte[], Change>> changes,
            Set<ModelTable> truncated,
            Set<ModelTable> created,
            Set<ModelTable> dropped,
            Map<ModelTable, List<ModelIndex>> built,
            Map<ModelTable, List<ModelIndex>> unbuilt,
            Map<ModelTable, List<ModelIndex>> completed) {}

    Attempt(Transaction transaction) {
        this.transaction = transaction;
        this.level = transaction.options().isolation();
    }

    long commitTime() {
        return TxnView.commitTime(TransactionView.txn(transaction));
    }

    long snapshotTime() {
        return TransactionView.txn(transaction).snapshot().time();
    }

    Mark mark() {
        return new Mark(
                copy(changes),
                new LinkedHashSet<>(truncated),
                new LinkedHashSet<>(created),
                new LinkedHashSet<>(dropped),
                copyOf(built),
                copyOf(unbuilt),
                copyOf(completed));
    }

    void backTo(Mark mark) {
        changes = copy(mark.changes);
        truncated = new LinkedHashSet<>(mark.truncated);
        created = new LinkedHashSet<>(mark.created);
        dropped = new LinkedHashSet<>(mark.dropped);
        built = copyOf(mark.built);
        unbuilt = copyOf(mark.unbuilt);
        completed = copyOf(mark.completed);
    }

    private static Map<ModelTable, List<ModelIndex>> copyOf(Map<ModelTable, List<ModelIndex>> from) {
        Map<ModelTable, List<ModelIndex>> copy = new LinkedHashMap<>();
        from.forEach((table, indexes) -> copy.put(table, new ArrayList<>(indexes)));
        return copy;
    }

    void build(ModelTable table, ModelIndex index) {
        built.computeIfAbsent(table, missing -> new ArrayList<>()).add(index);
    }

    void unbuild(ModelTable table, ModelIndex index) {
        unbuilt.computeIfAbsent(table, missing -> new ArrayList<>()).add(index);
    }

    void complete(ModelTable table, ModelIndex index) {
        completed.computeIfAbsent(table, missing -> new ArrayList<>()).add(index);
    }

    private static Map<ModelTable, TreeMap<byte[], Change>> copy(Map<ModelTable, TreeMap<byte[], Change>> from) {
        Map<ModelTable, TreeMap<byte[], Change>> copy = new LinkedHashMap<>();
        from.forEach((table, own) -> copy.put(table, new TreeMap<>(own)));
        return copy;
    }

    TreeMap<byte[], Change> own(ModelTable table) {
        return changes.computeIfAbsent(table, missing -> ModelTable.newMap());
    }

    void change(ModelTable table, byte[] key, long base, long serial) {
        Change before = own(table).get(key);
        own(table).put(key, new Change(before != null ? before.base : truncated.contains(table) ? 0 : base, serial));
    }

    void truncate(ModelTable table) {
        truncated.add(table);
        own(table).clear();
    }

    /** Whether its commit takes a timestamp. */
    boolean isWriter() {
        return transaction.id() != 0;
    }

    /** What the transaction sees of a table: its snapshot under its own changes. */
    TreeMap<byte[], Long> seen(ModelTable table) {
        boolean emptied = truncated.contains(table) || created.contains(table);
        return under(emptied ? ModelTable.newMap() : table.seenAt(snapshotTime()), own(table));
    }

    /** The newest rows of a table that nobody else can change now, the transaction's own among them. */
    TreeMap<byte[], Long> newest(ModelTable table) {
        boolean emptied = truncated.contains(table) || created.contains(table);
        return under(emptied ? ModelTable.newMap() : table.at(ModelTable.NEVER), own(table));
    }

    static TreeMap<byte[], Long> under(TreeMap<byte[], Long> committed, TreeMap<byte[], Change> own) {
        own.forEach((key, change) -> {
            if (change.serial == 0) {
                committed.remove(key);
            } else {
                committed.put(key, change.serial);
            }
        });
        return committed;
    }

    /** Remembers an answer, to be asked again at commit. */
    void note(ModelTable table, Function<TreeMap<byte[], Long>, List<Long>> question, List<Long> answer) {
        if (level == IsolationLevel.SERIALIZABLE) {
            boolean emptied = truncated.contains(table) || created.contains(table);
            reads.add(new Read(table, new TreeMap<>(own(table)), emptied, question, answer));
        }
    }
}
