package dev.strongroom.storage.log;

import dev.strongroom.crypto.dek.KeyVersion;
import org.jspecify.annotations.Nullable;

/** The keys of the log: what the next segment is sealed under, and how to open older ones. */
public interface LogKeys {
    /** Key version of the next segment; null for plain. */
    @Nullable
    KeyVersion target();

    /** An open version, null if it is not held. */
    @Nullable
    KeyVersion find(int version);

    /** Thumbprint (20 bytes) and wrapped key for the header of a segment under a version; informative, for RESTORE. */
    Wrapped wrapped(int version);

    /** Goes into a segment's header. */
    record Wrapped(byte[] thumbprint, byte[] key) {
        /** Of a plain segment. */
        public static final Wrapped NONE = new Wrapped(new byte[20], new byte[0]);
    }
}
