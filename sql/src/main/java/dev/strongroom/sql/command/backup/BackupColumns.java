package dev.strongroom.sql.command.backup;

import dev.strongroom.sql.session.ResultColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns of {@code RESTORE HEADERONLY}, {@code FILELISTONLY} and {@code LABELONLY}, named as in SQL Server 2022. */
public final class BackupColumns {
    static final List<ResultColumn> HEADER = ResultTable.columns(
            "BackupName nvarchar(128), BackupDescription nvarchar(255), BackupType smallint, ExpirationDate datetime,"
                    + " Compressed bit, Position smallint, DeviceType tinyint, UserName nvarchar(128),"
                    + " ServerName nvarchar(128), DatabaseName nvarchar(128), DatabaseVersion int,"
                    + " DatabaseCreationDate datetime, BackupSize numeric, FirstLSN numeric, LastLSN numeric,"
                    + " CheckpointLSN numeric, DatabaseBackupLSN numeric, BackupStartDate datetime,"
                    + " BackupFinishDate datetime, SortOrder smallint, CodePage smallint, UnicodeLocaleId int,"
                    + " UnicodeComparisonStyle int, CompatibilityLevel tinyint, SoftwareVendorId int,"
                    + " SoftwareVersionMajor int, SoftwareVersionMinor int, SoftwareVersionBuild int,"
                    + " MachineName nvarchar(128), Flags int, BindingID uniqueidentifier,"
                    + " RecoveryForkID uniqueidentifier, Collation nvarchar(128), FamilyGUID uniqueidentifier,"
                    + " HasBulkLoggedData bit, IsSnapshot bit, IsReadOnly bit, IsSingleUser bit,"
                    + " HasBackupChecksums bit, IsDamaged bit, BeginsLogChain bit, HasIncompleteMetaData bit,"
                    + " IsForceOffline bit, IsCopyOnly bit, FirstRecoveryForkID uniqueidentifier,"
                    + " ForkPointLSN numeric, RecoveryModel nvarchar(60), DifferentialBaseLSN numeric,"
                    + " DifferentialBaseGUID uniqueidentifier, BackupTypeDescription nvarchar(128),"
                    + " BackupSetGUID uniqueidentifier, CompressedBackupSize bigint, Containment tinyint,"
                    + " KeyAlgorithm nvarchar(32), EncryptorThumbprint varbinary, EncryptorType nvarchar(32),"
                    + " LastValidRestoreTime datetime, TimeZone nvarchar(32), CompressionAlgorithm nvarchar(32),"
                    + " TdeThumbprints nvarchar");

    static final List<ResultColumn> FILES = ResultTable.columns(
            "LogicalName nvarchar(128), PhysicalName nvarchar(260), Type char(1), FileGroupName nvarchar(128),"
                    + " Size numeric, MaxSize numeric, FileID bigint, CreateLSN numeric, DropLSN numeric,"
                    + " UniqueID uniqueidentifier, ReadOnlyLSN numeric, ReadWriteLSN numeric,"
                    + " BackupSizeInBytes bigint, SourceBlockSize int, FileGroupID int,"
                    + " LogGroupGUID uniqueidentifier, DifferentialBaseLSN numeric,"
                    + " DifferentialBaseGUID uniqueidentifier, IsReadOnly bit, IsPresent bit,"
                    + " TDEThumbprint varbinary, SnapshotURL nvarchar(360)");

    static final List<ResultColumn> LABEL = ResultTable.columns(
            "MediaName nvarchar(128), MediaSetId uniqueidentifier, FamilyCount int, FamilySequenceNumber int,"
                    + " MediaFamilyId uniqueidentifier, MediaSequenceNumber int, MediaLabelPresent tinyint,"
                    + " MediaDescription nvarchar(255), SoftwareName nvarchar(128), SoftwareVendorId int,"
                    + " MediaDate datetime, Mirror_Count int, IsCompressed bit");

    private BackupColumns() {}

    /** Columns of RESTORE HEADERONLY and its kin; null for VERIFYONLY, which has none. */
    public static @Nullable List<ResultColumn> of(String what) {
        return switch (what) {
            case "HEADERONLY" -> HEADER;
            case "FILELISTONLY" -> FILES;
            case "LABELONLY" -> LABEL;
            default -> null;
        };
    }
}
