package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.common.cell.Cells;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.sql.validate.CellParameter.Usage;

/** Checks what clients send for encrypted columns and takes the envelope off (AE-109). The tag cannot be checked here. */
public final class CellInput {
    private final ColumnKeySet keys;
    private final boolean bare;

    /**
     * Input for the columns of a catalog state.
     *
     * @param bare takes cells without an envelope (AE-156)
     */
    public CellInput(ColumnKeySet keys, boolean bare) {
        this.keys = keys;
        this.bare = bare;
    }

    /**
     * The cell in a value.
     *
     * @param what names the value in messages, such as {@code parameter $1}
     * @throws DatabaseException SR206 where it is no cell, SR514 where it is one for another scheme
     */
    public byte[] open(byte[] value, EncryptionScheme scheme, Usage usage, String what) {
        CellEnvelope.Opened opened = CellEnvelope.open(value);
        if (opened == null) {
            if (bare && Cells.wellFormed(value)) {
                return value;
            }
            throw noCell(what, scheme, bare ? "it is no cell" : "it wears no cell envelope");
        }
        CellEnvelope envelope = opened.envelope();
        boolean known = envelope.algorithm() == CellEnvelope.ALGORITHM
                && (envelope.normalizationRule() == 1 || envelope.normalizationRule() == 2)
                && (envelope.encryptionType() == CellEnvelope.DETERMINISTIC
                        || envelope.encryptionType() == CellEnvelope.RANDOMIZED);
        if (!known) {
            throw noCell(what, scheme, "its envelope names an unknown algorithm, encryption type or rule");
        }
        if (!Cells.wellFormed(opened.cell())) {
            throw noCell(what, scheme, "its cell has a wrong length or version");
        }
        ColumnEncryptionKey key = keys.encryptionKey(envelope.keyId()).orElse(null);
        if (key == null || !key.versions().contains(envelope.keyVersion())) {
            throw stale(
                    what,
                    "its column encryption key " + Integer.toUnsignedString(envelope.keyId())
                            + " or that key's version is unknown",
                    scheme);
        }
        if (!fits(envelope, scheme, usage)) {
            throw stale(what, "it was encrypted for another column encryption key, type or data type", scheme);
        }
        return opened.cell();
    }

    private static boolean fits(CellEnvelope envelope, EncryptionScheme scheme, Usage usage) {
        boolean same = envelope.keyId() == scheme.keyOid()
                && envelope.encryptionType() == scheme.encryptionType()
                && envelope.normalizationRule() == scheme.normalizationRule()
                && envelope.baseOid() == scheme.baseType().oid();
        return same
                && (usage == Usage.COMPARE
                        ? sameScale(envelope, scheme)
                        : envelope.baseTypmod() == scheme.baseTypmod());
    }

    private static boolean sameScale(CellEnvelope envelope, EncryptionScheme scheme) {
        return scheme.baseType() != PgType.NUMERIC
                || scheme.baseTypmod() < 0
                || (envelope.baseTypmod() >= 0
                        && Typmods.numericScale(envelope.baseTypmod()) == Typmods.numericScale(scheme.baseTypmod()));
    }

    private DatabaseException noCell(String what, EncryptionScheme scheme, String why) {
        return NumberedError.ENCRYPTION_TYPE_CLASH
                .report("operand type clash: " + what + " is incompatible with " + shown(scheme) + ": " + why)
                .withHint("Values for encrypted columns are encrypted by a driver with column encryption enabled.")
                .exception();
    }

    private DatabaseException stale(String what, String why, EncryptionScheme scheme) {
        return NumberedError.STALE_ENCRYPTION_METADATA
                .report(what + " was sent with wrong encryption metadata: " + why)
                .withDetail("error 33514, severity 16, state 1; expected " + shown(scheme))
                .withHint("Describe the statement again and retry.")
                .exception();
    }

    private String shown(EncryptionScheme scheme) {
        return TypeNames.of(scheme.baseType(), scheme.baseTypmod()) + " encrypted with " + keys.describe(scheme);
    }
}
