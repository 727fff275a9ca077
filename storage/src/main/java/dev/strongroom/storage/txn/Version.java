package dev.strongroom.storage.txn;

import org.jspecify.annotations.Nullable;

/** What a row was before a change, newest first. */
final class Version {
    /** Stands for a version that went to a file: no chain has it. */
    static final Version IN_FILE = new Version(0, new byte[0], null);

    /** Transaction that replaced it. */
    final long writer;

    final byte[] image;
    volatile @Nullable Version older;

    Version(long writer, byte[] image, @Nullable Version older) {
        this.writer = writer;
        this.image = image;
        this.older = older;
    }
}
