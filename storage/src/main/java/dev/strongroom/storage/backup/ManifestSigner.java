package dev.strongroom.storage.backup;

import dev.strongroom.crypto.hierarchy.WrappedDek;
import java.util.Optional;

/** Signs a backup's manifest with the key of a certificate (TDE-518). */
public interface ManifestSigner {
    /** Leaves every backup unsigned. */
    Finder NOBODY = key -> Optional.empty();

    /** Who can sign with the key of the certificate that wrapped this key. */
    interface Finder {
        Optional<ManifestSigner> of(WrappedDek key);
    }

    /** The certificate, DER. */
    byte[] certificate();

    /** An RSA-PSS signature with SHA-256. */
    byte[] sign(byte[] content);
}
