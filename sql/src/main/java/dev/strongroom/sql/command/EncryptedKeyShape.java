package dev.strongroom.sql.command;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a column encryption key's value (section 4.1): version, two lengths, path, ciphertext, signature. Whoever pastes
 * a plaintext key gets an error instead of a key in the catalog (AE-52).
 */
final class EncryptedKeyShape {
    private static final int HEADER = 5;
    private static final int SMALLEST_MODULUS = 64;

    private EncryptedKeyShape() {}

    static void require(byte[] value, int position) {
        String problem = problem(value);
        if (problem != null) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE, "ENCRYPTED_VALUE is no encrypted column encryption key")
                    .withDetail(problem)
                    .withHint("The key tool makes it; a key itself never goes to the server.")
                    .withPosition(position)
                    .exception();
        }
    }

    private static @Nullable String problem(byte[] value) {
        if (value.length < HEADER + 2 * SMALLEST_MODULUS) {
            return "It has only " + value.length + " bytes.";
        }
        ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        if (in.get() != 1) {
            return "Its version is not 1.";
        }
        int path = Short.toUnsignedInt(in.getShort());
        int ciphertext = Short.toUnsignedInt(in.getShort());
        if (ciphertext < SMALLEST_MODULUS || value.length != HEADER + path + 2 * ciphertext || path % 2 != 0) {
            return "Its lengths do not add up.";
        }
        return null;
    }
}
