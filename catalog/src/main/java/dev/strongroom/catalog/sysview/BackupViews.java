package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.backup.BackupHistory;
import dev.strongroom.catalog.backup.HistoryEntry;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.ComputedRelation;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.pgview.SystemRelation;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.MediaHeader;
import dev.strongroom.storage.boot.BackupFacts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The history of backups and restores: {@code msdb.dbo.backupset} and its kin, members of schema {@code sys} here. */
public final class BackupViews {
    private static final SystemTable SETS = SysTable.of(
            15240,
            "backupset",
            "backup_set_id int, backup_set_uuid uniqueidentifier, media_set_id int, first_family_number tinyint,"
                    + " first_media_number smallint, last_family_number tinyint, last_media_number smallint,"
                    + " catalog_family_number tinyint, catalog_media_number smallint, position int, expiration_date datetime,"
                    + " software_vendor_id int, name nvarchar(128), description nvarchar(255), user_name nvarchar(128),"
                    + " software_major_version tinyint, software_minor_version tinyint, software_build_version smallint,"
                    + " time_zone smallint, mtf_minor_version tinyint, first_lsn bigint, last_lsn bigint,"
                    + " checkpoint_lsn bigint, database_backup_lsn bigint, database_creation_date datetime,"
                    + " backup_start_date datetime, backup_finish_date datetime, type char(1), sort_order smallint,"
                    + " code_page smallint, compatibility_level tinyint, database_version int, backup_size bigint,"
                    + " database_name nvarchar(128), server_name nvarchar(128), machine_name nvarchar(128), flags int,"
                    + " unicode_locale int, unicode_compare_style int, collation_name nvarchar(128), is_password_protected bit,"
                    + " recovery_model nvarchar(60), has_bulk_logged_data bit, is_snapshot bit, is_readonly bit,"
                    + " is_single_user bit, has_backup_checksums bit, is_damaged bit, begins_log_chain bit,"
                    + " has_incomplete_metadata bit, is_force_offline bit, is_copy_only bit,"
                    + " first_recovery_fork_guid uniqueidentifier, last_recovery_fork_guid uniqueidentifier,"
                    + " fork_point_lsn bigint, database_guid uniqueidentifier, family_guid uniqueidentifier,"
                    + " differential_base_lsn bigint, differential_base_guid uniqueidentifier, compressed_backup_size bigint,"
                    + " key_algorithm nvarchar(32), encryptor_thumbprint varbinary, encryptor_type nvarchar(32)");

    private static final SystemTable MEDIA_SETS = SysTable.of(
            15241,
            "backupmediaset",
            "media_set_id int, media_uuid uniqueidentifier, media_family_count tinyint, name nvarchar(128),"
                    + " description nvarchar(255), software_name nvarchar(128), software_vendor_id int,"
                    + " mtf_major_version tinyint, mirror_count tinyint, is_password_protected bit, is_compressed bit,"
                    + " is_encrypted bit");

    private static final SystemTable FAMILIES = SysTable.of(
            15242,
            "backupmediafamily",
            "media_set_id int, family_sequence_number tinyint, media_family_id uniqueidentifier, media_count int,"
                    + " logical_device_name nvarchar(128), physical_device_name nvarchar(260), device_type tinyint,"
                    + " physical_block_size int, mirror tinyint");

    private static final SystemTable FILES = SysTable.of(
            15243,
            "backupfile",
            "backup_set_id int, first_family_number tinyint, first_media_number smallint, filegroup_name nvarchar(128),"
                    + " page_size int, file_number bigint, backed_up_page_count bigint, file_type char(1),"
                    + " source_file_block_size bigint, file_size bigint, logical_name nvarchar(128),"
                    + " physical_drive nvarchar(260), physical_name nvarchar(260), state tinyint, state_desc nvarchar(64),"
                    + " create_lsn bigint, drop_lsn bigint, file_guid uniqueidentifier, read_only_lsn bigint,"
                    + " read_write_lsn bigint, differential_base_lsn bigint, differential_base_guid uniqueidentifier,"
                    + " backup_size bigint, filegroup_guid uniqueidentifier, is_readonly bit, is_present bit");

