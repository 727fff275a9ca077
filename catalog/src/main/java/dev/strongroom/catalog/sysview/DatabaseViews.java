package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.encryption.EncryptionStatus;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code sys.databases} (TDE-209), every column SQL Server 2022 documents up to catalog_collation_type_desc. */
final class DatabaseViews {
    static final SystemTable DATABASES = SysTable.of(
            15208,
            "databases",
            "name sysname, database_id int, source_database_id int, owner_sid varbinary, create_date datetime,"
                    + " compatibility_level tinyint, collation_name sysname, user_access tinyint,"
                    + " user_access_desc nvarchar(60), is_read_only bit, is_auto_close_on bit, is_auto_shrink_on bit,"
                    + " state tinyint, state_desc nvarchar(60), is_in_standby bit, is_cleanly_shutdown bit,"
                    + " is_supplemental_logging_enabled bit, snapshot_isolation_state tinyint,"
                    + " snapshot_isolation_state_desc nvarchar(60), is_read_committed_snapshot_on bit, recovery_model tinyint,"
                    + " recovery_model_desc nvarchar(60), page_verify_option tinyint, page_verify_option_desc nvarchar(60),"
                    + " is_auto_create_stats_on bit, is_auto_create_stats_incremental_on bit, is_auto_update_stats_on bit,"
                    + " is_auto_update_stats_async_on bit, is_ansi_null_default_on bit, is_ansi_nulls_on bit,"
                    + " is_ansi_padding_on bit, is_ansi_warnings_on bit, is_arithabort_on bit,"
                    + " is_concat_null_yields_null_on bit, is_numeric_roundabort_on bit, is_quoted_identifier_on bit,"
                    + " is_recursive_triggers_on bit, is_cursor_close_on_commit_on bit, is_local_cursor_default bit,"
                    + " is_fulltext_enabled bit, is_trustworthy_on bit, is_db_chaining_on bit, is_parameterization_forced bit,"
                    + " is_master_key_encrypted_by_server bit, is_query_store_on bit, is_published bit, is_subscribed bit,"
                    + " is_merge_published bit, is_distributor bit, is_sync_with_backup bit,"
                    + " service_broker_guid uniqueidentifier, is_broker_enabled bit, log_reuse_wait tinyint,"
                    + " log_reuse_wait_desc nvarchar(60), is_date_correlation_on bit, is_cdc_enabled bit, is_encrypted bit,"
                    + " is_honor_broker_priority_on bit, replica_id uniqueidentifier, group_database_id uniqueidentifier,"
                    + " resource_pool_id int, default_language_lcid smallint, default_language_name nvarchar(128),"
                    + " default_fulltext_language_lcid int, default_fulltext_language_name nvarchar(128),"
                    + " is_nested_triggers_on bit, is_transform_noise_words_on bit, two_digit_year_cutoff smallint,"
                    + " containment tinyint, containment_desc nvarchar(60), target_recovery_time_in_seconds int,"
                    + " delayed_durability int, delayed_durability_desc nvarchar(60),"
                    + " is_memory_optimized_elevate_to_snapshot_on bit, is_federation_member bit,"
                    + " is_remote_data_archive_enabled bit, is_mixed_page_allocation_on bit, is_temporal_retention_enabled bit,"
                    + " catalog_collation_type int, catalog_collation_type_desc nvarchar(60)");

    /** Column {@code state}. */
    private enum State {
        ONLINE(0),
        RESTORING(1),
        RECOVERY_PENDING(3),
        OFFLINE(6);

        private final int code;

        State(int code) {
            this.code = code;
        }
    }

    private final KeyServices services;

    DatabaseViews(KeyServices services) {
        this.services = services;
    }

    void databases(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        context.snapshot().shared().databases().stream()
                .filter(viewer::sees)
                .sorted(Comparator.comparingInt(DatabaseDefinition::oid))
                .forEach(database -> {
                    DATABASES.columns().stream()
                            .map(column -> column.name())
                            .filter(name -> name.startsWith("is_"))
                            .forEach(name -> row.set(name, 0));
                    identity(row, database);
                    options(row, database);
                    encryption(row, database);
                    row.emit(sink);
                });
    }

    private void identity(RowBuilder row, DatabaseDefinition database) {
        boolean open = services.databases().find(database.oid()).isPresent();
        boolean restoring = !open && services.databases().isRestoring(database.oid());
        State state = open
                ? State.ONLINE
                : restoring
                        ? State.RESTORING
                        : database.availability().offline() ? State.OFFLINE : State.RECOVERY_PENDING;
        long created = database.createdMicros() != 0
                ? database.createdMicros()
                : services.instance().serviceKey().createdMicros();
        row.set("name", database.name())
                .set("create_date", Viewer.timestamp(created))
                .set("database_id", database.oid())
                .set(
                        "owner_sid",
                        ByteBuffer.allocate(Integer.BYTES)
                                .putInt(database.ownerOid())
                                .array())
                .set("compatibility_level", 160)
                .set("collation_name", database.collate())
                .set("user_access", database.access().code())
                .set("user_access_desc", database.access().name())
                .set("is_read_only", database.availability().readOnly() ? 1 : 0)
                .set("state", state.code)
                .set("state_desc", state.name())
                .set("is_cleanly_shutdown", open || state == State.OFFLINE ? 0 : 1);
    }

    private void options(RowBuilder row, DatabaseDefinition database) {
        Optional<BackupFacts> facts = services.databases().backupFacts(database.oid());
        boolean simple = database.oid() <= DatabaseDefinition.MSDB
                || facts.filter(found -> found.recoveryModel() == BackupFacts.SIMPLE)
                        .isPresent();
        boolean kept =
                facts.filter(found -> found.neededLsn() != Long.MAX_VALUE).isPresent();
        row.set("snapshot_isolation_state", 1)
                .set("snapshot_isolation_state_desc", "ON")
                .set("is_read_committed_snapshot_on", 1)
                .set("recovery_model", simple ? 3 : 1)
                .set("recovery_model_desc", simple ? "SIMPLE" : "FULL")
                .set("page_verify_option", 2)
                .set("page_verify_option_desc", "CHECKSUM")
                .set("log_reuse_wait", kept ? 2 : 0)
                .set("log_reuse_wait_desc", kept ? "LOG_BACKUP" : "NOTHING")
                .set("containment", 0)
                .set("containment_desc", "NONE")
                .set("target_recovery_time_in_seconds", 60)
                .set("delayed_durability", 0)
                .set("delayed_durability_desc", "DISABLED")
                .set("catalog_collation_type", 0)
                .set("catalog_collation_type_desc", "DATABASE_DEFAULT");
        for (String on : new String[] {
            "is_ansi_null_default_on",
            "is_ansi_nulls_on",
            "is_ansi_padding_on",
            "is_ansi_warnings_on",
            "is_concat_null_yields_null_on",
            "is_quoted_identifier_on",
            "is_auto_create_stats_on",
            "is_auto_update_stats_on"
        }) {
            row.set(on, 1);
        }
    }

    private void encryption(RowBuilder row, DatabaseDefinition database) {
        boolean byServer = services.catalog()
                .head()
                .masterKey(database.oid())
                .map(key -> key.serviceWrap() != null)
                .orElse(false);
        Optional<EncryptionStatus> status = services.databases()
                .find(database.oid())
                .filter(control -> database.oid() > DatabaseDefinition.MSDB)
                .map(control -> control.status());
        row.set("is_master_key_encrypted_by_server", byServer ? 1 : 0)
                .set("is_encrypted", status.map(EncryptionStatus::wanted).orElse(false) ? 1 : 0);
    }
}
