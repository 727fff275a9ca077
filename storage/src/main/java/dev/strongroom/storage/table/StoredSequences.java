package dev.strongroom.storage.table;

import dev.strongroom.common.time.Mutex;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.storage.tree.Leaf;
import dev.strongroom.storage.tree.Tree;
import dev.strongroom.storage.txn.Txn;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The engine's {@link Sequences}: one entry per sequence in {@code sys_sequence}, ahead of what was handed out by up
/// to 32
/// values (decision S-15).
///
/// ```text
/// key    sequence id (8)
/// value  start, increment, minimum, maximum (8 each), cycle (1), last value (8), called (1), big-endian
/// ```
final class StoredSequences implements Sequences {
    private static final int AHEAD = 32;
    private static final int LENGTH = 5 * 8 + 2;

    private final TableStore store;
    private final ConcurrentHashMap<Long, Counter> counters = new ConcurrentHashMap<>();

    /** In memory: what was really handed out, and how many more may be before the entry must move. */
    private static final class Counter {
        final Mutex mutex;
        SequenceCounter now;
        int reserved;
        /** Where the record of the last reservation ends. */
        long reservationLsn;

        Counter(Mutex mutex, SequenceCounter now) {
            this.mutex = mutex;
            this.now = now;
        }
    }

    StoredSequences(TableStore store) {
        this.store = store;
    }

    private Tree tree() {
        return store.state(TableStore.SYS_SEQUENCE).tree;
    }

    @Override
    public long create(Transaction transaction, SequenceLayout layout) {
        Txn txn = StoredTransaction.writer(transaction);
        long sequenceId = store.newSequenceId();
        SequenceCounter counter = SequenceCounter.start(layout);
        txn.onRollback(() -> counters.remove(sequenceId));
        store.change(txn, tree(), TableStore.key(sequenceId), encode(counter));
        return sequenceId;
    }

    @Override
    public void alter(Transaction transaction, long sequenceId, SequenceLayout layout) {
        Txn txn = StoredTransaction.writer(transaction);
        Counter counter = counter(sequenceId);
        counter.mutex.lock();
        try {
            SequenceCounter before = counter.now;
            txn.onRollback(() -> {
                counter.now = new SequenceCounter(before.layout(), counter.now.lastValue(), counter.now.called());
                counter.reserved = 0;
            });
            counter.now = before.with(layout);
            counter.reserved = 0;
            store.change(txn, tree(), TableStore.key(sequenceId), encode(counter.now));
        } finally {
            counter.mutex.unlock();
        }
    }

    @Override
    public void drop(Transaction transaction, long sequenceId) {
        Txn txn = StoredTransaction.writer(transaction);
        store.change(txn, tree(), TableStore.key(sequenceId), null);
        txn.cleanup(() -> counters.remove(sequenceId));
    }

    @Override
    public long next(long sequenceId) {
        store.refuseReadOnly();
        Counter counter = counter(sequenceId);
        counter.mutex.lock();
        try {
            SequenceCounter next = counter.now.next();
            if (counter.reserved == 0) {
                NoWait.check();
                counter.reservationLsn = reserve(sequenceId, counter, next);
            }
            // Also for values of a reservation whose maker did not wait to the end.
            store.log.durable(counter.reservationLsn);
            counter.reserved--;
            counter.now = next;
            return next.lastValue();
        } finally {
            counter.mutex.unlock();
        }
    }

    private long reserve(long sequenceId, Counter counter, SequenceCounter next) {
        store.log.admit();
        SequenceCounter ahead = next;
        int reserved = 1;
        while (reserved < AHEAD && ahead.hasNext()) {
            ahead = ahead.next();
            reserved++;
        }
        counter.reserved = reserved;
        return store.changeForever(tree(), TableStore.key(sequenceId), encode(ahead));
    }

    @Override
    public void set(long sequenceId, long value, boolean called) {
        store.refuseReadOnly();
        store.log.admit();
        Counter counter = counter(sequenceId);
        counter.mutex.lock();
        try {
            counter.now = new SequenceCounter(counter.now.layout(), value, called);
            counter.reserved = 0;
            store.log.durable(store.changeForever(tree(), TableStore.key(sequenceId), encode(counter.now)));
        } finally {
            counter.mutex.unlock();
        }
    }

    @Override
    public State state(long sequenceId) {
        Counter counter = counter(sequenceId);
        counter.mutex.lock();
        try {
            return new State(counter.now.lastValue(), counter.now.called());
        } finally {
            counter.mutex.unlock();
        }
    }

    private Counter counter(long sequenceId) {
        Counter counter = counters.get(sequenceId);
        if (counter != null) {
            return counter;
        }
        SequenceCounter stored = read(sequenceId);
        if (stored == null) {
            throw TransactionErrors.noSequence(sequenceId);
        }
        Counter loaded = new Counter(new Mutex(store.scheduler), stored);
        Counter other = counters.putIfAbsent(sequenceId, loaded);
        return other != null ? other : loaded;
    }

    private @Nullable SequenceCounter read(long sequenceId) {
        Leaf leaf = new Leaf();
        tree().seek(TableStore.key(sequenceId), leaf);
        try {
            return leaf.found() ? decode(leaf.value(leaf.index())) : null;
        } finally {
            tree().releaseShared(leaf);
        }
    }

    private static byte[] encode(SequenceCounter counter) {
        SequenceLayout layout = counter.layout();
        return ByteBuffer.allocate(LENGTH)
                .putLong(layout.start())
                .putLong(layout.increment())
                .putLong(layout.minimum())
                .putLong(layout.maximum())
                .put((byte) (layout.cycle() ? 1 : 0))
                .putLong(counter.lastValue())
                .put((byte) (counter.called() ? 1 : 0))
                .array();
    }

    private static SequenceCounter decode(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        SequenceLayout layout = new SequenceLayout(
                buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.get() != 0);
        return new SequenceCounter(layout, buffer.getLong(), buffer.get() != 0);
    }
}
