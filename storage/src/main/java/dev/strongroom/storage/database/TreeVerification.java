package dev.strongroom.storage.database;

import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.storage.verify.VerifyProgress;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Level 3: every tree is in order, and no page belongs to two of them or is free. For databases nobody uses, and for those in use. */
public final class TreeVerification {
    private static final Logger LOG = LoggerFactory.getLogger(TreeVerification.class);

    private TreeVerification() {}

    /**
     * The same beside other work, but for pages that belong to nothing, which are no damage.
     *
     * @param progress told after each tree how many of how many are done
     */
    public static void checkLive(
            StoredDatabase<TableContent> database, Consumer<Finding> findings, VerifyProgress progress) {
        Consumer<String> lines = what ->
                findings.accept(new Finding(database.id(), StoredDatabase.directory(database.id()), -1, 0, what));
        SpaceAllocator space = database.space();
        List<Long> trees = database.content().tables().trees();
        for (int i = 0; i < trees.size(); i++) {
            database.content().tables().verifyLive(trees.get(i), lines, space::isTaken);
            progress.accept(i + 1, trees.size());
        }
    }

    public static void check(StoredDatabase<TableContent> database, Consumer<Finding> findings) {
        Consumer<String> lines = what ->
                findings.accept(new Finding(database.id(), StoredDatabase.directory(database.id()), -1, 0, what));
        SpaceAllocator space = database.space();
        BitSet reached = database.content().tables().verify(lines, space::isTaken);
        long lost = 0;
        for (long page = 0; page < space.pageCount(); page++) {
            if (space.isTaken(page) && !reached.get((int) page) && !BitmapPage.isBitmap(page)) {
                lost++;
            }
        }
        if (lost > 0) {
            // A crash between making a tree's root and entering it among the trees leaves one: wasted, not damaged.
            LOG.info("database {}: {} pages are in use but belong to no tree", database.id(), lost);
        }
    }
}
