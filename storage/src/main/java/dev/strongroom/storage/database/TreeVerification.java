package dev.strongroom.storage.database;

import dev.strongroom.storage.space.BitmapPage;
import dev.strongroom.storage.space.SpaceAllocator;
import dev.strongroom.storage.verify.Finding;
import java.util.BitSet;
import java.util.function.Consumer;

/** Level 3: every tree is in order, and every page in use belongs to exactly one of them. Nobody else uses the database. */
public final class TreeVerification {
    private TreeVerification() {}

    public static void check(StoredDatabase<TableContent> database, Consumer<Finding> findings) {
        Consumer<String> lines = what ->
                findings.accept(new Finding(database.id(), StoredDatabase.directory(database.id()), -1, 0, what));
        SpaceAllocator space = database.space();
        BitSet reached = database.content().tables().verify(lines, space::isTaken);
        long count = space.pageCount();
        for (long page = 0; page < count; page++) {
            if (space.isTaken(page) && !reached.get((int) page) && !BitmapPage.isBitmap(page)) {
                lines.accept("page " + page + " is in use but belongs to no tree");
            }
        }
    }
}