    private static final SystemTable RESTORES = SysTable.of(
            15244,
            "restorehistory",
            "restore_history_id int, restore_date datetime, destination_database_name nvarchar(128),"
                    + " user_name nvarchar(128), backup_set_id int, restore_type char(1), replace bit, recovery bit,"
                    + " restart bit, stop_at datetime, device_count tinyint, stop_at_mark_name nvarchar(128),"
                    + " stop_before bit");

    private static final SystemTable RESTORED_FILES = SysTable.of(
            15245,
            "restorefile",
            "restore_history_id int, file_number bigint, destination_phys_drive nvarchar(260),"
                    + " destination_phys_name nvarchar(260)");

    private static final SystemTable MARKS = SysTable.of(
            15247,
            "logmarkhistory",
            "database_name nvarchar(128), mark_name nvarchar(128), description nvarchar(255), user_name nvarchar(128),"
                    + " lsn bigint, mark_time datetime");

    private static final int DISK = 2;
    private static final int VENDOR = 4608;
    private static final int PAGE_BYTES = 8192;
    private static final int COMPATIBILITY = 160;

    private final BackupHistory history;

    public BackupViews(BackupHistory history) {
        this.history = history;
    }

    public List<SystemRelation> all() {
        return List.of(
                view(SETS, this::sets),
                view(MEDIA_SETS, this::mediaSets),
                view(FAMILIES, this::families),
                view(FILES, this::files),
                view(RESTORES, this::restores),
                view(RESTORED_FILES, this::restoredFiles),
                view(MARKS, this::marks));
    }

    private static SystemRelation view(SystemTable table, ComputedRelation.Source source) {
        return new ComputedRelation(table, false, source);
    }

    /** A backup with its numbers. */
    private record Numbered(int id, int mediaId, HistoryEntry.Backup entry) {}

    /** Everybody sees what concerns databases they control. */
    private List<Numbered> backups(SystemContext context) {
        Viewer viewer = Viewer.of(context);
        Map<UUID, Integer> media = new HashMap<>();
        List<Numbered> found = new ArrayList<>();
        int[] id = {0};
        history.forEach((number, entry) -> {
            if (entry instanceof HistoryEntry.Backup backup) {
                id[0]++;
                int mediaId = media.computeIfAbsent(uuid(backup.media().mediaUuid()), ignored -> media.size() + 1);
                if (viewer.seesServerState()
                        || sees(context, viewer, backup.backup().origin().databaseName())) {
                    found.add(new Numbered(id[0], mediaId, backup));
                }
            }
        });
        return found;
    }

    private static boolean sees(SystemContext context, Viewer viewer, String database) {
        return context.snapshot()
                .shared()
                .database(database)
                .filter(definition -> viewer.controls(definition.oid()))
                .isPresent();
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new UUID(in.getLong(), in.getLong());
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private void sets(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Numbered numbered : backups(context)) {
            HistoryEntry.Backup entry = numbered.entry;
            BackupDescription backup = entry.backup();
            BackupDescription.Origin origin = backup.origin();
            SETS.columns().stream()
                    .map(column -> column.name())
                    .filter(name -> name.startsWith("is_") || name.startsWith("has_"))
                    .forEach(name -> row.set(name, 0));
            row.set("backup_set_id", numbered.id)
                    .set("backup_set_uuid", uuid(backup.setUuid()))
                    .set("media_set_id", numbered.mediaId)
                    .set("first_family_number", 1)
                    .set("first_media_number", 1)
                    .set("last_family_number", entry.media().families())
                    .set("last_media_number", 1)
                    .set("catalog_family_number", 1)
                    .set("catalog_media_number", 1)
                    .set("position", entry.position())
                    .set("expiration_date", Viewer.timestamp(origin.expiresMicros()))
                    .set("software_vendor_id", VENDOR)
                    .set("name", orNull(origin.name()))
                    .set("description", orNull(origin.description()))
                    .set("user_name", origin.userName())
                    .set("software_major_version", 1)
                    .set("software_minor_version", 0)
                    .set("software_build_version", 0)
                    .set("time_zone", 0)
                    .set("mtf_minor_version", 0)
                    .set("database_creation_date", Viewer.timestamp(origin.databaseCreatedMicros()))
                    .set("backup_start_date", Viewer.timestamp(backup.startMicros()))
                    .set("backup_finish_date", Viewer.timestamp(backup.finishMicros()))
                    .set("type", backup.kind().letter())
                    .set("sort_order", 0)
                    .set("code_page", 0)
                    .set("compatibility_level", COMPATIBILITY)
                    .set("database_version", 1)
                    .set("database_name", origin.databaseName())
                    .set("server_name", origin.serverName())
                    .set("machine_name", origin.serverName())
                    .set("flags", origin.copyOnly() ? 1024 + 16 : 16)
                    .set("unicode_locale", 0)
                    .set("unicode_compare_style", 0)
                    .set("collation_name", "C.UTF-8")
                    .set("has_backup_checksums", 1)
                    .set("is_copy_only", origin.copyOnly() ? 1 : 0);
            lsns(row, backup);
            encryption(row, backup);
            row.emit(sink);
        }
    }

