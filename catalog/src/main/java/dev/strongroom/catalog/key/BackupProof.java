package dev.strongroom.catalog.key;

import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.Certificate;
import dev.strongroom.crypto.hierarchy.CertificateSignature;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupManifest;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a backup is what its database's server wrote (TDE-518). A backup whose keys a certificate protects must be signed by
 * that very certificate: without the signature, anyone with write access to the media could change it and sum it up anew.
 */
public final class BackupProof {
    private BackupProof() {}

    /**
     * Why a manifest proves nothing; empty if it holds, or if nobody could have signed it: a plain database.
     *
     * @param known keys of the database that the backup is to be laid over; none where there is no such database
     * @param local the certificates that are here; the signer is compared with them byte for byte
     * @param serviceKeys MAC of a service master key that is here, for backups of system databases
     */
    public static Optional<String> doubt(
            BackupManifest manifest,
            List<WrappedDek> known,
            Function<Thumbprint, Optional<Certificate>> local,
            ServiceKeys serviceKeys) {
        WrappedDek proving = manifest.description().provingKey();
        if (proving != null && proving.encryptor() == WrappedDek.Encryptor.SERVICE_MASTER_KEY) {
            return doubtOfSystem(manifest, proving, serviceKeys);
        }
        if (proving == null) {
            proving = newest(known);
        }
        boolean expected = signs(proving) || signs(newest(known));
        if (!manifest.isSigned()) {
            return expected ? Optional.of("it is not signed") : Optional.empty();
        }
        if (proving != null && proving.encryptor() == WrappedDek.Encryptor.ASYMMETRIC_KEY) {
            return doubtOfDevice(manifest, proving);
        }
        Certificate signer;
        try {
            signer = Certificate.parse(manifest.certificate());
        } catch (RuntimeException malformed) {
            return Optional.of("its certificate is malformed");
        }
        if (!CertificateSignature.verify(signer, manifest.signedContent(), manifest.signature())) {
            return Optional.of("the signature does not fit");
        }
        if (proving == null || !proving.thumbprint().equals(signer.thumbprint())) {
            return Optional.of(
                    "it is signed by certificate " + signer.thumbprint() + ", which does not protect its key");
        }
        boolean same = local.apply(signer.thumbprint())
                .map(certificate -> Arrays.equals(certificate.encoded(), signer.encoded()))
                .orElse(true);
        return same ? Optional.empty() : Optional.of("another certificate has the thumbprint of its signer");
    }

    /** The service master keys of a machine. */
    @FunctionalInterface
    public interface ServiceKeys {
        /** A machine without any. */
        ServiceKeys NONE = (thumbprint, content) -> Optional.empty();

        /** The MAC of the key of this thumbprint over this content; empty if the key is not here. */
        Optional<byte[]> mac(Thumbprint thumbprint, byte[] content);
    }

    /** Who does not have the key can neither prove nor open it. */
    private static Optional<String> doubtOfSystem(
            BackupManifest manifest, WrappedDek proving, ServiceKeys serviceKeys) {
        if (!manifest.isSigned()) {
            return Optional.of("it is not signed");
        }
        boolean fits = serviceKeys
                .mac(proving.thumbprint(), manifest.signedContent())
                .map(mac -> MessageDigest.isEqual(mac, manifest.signature()))
                .orElse(true);
        return fits ? Optional.empty() : Optional.of("the signature does not fit");
    }

    /** A key in a token is named by the thumbprint of its public half, which stands where a certificate would. */
    private static Optional<String> doubtOfDevice(BackupManifest manifest, WrappedDek proving) {
        AsymmetricKey signer;
        try {
            signer = AsymmetricKey.parse(manifest.certificate());
        } catch (RuntimeException malformed) {
            return Optional.of("its public key is malformed");
        }
        if (!proving.thumbprint().equals(signer.thumbprint())) {
            return Optional.of("it is signed by key " + signer.thumbprint() + ", which does not protect its key");
        }
        boolean fits = CertificateSignature.verify(signer.publicKey(), manifest.signedContent(), manifest.signature());
        return fits ? Optional.empty() : Optional.of("the signature does not fit");
    }

    private static boolean signs(@Nullable WrappedDek key) {
        return key != null && key.encryptor() != WrappedDek.Encryptor.SERVICE_MASTER_KEY;
    }

    private static @Nullable WrappedDek newest(List<WrappedDek> keys) {
        return keys.stream()
                .max(Comparator.comparingInt(WrappedDek::keyVersion))
                .orElse(null);
    }
}
