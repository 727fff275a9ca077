package dev.strongroom.storage.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.storage.tree.MemoryStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S-17: table locks are given in the order in which they are asked for. */
class TableLockQueueTest {
    private static final long FIRST = 700;
    private static final long SECOND = 701;
    private static final int SECONDS = 30;

    private final TableStore database = StoredTableTest.MemoryDatabase.open(new MemoryStorage(16L << 20), 600);
    private final AtomicBoolean enough = new AtomicBoolean();

    @AfterEach
    void close() {
        enough.set(true);
        database.close();
    }

    private Transaction begin() {
        return begin(new CancelFlag());
    }

    private Transaction begin(CancelFlag cancel) {
        Transaction transaction = database.begin(new TransactionOptions(
                IsolationLevel.READ_COMMITTED, false, cancel, TimeUnit.SECONDS.toNanos(SECONDS)));
        transaction.beginStatement();
        return transaction;
    }

    private Transaction holding(long tree, TableLockMode mode) {
        Transaction transaction = begin();
        transaction.lockTable(tree, mode, WaitPolicy.WAIT);
        return transaction;
    }

    /** Asks in a thread of its own, and waits. */
    private static CompletableFuture<Void> lockLater(Transaction transaction, long tree, TableLockMode mode) {
        CompletableFuture<Void> asked = lock(transaction, tree, mode);
        awaitWaiting(transaction);
        return asked;
    }

    private static CompletableFuture<Void> lock(Transaction transaction, long tree, TableLockMode mode) {
        return CompletableFuture.runAsync(
                () -> transaction.lockTable(tree, mode, WaitPolicy.WAIT),
                work -> Thread.ofPlatform().daemon().start(work));
    }

    private static void awaitWaiting(Transaction transaction) {
        while (!StoredTransaction.writer(transaction).isWaiting()) {
            Thread.onSpinWait();
        }
    }

    private static void join(CompletableFuture<?> work) throws Exception {
        work.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("S-17: a table that others write at every moment can be had alone, by who waits for it")
    void aTableInUseAllTheTimeCanBeHadAlone() throws Exception {
        Transaction first = holding(FIRST, TableLockMode.ROW_EXCLUSIVE);
        Transaction alone = begin();
        CompletableFuture<Void> waiting = lockLater(alone, FIRST, TableLockMode.ACCESS_EXCLUSIVE);
        Transaction newcomer = begin();
        CompletableFuture<Void> behind = lockLater(newcomer, FIRST, TableLockMode.ROW_EXCLUSIVE);
        first.lockTable(FIRST, TableLockMode.SHARE_ROW_EXCLUSIVE, WaitPolicy.WAIT);
        first.commit();
        join(waiting);
        assertThat(behind).isNotDone();
        alone.commit();
        join(behind);
        newcomer.commit();
    }

    @Test
    @DisplayName("S-17: who may not wait is refused behind a request as well; who gives up is not waited for")
    void aRequestThatGivesUpIsInNobodysWay() throws Exception {
        Transaction first = holding(FIRST, TableLockMode.ACCESS_SHARE);
        CancelFlag cancel = new CancelFlag();
        Transaction alone = begin(cancel);
        CompletableFuture<Void> waiting = lockLater(alone, FIRST, TableLockMode.ACCESS_EXCLUSIVE);
        Transaction impatient = begin();
        assertThatThrownBy(() -> impatient.lockTable(FIRST, TableLockMode.ACCESS_SHARE, WaitPolicy.FAIL))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LOCK_NOT_AVAILABLE));
        Transaction newcomer = begin();
        CompletableFuture<Void> behind = lockLater(newcomer, FIRST, TableLockMode.ACCESS_SHARE);
        cancel.cancel();
        join(behind);
        assertThatThrownBy(waiting::join).hasRootCauseInstanceOf(DatabaseException.class);
        first.commit();
        newcomer.commit();
        impatient.rollback();
        alone.rollback();
    }

    @Test
    @DisplayName("S-17: who waits for his turn only goes ahead where all would wait for ever")
    void aTurnIsNoDeadlock() throws Exception {
        Transaction reader = holding(FIRST, TableLockMode.ACCESS_SHARE);
        Transaction other = holding(SECOND, TableLockMode.ACCESS_EXCLUSIVE);
        Transaction alone = begin();
        CompletableFuture<Void> waiting = lockLater(alone, FIRST, TableLockMode.ACCESS_EXCLUSIVE);
        CompletableFuture<Void> polite = lockLater(other, FIRST, TableLockMode.ACCESS_SHARE);
        CompletableFuture<Void> last = lock(reader, SECOND, TableLockMode.ACCESS_SHARE);
        join(polite);
        other.commit();
        join(last);
        reader.commit();
        join(waiting);
        alone.commit();
    }

    @Test
    @DisplayName("S-17: the last of them to ask goes ahead himself if his turn is what would close the circle")
    void whoWouldCloseTheCircleGoesAhead() throws Exception {
        Transaction reader = holding(FIRST, TableLockMode.ACCESS_SHARE);
        Transaction other = holding(SECOND, TableLockMode.ACCESS_EXCLUSIVE);
        CompletableFuture<Void> blocked = lockLater(reader, SECOND, TableLockMode.ACCESS_SHARE);
        Transaction alone = begin();
        CompletableFuture<Void> waiting = lockLater(alone, FIRST, TableLockMode.ACCESS_EXCLUSIVE);
        join(lock(other, FIRST, TableLockMode.ACCESS_SHARE));
        other.commit();
        join(blocked);
        reader.commit();
        join(waiting);
        alone.commit();
    }

    @Test
    @DisplayName("S-17: a deadlock of holders is one behind a queue too")
    void deadlocksAreFound() throws Exception {
        Transaction left = holding(FIRST, TableLockMode.ACCESS_EXCLUSIVE);
        Transaction right = holding(SECOND, TableLockMode.ACCESS_EXCLUSIVE);
        CompletableFuture<Void> waiting = lockLater(left, SECOND, TableLockMode.ACCESS_SHARE);
        assertThatThrownBy(() -> right.lockTable(FIRST, TableLockMode.ACCESS_SHARE, WaitPolicy.WAIT))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLOCK_DETECTED));
        right.rollback();
        join(waiting);
        left.commit();
    }

    @Test
    @DisplayName("S-17: among writers that overlap all the time an exclusive request gets its turn, again and again")
    void nobodyStarves() throws Exception {
        CountDownLatch started = new CountDownLatch(4);
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            writers.add(CompletableFuture.runAsync(
                    () -> overlap(started), work -> Thread.ofPlatform().daemon().start(work)));
        }
        assertThat(started.await(SECONDS, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 20; i++) {
            Transaction alone = begin();
            alone.lockTable(FIRST, TableLockMode.ACCESS_EXCLUSIVE, WaitPolicy.WAIT);
            alone.commit();
        }
        enough.set(true);
        for (CompletableFuture<Void> writer : writers) {
            join(writer);
        }
    }

    /** Begins each transaction before the last has ended. */
    private void overlap(CountDownLatch started) {
        Transaction last = null;
        while (!enough.get()) {
            Transaction next = begin();
            boolean locked = false;
            try {
                next.lockTable(FIRST, TableLockMode.ROW_EXCLUSIVE, WaitPolicy.FAIL);
                locked = true;
            } catch (DatabaseException behind) {
                next.rollback();
            }
            if (last != null) {
                last.commit();
            }
            last = locked ? next : null;
            started.countDown();
        }
        if (last != null) {
            last.commit();
        }
    }
}