    private static void lsns(RowBuilder row, BackupDescription backup) {
        BackupDescription.Range range = backup.range();
        boolean differential = backup.kind() == BackupKind.DIFFERENTIAL;
        boolean simple = backup.boot().backup().recoveryModel() == BackupFacts.SIMPLE;
        boolean begins = backup.kind() == BackupKind.LOG && range.firstLsn() == range.baseLsn();
        row.set("first_lsn", range.firstLsn())
                .set("last_lsn", range.lastLsn())
                .set("checkpoint_lsn", backup.boot().redoLsn())
                .set("database_backup_lsn", range.baseLsn())
                .set("backup_size", backup.pages() * PAGE_BYTES + range.lastLsn() - range.firstLsn())
                .set("compressed_backup_size", backup.bytes())
                .set("recovery_model", simple ? "SIMPLE" : "FULL")
                .set("begins_log_chain", begins ? 1 : 0)
                .set("first_recovery_fork_guid", uuid(range.forkUuid()))
                .set("last_recovery_fork_guid", uuid(range.forkUuid()))
                .set("database_guid", uuid(backup.boot().databaseUuid()))
                .set("family_guid", uuid(backup.boot().databaseUuid()))
                .set("differential_base_lsn", differential ? range.baseLsn() : null)
                .set("differential_base_guid", differential ? uuid(range.baseUuid()) : null);
    }

    private static void encryption(RowBuilder row, BackupDescription backup) {
        WrappedDek key = backup.hasOwnKey() ? backup.sealing().key() : null;
        row.set("key_algorithm", key == null ? null : key.algorithm().name().toLowerCase(Locale.ROOT))
                .set(
                        "encryptor_thumbprint",
                        key == null ? null : key.thumbprint().bytes())
                .set("encryptor_type", key == null ? null : key.encryptor().viewName());
    }

    private void mediaSets(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        TreeMap<Integer, Numbered> media = new TreeMap<>();
        backups(context).forEach(numbered -> media.putIfAbsent(numbered.mediaId, numbered));
        media.forEach((id, numbered) -> {
            MediaHeader header = numbered.entry.media();
            row.set("media_set_id", id)
                    .set("media_uuid", uuid(header.mediaUuid()))
                    .set("media_family_count", header.families())
                    .set("name", orNull(header.name()))
                    .set("description", orNull(header.description()))
                    .set("software_name", "Strongroom")
                    .set("software_vendor_id", VENDOR)
                    .set("mtf_major_version", 1)
                    .set("mirror_count", 1)
                    .set("is_password_protected", 0)
                    .set("is_compressed", numbered.entry.backup().sealing().compressed() ? 1 : 0)
                    .set("is_encrypted", header.encrypted() ? 1 : 0)
                    .emit(sink);
        });
    }

