package dev.strongroom.storage.backup;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import org.jspecify.annotations.Nullable;

/**
 * What a backup shall be.
 *
 * @param compress deflate what goes in
 * @param key key of this backup; null = none. The caller closes it
 * @param wrappedKey the same, wrapped by the certificate
 * @param signers who signs the manifest
 * @param truncateOnly of a log backup: nothing is kept back, as the database is given up afterwards
 */
public record BackupOrder(
        BackupKind kind,
        BackupDescription.Origin origin,
        boolean compress,
        @Nullable KeyVersion key,
        @Nullable WrappedDek wrappedKey,
        ManifestSigner.Finder signers,
        boolean truncateOnly) {
    /** A backup without any option. */
    public static BackupOrder plain(BackupKind kind, BackupDescription.Origin origin) {
        return new BackupOrder(kind, origin, false, null, null, ManifestSigner.NOBODY, false);
    }
}
