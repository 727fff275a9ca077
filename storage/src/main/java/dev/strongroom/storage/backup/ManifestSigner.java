package dev.strongroom.storage.backup;

/** Signs a backup's manifest with the key of a certificate (TDE-518). */
public interface ManifestSigner {
    /** The certificate, DER. */
    byte[] certificate();

    /** An RSA-PSS signature with SHA-256. */
    byte[] sign(byte[] content);
}
