package dev.strongroom.sql.command.backup;

import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.MediaHeader;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.boot.BackupFacts;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of RESTORE HEADERONLY, FILELISTONLY and LABELONLY. All of it can be read without any key (TDE-330). */
final class BackupRows {
    private static final int DISK = 2;
    private static final int COMPATIBILITY = 160;
    /** Flags as in HEADERONLY: 16 checksums, 1024 … of bulk-logged data and snapshots we have none; 512 copy only. */
    private static final int FLAG_CHECKSUMS = 16;

    private static final int FLAG_COPY_ONLY = 1024;
    private static final int VENDOR = 4608;
    private static final long PAGE_BYTES = 8192;

    private BackupRows() {}

    static UUID uuid(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new UUID(in.getLong(), in.getLong());
    }

    private static @Nullable UUID uuidOrNull(byte[] bytes) {
        UUID uuid = uuid(bytes);
        return uuid.equals(new UUID(0, 0)) ? null : uuid;
    }

    static void header(ResultTable out, MediaReader.BackupSet set) {
        BackupDescription backup = set.description();
        BackupDescription.Origin origin = backup.origin();
        BackupDescription.Range range = backup.range();
        UUID family = uuid(backup.boot().databaseUuid());
        UUID fork = uuid(range.forkUuid());
        boolean differential = backup.kind() == BackupKind.DIFFERENTIAL;
        out.setText("BackupName", origin.name()).setText("BackupDescription", origin.description());
        out.set("BackupType", backup.kind().number()).setTime("ExpirationDate", origin.expiresMicros());
        out.set("Compressed", backup.sealing().compressed()).set("Position", set.position());
        out.set("DeviceType", DISK).set("UserName", origin.userName()).set("ServerName", origin.serverName());
        out.set("DatabaseName", origin.databaseName()).set("DatabaseVersion", 1);
        out.setTime("DatabaseCreationDate", origin.databaseCreatedMicros());
        long plain = backup.kind() == BackupKind.LOG
                ? range.lastLsn() - range.firstLsn()
                : backup.pages() * PAGE_BYTES + range.lastLsn() - range.firstLsn();
        out.set("BackupSize", plain).set("CompressedBackupSize", backup.bytes());
        out.set("FirstLSN", range.firstLsn()).set("LastLSN", range.lastLsn());
        out.set("CheckpointLSN", backup.boot().redoLsn()).set("DatabaseBackupLSN", range.baseLsn());
        out.setTime("BackupStartDate", backup.startMicros()).setTime("BackupFinishDate", backup.finishMicros());
        out.set("SortOrder", 0).set("CodePage", 0).set("UnicodeLocaleId", 0).set("UnicodeComparisonStyle", 0);
        out.set("CompatibilityLevel", COMPATIBILITY).set("SoftwareVendorId", VENDOR);
        out.set("SoftwareVersionMajor", 1).set("SoftwareVersionMinor", 0).set("SoftwareVersionBuild", 0);
        out.set("MachineName", origin.serverName());
        out.set("Flags", FLAG_CHECKSUMS | (origin.copyOnly() ? FLAG_COPY_ONLY : 0));
        out.set("BindingID", family).set("FamilyGUID", family).set("Collation", "C.UTF-8");
        out.set("RecoveryForkID", fork).set("FirstRecoveryForkID", fork);
        for (String no : List.of(
                "HasBulkLoggedData",
                "IsSnapshot",
                "IsReadOnly",
                "IsSingleUser",
                "IsDamaged",
                "HasIncompleteMetaData",
                "IsForceOffline",
                "Containment")) {
            out.set(no, 0);
        }
        out.set("HasBackupChecksums", 1).set("IsCopyOnly", origin.copyOnly());
        boolean begins = backup.kind() == BackupKind.LOG && range.firstLsn() == range.baseLsn();
        out.set("BeginsLogChain", begins);
        boolean simple = backup.boot().backup().recoveryModel() == BackupFacts.SIMPLE;
        out.set("RecoveryModel", simple ? "SIMPLE" : "FULL");
        out.set("DifferentialBaseLSN", differential ? range.baseLsn() : null);
        out.set("DifferentialBaseGUID", differential ? uuidOrNull(range.baseUuid()) : null);
        out.set("BackupTypeDescription", typeName(backup.kind())).set("BackupSetGUID", uuid(backup.setUuid()));
        out.setTime("LastValidRestoreTime", backup.finishMicros()).set("TimeZone", "UTC");
        out.set("CompressionAlgorithm", backup.sealing().compressed() ? "DEFLATE" : null);
        encryption(out, backup);
        out.emit();
    }

