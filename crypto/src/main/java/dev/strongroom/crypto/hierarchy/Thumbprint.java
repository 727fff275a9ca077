package dev.strongroom.crypto.hierarchy;

import dev.strongroom.crypto.key.Jca;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/** Twenty bytes that name an encryptor: a certificate's SHA-1 (TDE-215). It identifies, it does not protect. */
public final class Thumbprint {
    public static final int BYTES = 20;

    private final byte[] bytes;

    private Thumbprint(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Thumbprint of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("thumbprint of " + bytes.length + " bytes");
        }
        return new Thumbprint(bytes.clone());
    }

    public static Thumbprint ofCertificate(byte[] der) {
        return new Thumbprint(Jca.digest("SHA-1").digest(der));
    }

    /** What stands in a boot record for a service master key: its guid and four zero bytes. */
    public static Thumbprint ofServiceKey(UUID guid) {
        return new Thumbprint(
                ByteBuffer.allocate(BYTES).put(KeyObject.guidBytes(guid)).array());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public String hex() {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Thumbprint that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** As SQL Server prints it. */
    @Override
    public String toString() {
        return "0x" + hex();
    }
}
