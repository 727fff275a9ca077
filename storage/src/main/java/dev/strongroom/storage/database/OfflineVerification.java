package dev.strongroom.storage.database;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.storage.buffer.BufferPool;
import dev.strongroom.storage.file.OverlayFiles;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.storage.verify.PageCheck;
import dev.strongroom.storage.verify.VerifyProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Verifies databases nobody has open: repairs and recovers each in an overlay, so that a crashed server's data can be judged
 * without being changed, then checks it (decision S-25). Nothing is written to the disk.
 */
public final class OfflineVerification<C extends StoredContent> {
    private final StorageEnvironment environment;
    private final ContentFactory<C> factory;
    private final Deeper<C> deeper;
    private Progress progress = (database, page, total) -> {};
    private long pages;

    /** Told now and then how far it is. */
    @FunctionalInterface
    public interface Progress {
        void accept(int databaseId, long pages, long total);
    }

    public void reportTo(Progress listener) {
        progress = listener;
    }

    /** Checks of what stands in the pages. */
    @FunctionalInterface
    public interface Deeper<C extends StoredContent> {
        void check(StoredDatabase<C> database, Consumer<Finding> findings);
    }

    /**
     * @param environment its files are only read
     * @param deeper checks beyond the pages
     */
    public OfflineVerification(StorageEnvironment environment, ContentFactory<C> factory, Deeper<C> deeper) {
        this.environment = environment;
        this.factory = factory;
        this.deeper = deeper;
    }

    /** Pages looked at so far. */
    public long pages() {
        return pages;
    }

    /** Verifies one database. */
    public void verify(int id, Consumer<Finding> findings) {
        OverlayFiles overlay = new OverlayFiles(environment.files());
        StorageEnvironment above = new StorageEnvironment(
                overlay,
                environment.scheduler(),
                environment.clock(),
                environment.randomness(),
                environment.instanceKey(),
                environment.encryptors(),
                environment.decisions(),
                environment.settings(),
                stopped -> {});
        BufferPool pool = new BufferPool(environment.settings().bufferPoolBytes(), environment.scheduler());
        try {
            StoredDatabase<C> database = StoredDatabase.inspect(above, id, pool, factory);
            try {
                long[] damaged = new long[1];
                pages += pageCheck(database)
                        .run(
                                Runnable::run,
                                finding -> {
                                    damaged[0]++;
                                    findings.accept(finding);
                                },
                                done -> progress.accept(
                                        id, done, database.store().pageCount()));
                if (damaged[0] == 0) {
                    // A page that does not open has said enough by itself, and spoils the sums.
                    rolledBack(database, findings);
                }
                deeper.check(database, findings);
            } finally {
                database.close();
            }
        } catch (DatabaseException failure) {
            findings.accept(new Finding(
                    id, StoredDatabase.directory(id), -1, 0, failure.report().message()));
        } finally {
            overlay.release();
        }
    }

    private static PageCheck pageCheck(StoredDatabase<?> database) {
        return new PageCheck(
                database.id(), database.store(), () -> database.log().endLsn());
    }

    /** Levels 1 and 2 of a database in use, beside its work. */
    public static void verifyOpen(StoredDatabase<?> database, Consumer<Finding> findings) {
        verifyOpen(database, findings, VerifyProgress.NONE);
    }

    /** As {@link #verifyOpen(StoredDatabase, Consumer)}, and says how many pages of how many have been looked at. */
    public static void verifyOpen(StoredDatabase<?> database, Consumer<Finding> findings, VerifyProgress progress) {
        List<Finding> damaged = new ArrayList<>();
        pageCheck(database)
                .run(
                        database.pages().flusher()::betweenBatches,
                        damaged::add,
                        done -> progress.accept(done, database.store().pageCount()));
        damaged.forEach(findings);
        if (damaged.isEmpty()) {
            rolledBack(database, findings);
        }
    }

    /** Level 2: the tags add up to what the page journal says (TDE-519). */
    public static void rolledBack(StoredDatabase<?> database, Consumer<Finding> findings) {
        for (int version : database.rolledBack()) {
            String what = version == 0
                    ? "the page journal is older than the boot record (91011)"
                    : "pages under key version " + version + " are older than they should be (91011)";
            findings.accept(new Finding(database.id(), StoredDatabase.directory(database.id()), -1, version, what));
        }
    }
}
