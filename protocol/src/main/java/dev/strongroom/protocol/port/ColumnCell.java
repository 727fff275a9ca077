package dev.strongroom.protocol.port;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a column or parameter is encrypted, for clients that speak the protocol extension (reference, section 6.3).
 *
 * @param keyId column encryption key
 * @param keyVersion its metadata version
 * @param algorithm of the cell
 * @param rule normalisation rule version
 * @param baseOid type of the plain value
 * @param baseLength {@code typlen} of that type
 * @param baseTypmod its modifier, -1 for none
 * @param values the key encrypted by one or two master keys
 */
public record ColumnCell(
        int keyId,
        long keyVersion,
        int algorithm,
        boolean deterministic,
        int rule,
        int baseOid,
        int baseLength,
        int baseTypmod,
        List<KeyValue> values) {
    private static final int DETERMINISTIC = 1;

    public ColumnCell {
        values = List.copyOf(values);
    }

    /** Flags of AE-117: 1 deterministic; no key allows enclaves. */
    public int flags() {
        return deterministic ? DETERMINISTIC : 0;
    }

    /** A column encryption key under one master key. */
    public record KeyValue(MasterKey masterKey, String algorithm, byte[] encrypted) {}

    /**
     * Where a client finds a column master key.
     *
     * @param signature what allows enclave computations, null without
     */
    public record MasterKey(int id, String name, String provider, String path, byte @Nullable [] signature) {}
}
