package dev.strongroom.crypto.hierarchy;

import java.nio.ByteBuffer;
import java.util.UUID;

/// The associated data of a wrap (TDE-131), which keeps a wrap from being passed off as that of another object or
/// parent.
///
/// ```text
/// 0   1   object kind
/// 1   16  object guid
/// 17  16  parent guid; zero where a password or a root provider is the parent
/// 33  1   wrap version, 1
/// 34  ..  for a private key the certificate's SHA-256, for a database key encryption id and key version (S-2)
/// ```
public record WrapLabel(KeyObject object, UUID guid, UUID parent, byte[] context) {
    public static final UUID NO_PARENT = new UUID(0, 0);

    private static final int VERSION = 1;
    private static final byte[] NO_CONTEXT = new byte[0];

    public WrapLabel(KeyObject object, UUID guid, UUID parent) {
        this(object, guid, parent, NO_CONTEXT);
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(34 + context.length)
                .put((byte) object.code())
                .put(KeyObject.guidBytes(guid))
                .put(KeyObject.guidBytes(parent))
                .put((byte) VERSION)
                .put(context)
                .array();
    }
}
