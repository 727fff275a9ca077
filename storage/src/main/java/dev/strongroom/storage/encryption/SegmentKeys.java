package dev.strongroom.storage.encryption;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.log.LogKeys;
import dev.strongroom.storage.page.Protection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keys of the log: the same versions that seal pages. */
public final class SegmentKeys implements LogKeys {
    private final Protection protection;
    private final Supplier<EncryptionFacts> facts;

    public SegmentKeys(Protection protection, Supplier<EncryptionFacts> facts) {
        this.protection = protection;
        this.facts = facts;
    }

    @Override
    public @Nullable KeyVersion target() {
        return protection.target();
    }

    @Override
    public @Nullable KeyVersion find(int version) {
        return protection.keys().find(version);
    }

    @Override
    public Wrapped wrapped(int version) {
        WrappedDek key = facts.get().key(version);
        return key == null ? Wrapped.NONE : new Wrapped(key.thumbprint().bytes(), key.encode());
    }
}
