package dev.strongroom.server.boot;

import dev.strongroom.catalog.key.BackupProof;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.crypto.hierarchy.Certificate;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.ManifestCheck;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.file.DiskFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code strongroom verify --backup}: proves backup files unchanged with no server, data directory or private key at hand
 * (TDE-517, TDE-518): every chunk against the manifest, and the manifest's signature.
 */
final class BackupVerification {
    private final PrintStream out;
    private final boolean json;
    private long defects;
    private long chunks;

    BackupVerification(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /**
     * Verifies every backup set of a media set.
     *
     * @param devices all files of the media set
     * @param certificate file of the certificate that must have signed; null for whichever the backup names
     */
    ExitCode run(List<Path> devices, @Nullable Path certificate) throws IOException {
        Certificate signer = certificate == null ? null : Certificate.parse(Files.readAllBytes(certificate));
        List<String> paths =
                devices.stream().map(path -> path.toAbsolutePath().toString()).toList();
        int sets = 0;
        try (MediaReader media = MediaReader.open(new DiskFiles(Path.of("/")), paths)) {
            media.requireAllFamilies();
            for (MediaReader.BackupSet set : media.sets()) {
                verify(media, set, signer);
                sets++;
            }
            if (media.hasUnfinishedTail()) {
                MediaReader.Family first = media.families().getFirst();
                found(first.path(), first.size(), "an incomplete backup set follows the last good one");
            }
        } catch (DatabaseException failure) {
            found(paths.getFirst(), -1, failure.report().message());
        }
        out.println(
                json
                        ? "{\"kind\":\"summary\",\"sets\":" + sets + ",\"chunks\":" + chunks + ",\"defects\":" + defects
                                + "}"
                        : "verified " + Counted.of(sets, "backup set") + ", " + Counted.of(chunks, "chunk") + ", "
                                + Counted.of(defects, "defect"));
        return defects == 0 ? ExitCode.OK : ExitCode.DEFECTS_FOUND;
    }

    private void verify(MediaReader media, MediaReader.BackupSet set, @Nullable Certificate signer) {
        BackupManifest manifest = set.manifest();
        BackupDescription backup = set.description();
        String device = media.families().getFirst().path();
        chunks += manifest.chunks();
        new ManifestCheck(media, set).run(defect -> found(defect.device(), defect.position(), defect.what()));
        String by = "not signed";
        Optional<String> doubt = BackupProof.doubt(
                manifest,
                List.of(),
                thumbprint -> Optional.ofNullable(signer)
                        .filter(certificate -> certificate.thumbprint().equals(thumbprint)),
                BackupProof.ServiceKeys.NONE);
        WrappedDek proving = backup.provingKey();
        if (doubt.isPresent()) {
            found(device, -1, "the manifest of backup set " + set.position() + " proves nothing: " + doubt.get());
        } else if (proving != null && proving.encryptor() == WrappedDek.Encryptor.SERVICE_MASTER_KEY) {
            by = "signed by service master key " + proving.thumbprint() + ", which only restore-system can check";
        } else if (proving != null && proving.encryptor() == WrappedDek.Encryptor.ASYMMETRIC_KEY) {
            by = "signed by asymmetric key " + proving.thumbprint();
        } else if (manifest.isSigned()) {
            Certificate found = Certificate.parse(manifest.certificate());
            by = "signed by certificate " + found.thumbprint();
            if (signer != null && !Arrays.equals(found.encoded(), signer.encoded())) {
                found(device, -1, "backup set " + set.position() + " is " + by + ", not by " + signer.thumbprint());
            }
        } else if (signer != null) {
            found(device, -1, "backup set " + set.position() + " is not signed");
        }
        if (!json) {
            out.println("backup set " + set.position() + ": "
                    + backup.kind().name().toLowerCase(Locale.ROOT) + " of \""
                    + backup.origin().databaseName() + "\", LSN "
                    + backup.range().firstLsn() + " to "
                    + backup.range().lastLsn() + ", " + by);
        }
    }

    private void found(String device, long position, String what) {
        defects++;
        String at = position < 0 ? "" : ", byte " + position;
        out.println(
                json
                        ? "{\"kind\":\"defect\",\"file\":\"" + escaped(device) + "\",\"position\":" + position
                                + ",\"what\":\"" + escaped(what) + "\"}"
                        : device + at + ": " + what);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
