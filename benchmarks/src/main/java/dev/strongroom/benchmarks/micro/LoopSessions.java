package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import dev.strongroom.storage.table.Transaction;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sessions driven as the server drives short statements: tried on an event loop, which never waits; the loop goes on with the
 * session once the log has got to its commit. What cannot be done without waiting is done again on a virtual thread. One session
 * on a loop of its own syncs the log itself.
 */
final class LoopSessions implements AutoCloseable {
    private static final int LOOPS = Runtime.getRuntime().availableProcessors();

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            LOOPS,
            new DefaultThreadFactory("loop", true),
            Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());

    /** What each session does, again and again. */
    record Work(Supplier<Transaction> begin, Consumer<Transaction> statement) {
        void runIn(Transaction transaction) {
            statement.accept(transaction);
            transaction.commit();
        }
    }

    /** One run of all sessions. */
    private record Run(Work work, boolean alone, long endNanos, LongAdder commits, CountDownLatch ended) {}

    /**
     * Runs one transaction after another in each session.
     *
     * @param nanos after which no more are begun
     * @return how many were committed
     */
    long run(int sessions, long nanos, Work work) {
        Run run = new Run(
                work, sessions <= LOOPS, System.nanoTime() + nanos, new LongAdder(), new CountDownLatch(sessions));
        for (int i = 0; i < sessions; i++) {
            EventLoop loop = loops.next();
            loop.execute(new Session(loop, run));
        }
        try {
            run.ended.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return run.commits.sum();
    }

    private static final class Session implements Runnable {
        private final EventLoop loop;
        private final Run run;
        private final NoWait trying = new NoWait();
        private boolean committing;

        Session(EventLoop loop, Run run) {
            this.loop = loop;
            this.run = run;
        }

        @Override
        public void run() {
            if (committing) {
                committing = false;
                run.commits.increment();
            }
            while (System.nanoTime() < run.endNanos) {
                if (!tries()) {
                    Thread.ofVirtual().start(this::waits);
                    return;
                }
                Completion left = trying.takeDeferred();
                if (left != null) {
                    committing = true;
                    left.whenDone(this::resume);
                    return;
                }
                run.commits.increment();
            }
            run.ended.countDown();
        }

        private boolean tries() {
            Transaction transaction = run.work.begin.get();
            trying.begin(run.alone);
            try {
                run.work.runIn(transaction);
                return true;
            } catch (WouldBlock later) {
                transaction.rollback();
                return false;
            } finally {
                trying.end();
            }
        }

        private void waits() {
            run.work.runIn(run.work.begin.get());
            committing = true;
            resume();
        }

        private void resume() {
            loop.execute(this);
        }
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