    private void families(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        TreeMap<Integer, Numbered> media = new TreeMap<>();
        backups(context).forEach(numbered -> media.put(numbered.mediaId, numbered));
        media.forEach((id, numbered) -> {
            UUID uuid = uuid(numbered.entry.media().mediaUuid());
            int family = 1;
            for (String device : numbered.entry.devices()) {
                row.set("media_set_id", id)
                        .set("family_sequence_number", family)
                        .set(
                                "media_family_id",
                                new UUID(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits() ^ family))
                        .set("media_count", 1)
                        .set("physical_device_name", device)
                        .set("device_type", DISK)
                        .set("physical_block_size", 4096)
                        .set("mirror", 0)
                        .emit(sink);
                family++;
            }
        });
    }

    private void files(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Numbered numbered : backups(context)) {
            BackupDescription backup = numbered.entry.backup();
            long logBytes = backup.range().lastLsn() - backup.range().firstLsn();
            if (backup.kind().hasPages()) {
                file(row, numbered, "D", backup.boot().pageCount() * PAGE_BYTES, backup.pages() * PAGE_BYTES);
                row.set("file_number", 1L)
                        .set("filegroup_name", "PRIMARY")
                        .set("backed_up_page_count", backup.pages())
                        .emit(sink);
            }
            file(row, numbered, "L", logBytes, logBytes);
            row.set("file_number", 2L).emit(sink);
        }
    }

    private static void file(RowBuilder row, Numbered numbered, String type, long size, long backedUp) {
        BackupDescription backup = numbered.entry.backup();
        String name = backup.origin().databaseName();
        String directory = "db/" + backup.boot().databaseId();
        row.set("backup_set_id", numbered.id)
                .set("first_family_number", 1)
                .set("first_media_number", 1)
                .set("page_size", PAGE_BYTES)
                .set("file_type", type)
                .set("source_file_block_size", 4096L)
                .set("file_size", size)
                .set("logical_name", type.equals("D") ? name : name + "_log")
                .set("physical_name", directory + (type.equals("D") ? "/data.00000001" : "/log"))
                .set("state", 0)
                .set("state_desc", "ONLINE")
                .set("file_guid", uuid(backup.boot().databaseUuid()))
                .set("backup_size", backedUp)
                .set("is_readonly", 0)
                .set("is_present", 1);
    }

    private void restores(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        Map<UUID, Integer> sets = new HashMap<>();
        int[] backups = {0};
        int[] id = {0};
        history.forEach((number, entry) -> {
            switch (entry) {
                case HistoryEntry.Backup backup -> {
                    backups[0]++;
                    sets.put(uuid(backup.backup().setUuid()), backups[0]);
                }
                case HistoryEntry.Restore restore -> {
                    id[0]++;
                    if (viewer.seesServerState() || sees(context, viewer, restore.database())) {
                        row.set("restore_history_id", id[0])
                                .set("restore_date", Viewer.timestamp(restore.micros()))
                                .set("destination_database_name", restore.database())
                                .set("user_name", restore.user())
                                .set("backup_set_id", sets.get(uuid(restore.setUuid())))
                                .set("restore_type", restore.type())
                                .set("replace", restore.replace() ? 1 : 0)
                                .set("recovery", restore.recovery() ? 1 : 0)
                                .set("restart", 0)
                                .set("stop_at", Viewer.timestamp(restore.stopMicros()))
                                .set("stop_at_mark_name", orNull(restore.stopMark()))
                                .set("stop_before", restore.stopMark().isEmpty() ? null : restore.stopBefore() ? 1 : 0)
                                .emit(sink);
                    }
                }
                case HistoryEntry.Mark ignored -> {}
            }
        });
    }

    private void marks(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        history.forEach((number, entry) -> {
            if (entry instanceof HistoryEntry.Mark mark
                    && (viewer.seesServerState() || sees(context, viewer, mark.database()))) {
                row.set("database_name", mark.database())
                        .set("mark_name", mark.name())
                        .set("description", orNull(mark.description()))
                        .set("user_name", mark.user())
                        .set("lsn", mark.lsn())
                        .set("mark_time", Viewer.timestamp(mark.micros()))
                        .emit(sink);
            }
        });
    }

    private void restoredFiles(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        // Files lie where the server puts them; nothing to tell.
    }
}
