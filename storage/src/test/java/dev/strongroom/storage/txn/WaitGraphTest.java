package dev.strongroom.storage.txn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.file.StopSwitch;
import dev.strongroom.storage.temp.TempFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class WaitGraphTest {
    private final ThreadScheduler threads = new ThreadScheduler((role, failure) -> {});
    private final UndoFiles files = new UndoFiles(
            new UndoMemory(UndoMemory.Limits.DEFAULT),
            TempFiles.none(),
            threads,
            new VersionChains(),
            new StopSwitch(stopped -> {}));
    private final List<Object> signalled = new ArrayList<>();
    private Runnable meanwhile = () -> {};
    private final WaitGraph waits = new WaitGraph(new Scheduler() {
        @Override
        public boolean await(Object subject, BooleanSupplier condition, long timeoutNanos) {
            meanwhile.run();
            return condition.getAsBoolean();
        }

        @Override
        public void signal(Object subject) {
            signalled.add(subject);
        }

        @Override
        public Worker start(String role, Step step) {
            return threads.start(role, step);
        }
    });

    private Txn transaction() {
        return new Txn(new CancelFlag(), Long.MAX_VALUE, false, new UndoLog(files));
    }

    /** Most transactions end with nobody waiting for them: nobody is looked for then. */
    @Test
    void whoWaitsIsSignalledAndNobodyElse() {
        Txn holder = transaction();
        Txn waiter = transaction();
        waits.signal(holder);
        assertThat(signalled).isEmpty();
        meanwhile = () -> {
            holder.ended = true;
            waits.signal(holder);
        };
        waits.await(waiter, holder, holder.releases(), new WaitGraph.Patience(waiter));
        assertThat(signalled).containsExactly(holder);
        assertThat(waiter.isWaiting()).isFalse();
        waits.signal(holder);
        assertThat(signalled).as("he has gone on").hasSize(1);
    }
}