    private static void encryption(ResultTable out, BackupDescription backup) {
        WrappedDek key = backup.hasOwnKey() ? backup.sealing().key() : null;
        out.set(
                "KeyAlgorithm",
                key == null ? "NO_Encryption" : key.algorithm().name().toLowerCase(java.util.Locale.ROOT));
        out.set("EncryptorThumbprint", key == null ? null : key.thumbprint().bytes());
        out.set("EncryptorType", key == null ? null : key.encryptor().viewName());
        String needed = backup.keys().stream()
                .map(dek -> dek.thumbprint().toString())
                .distinct()
                .collect(Collectors.joining(","));
        out.setText("TdeThumbprints", needed);
    }

    private static String typeName(BackupKind kind) {
        return switch (kind) {
            case DATABASE -> "Database";
            case LOG -> "Transaction Log";
            case DIFFERENTIAL -> "Database Differential";
        };
    }

    static void files(ResultTable out, BackupDescription backup) {
        String name = backup.origin().databaseName();
        WrappedDek newest = backup.boot().encryption().newestKey();
        byte[] thumbprint = newest == null ? null : newest.thumbprint().bytes();
        int id = backup.boot().databaseId();
        long logBytes = backup.range().lastLsn() - backup.range().firstLsn();
        out.set("LogicalName", name)
                .set("PhysicalName", "db/" + id + "/data.00000001")
                .set("Type", "D");
        out.set("FileGroupName", "PRIMARY").set("Size", backup.boot().pageCount() * PAGE_BYTES);
        out.set("FileID", 1L)
                .set("BackupSizeInBytes", backup.pages() * PAGE_BYTES)
                .set("FileGroupID", 1);
        file(out, backup, thumbprint);
        out.set("LogicalName", name + "_log")
                .set("PhysicalName", "db/" + id + "/log")
                .set("Type", "L");
        out.set("Size", logBytes)
                .set("FileID", 2L)
                .set("BackupSizeInBytes", logBytes)
                .set("FileGroupID", 0);
        file(out, backup, thumbprint);
    }

    private static void file(ResultTable out, BackupDescription backup, byte @Nullable [] thumbprint) {
        out.set("MaxSize", 0L)
                .set("CreateLSN", 0L)
                .set("DropLSN", 0L)
                .set("ReadOnlyLSN", 0L)
                .set("ReadWriteLSN", 0L);
        out.set("UniqueID", uuid(backup.boot().databaseUuid())).set("SourceBlockSize", 4096);
        out.set("DifferentialBaseLSN", backup.range().baseLsn());
        out.set("DifferentialBaseGUID", uuidOrNull(backup.range().baseUuid()));
        out.set("IsReadOnly", 0).set("IsPresent", 1).set("TDEThumbprint", thumbprint);
        out.emit();
    }

    static void label(ResultTable out, MediaReader media) {
        MediaHeader header = media.media();
        UUID set = uuid(header.mediaUuid());
        boolean compressed = media.sets().stream()
                .anyMatch(each -> each.description().sealing().compressed());
        out.setText("MediaName", header.name()).set("MediaSetId", set).set("FamilyCount", header.families());
        out.set("FamilySequenceNumber", header.family());
        out.set(
                "MediaFamilyId",
                new UUID(set.getMostSignificantBits(), set.getLeastSignificantBits() ^ header.family()));
        out.set("MediaSequenceNumber", 1).set("MediaLabelPresent", header.name().isEmpty() ? 0 : 1);
        out.setText("MediaDescription", header.description()).set("SoftwareName", "Strongroom");
        out.set("SoftwareVendorId", VENDOR).setTime("MediaDate", header.createdMicros());
        out.set("Mirror_Count", 1).set("IsCompressed", compressed);
        out.emit();
    }
}
