package dev.strongroom.crypto.hierarchy;

import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// One version of a database encryption key as the boot record and log segment headers carry it. Nothing in it is
/// secret.
///
/// ```text
/// 0   1   format, 1
/// 1   1   encryptor: 1 certificate, 2 asymmetric key, 3 service master key
/// 2   1   algorithm
/// 3   1   zero
/// 4   4   key version
/// 8   16  encryption id
/// 24  20  encryptor thumbprint
/// 44  2   length of the wrapped key
/// 46  ..  wrapped key
/// ```
public record WrappedDek(
        Encryptor encryptor,
        DekAlgorithm algorithm,
        int keyVersion,
        byte[] encryptionId,
        Thumbprint thumbprint,
        byte[] wrapped) {
    /** Largest encoding: RSA-4096. */
    public static final int MAX_BYTES = 46 + 512;

    private static final int FORMAT = 1;
    private static final int HEADER_BYTES = 46;

    /** What kind of key wraps a DEK. */
    public enum Encryptor {
        CERTIFICATE(1, "CERTIFICATE"),
        ASYMMETRIC_KEY(2, "ASYMMETRIC KEY"),
        SERVICE_MASTER_KEY(3, "SERVICE MASTER KEY");

        private final int code;
        private final String viewName;

        Encryptor(int code, String viewName) {
            this.code = code;
            this.viewName = viewName;
        }

        /** Column {@code encryptor_type}. */
        public String viewName() {
            return viewName;
        }

        static Optional<Encryptor> ofCode(int code) {
            for (Encryptor encryptor : values()) {
                if (encryptor.code == code) {
                    return Optional.of(encryptor);
                }
            }
            return Optional.empty();
        }
    }

    /** What binds a wrap to its database: encryption id and key version (TDE-513). */
    public static byte[] label(byte[] encryptionId, int keyVersion) {
        return ByteBuffer.allocate(encryptionId.length + Integer.BYTES)
                .put(encryptionId)
                .putInt(keyVersion)
                .array();
    }

    public byte[] label() {
        return label(encryptionId, keyVersion);
    }

    public byte[] encode() {
        return ByteBuffer.allocate(HEADER_BYTES + wrapped.length)
                .put((byte) FORMAT)
                .put((byte) encryptor.code)
                .put((byte) algorithm.code())
                .put((byte) 0)
                .putInt(keyVersion)
                .put(encryptionId)
                .put(thumbprint.bytes())
                .putShort((short) wrapped.length)
                .put(wrapped)
                .array();
    }

    /** Reads one encoding at the buffer's position and moves past it; empty if it is none. */
    public static Optional<WrappedDek> decode(ByteBuffer buffer) {
        try {
            int format = buffer.get();
            Optional<Encryptor> encryptor = Encryptor.ofCode(buffer.get());
            Optional<DekAlgorithm> algorithm = DekAlgorithm.ofCode(buffer.get());
            int zero = buffer.get();
            int keyVersion = buffer.getInt();
            byte[] encryptionId = new byte[KeyVersion.ENCRYPTION_ID_BYTES];
            byte[] thumbprint = new byte[Thumbprint.BYTES];
            buffer.get(encryptionId).get(thumbprint);
            byte[] wrapped = new byte[Short.toUnsignedInt(buffer.getShort())];
            buffer.get(wrapped);
            if (format != FORMAT || zero != 0 || encryptor.isEmpty() || algorithm.isEmpty() || keyVersion <= 0) {
                return Optional.empty();
            }
            return Optional.of(new WrappedDek(
                    encryptor.get(), algorithm.get(), keyVersion, encryptionId, Thumbprint.of(thumbprint), wrapped));
        } catch (BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "WrappedDek[" + keyVersion + " " + algorithm + " by " + encryptor + " " + thumbprint + "]";
    }
}
