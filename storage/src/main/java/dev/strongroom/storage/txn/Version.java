package dev.strongroom.storage.txn;

import org.jspecify.annotations.Nullable;

/** What a row was before a change, newest first. */
final class Version {
    final byte[] image;
    volatile @Nullable Version older;

    Version(byte[] image, @Nullable Version older) {
        this.image = image;
        this.older = older;
    }
}
