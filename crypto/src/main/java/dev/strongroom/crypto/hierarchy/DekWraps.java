package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.key.KeyBuffer;
import java.security.spec.MGF1ParameterSpec;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/**
 * Wraps and opens database encryption keys: RSA-OAEP with SHA-256 under a certificate or a token's key, XAES-256-GCM under the service
 * master key for the system databases (S-3). Both are bound to encryption id and key version (TDE-513). A fresh wrap is
 * opened again and compared before anyone relies on it (S-2).
 */
public final class DekWraps {
    private static final UUID NO_GUID = new UUID(0, 0);

    private DekWraps() {}

    public static WrappedDek wrap(
            KeyBuffer dek, DekAlgorithm algorithm, int keyVersion, byte[] encryptionId, DekEncryptor encryptor) {
        byte[] label = WrappedDek.label(encryptionId, keyVersion);
        byte[] wrapped = dek.use(bytes -> encryptor.wrap(bytes, label));
        WrappedDek result = new WrappedDek(
                encryptor.kind(), algorithm, keyVersion, encryptionId.clone(), encryptor.thumbprint(), wrapped);
        try (KeyBuffer opened = open(result, encryptor).orElseThrow(DekWraps::wrapDoesNotOpen)) {
            if (!opened.sameAs(dek)) {
                throw wrapDoesNotOpen();
            }
        }
        return result;
    }

    private static RuntimeException wrapDoesNotOpen() {
        return NumberedError.ENCRYPTION_FAILED.exception("the private key does not open what the encryptor wrapped");
    }

    /** Empty if this encryptor does not open it, or what it opens has the wrong length. */
    public static Optional<KeyBuffer> open(WrappedDek wrapped, DekEncryptor encryptor) {
        return encryptor.open(wrapped.wrapped(), wrapped.label()).flatMap(dek -> checked(dek, wrapped));
    }

    public static WrappedDek wrap(
            KeyBuffer dek,
            DekAlgorithm algorithm,
            int keyVersion,
            byte[] encryptionId,
            ServiceMasterKey serviceKey,
            Randomness randomness) {
        byte[] label = WrappedDek.label(encryptionId, keyVersion);
        return new WrappedDek(
                WrappedDek.Encryptor.SERVICE_MASTER_KEY,
                algorithm,
                keyVersion,
                encryptionId.clone(),
                Thumbprint.ofServiceKey(serviceKey.guid()),
                serviceKey.wrapping().wrap(dek, KeyObject.DATABASE_ENCRYPTION_KEY, NO_GUID, label, randomness));
    }

    public static Optional<KeyBuffer> open(WrappedDek wrapped, ServiceMasterKey serviceKey) {
        return serviceKey
                .wrapping()
                .unwrap(wrapped.wrapped(), KeyObject.DATABASE_ENCRYPTION_KEY, NO_GUID, wrapped.label())
                .flatMap(dek -> checked(dek, wrapped));
    }

    private static Optional<KeyBuffer> checked(KeyBuffer dek, WrappedDek wrapped) {
        if (dek.length() != wrapped.algorithm().keyBytes()) {
            dek.close();
            return Optional.empty();
        }
        return Optional.of(dek);
    }

    static OAEPParameterSpec parameters(byte[] label) {
        return new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(label));
    }
}
