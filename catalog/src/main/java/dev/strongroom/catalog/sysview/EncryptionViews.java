package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.RunningVerification;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.log.LogSegmentInfo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/** {@code sys.dm_database_encryption_keys} (TDE-202), the log segments (TDE-208), manifests and verification. */
final class EncryptionViews {
    static final SystemTable DATABASE_ENCRYPTION_KEYS = SysTable.of(
            15205,
            "dm_database_encryption_keys",
            "database_id int, encryption_state int, create_date datetime, regenerate_date datetime, modify_date datetime,"
                    + " set_date datetime, opened_date datetime, key_algorithm nvarchar(32), key_length int,"
                    + " encryptor_thumbprint varbinary, encryptor_type nvarchar(32), percent_complete real,"
                    + " encryption_state_desc nvarchar(32), encryption_scan_state int,"
                    + " encryption_scan_state_desc nvarchar(32), encryption_scan_modify_date datetime, sr_key_version bigint,"
                    + " sr_pages_total bigint, sr_pages_done bigint, sr_plain_log_bytes bigint, sr_oldest_key_version bigint");

    /** What {@code sys.dm_db_log_info} shows, for all open databases. */
    static final SystemTable LOG_SEGMENTS = SysTable.of(
            15206,
            "sr_log_segments",
            "database_id int, file_id smallint, vlf_begin_offset bigint, vlf_size_mb float, vlf_sequence_number bigint,"
                    + " vlf_active bit, vlf_status int, vlf_parity tinyint, vlf_first_lsn nvarchar(48),"
                    + " vlf_create_lsn nvarchar(48), vlf_encryptor_thumbprint varbinary");

    /** For an anchor outside: putting back everything at once shows only against an older copy of this row (TDE-519). */
    static final SystemTable MANIFEST_HEAD = SysTable.of(
            15211,
            "sr_manifest_head",
            "database_id int, database_name sysname, sequence bigint, page_count bigint, head varbinary");

    /** Reading it verifies the current database. */
    static final SystemTable VERIFY = SysTable.of(
            15212,
            "sr_verify",
            "database_id int, file nvarchar(260), page bigint, key_version bigint, finding nvarchar(4000)");

    /** A row for each reader of {@link #VERIFY}. */
    static final SystemTable VERIFY_PROGRESS = SysTable.of(
            15246,
            "sr_verify_progress",
            "database_id int, database_name sysname, level int, phase nvarchar(60), done bigint, total bigint,"
                    + " percent_complete real");

    private static final List<String> STATES = List.of(
            "NONE",
            "UNENCRYPTED",
            "ENCRYPTION_IN_PROGRESS",
            "ENCRYPTED",
            "KEY_CHANGE_IN_PROGRESS",
            "DECRYPTION_IN_PROGRESS",
            "PROTECTION_CHANGE_IN_PROGRESS");
    private static final List<String> SCAN_STATES = List.of("NONE", "RUNNING", "SUSPENDED", "ABORTED", "COMPLETE");
    private static final double MEBIBYTE = 1024.0 * 1024.0;
    private static final int LOG_FILE = 2;

    private final KeyServices services;

    EncryptionViews(KeyServices services) {
        this.services = services;
    }

    void databaseEncryptionKeys(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        if (!viewer.seesServerState()) {
            return;
        }
        boolean anyEncrypted = false;
        for (int database : new TreeSet<>(services.databases().open())) {
            Optional<EncryptionStatus> status = services.databases()
                    .find(database)
                    .map(EncryptionControl::status)
                    .filter(found -> database > DatabaseDefinition.MSDB && found.state() != EncryptionStatus.NO_KEY);
            if (status.isPresent()) {
                emit(database, status.get(), row, sink);
                anyEncrypted |= status.get().state() > EncryptionStatus.UNENCRYPTED;
            }
        }
        if (anyEncrypted) {
            emitTempdb(row, sink);
        }
    }

    private static void emit(int database, EncryptionStatus status, RowBuilder row, Consumer<Row> sink) {
        EncryptionStatus.Dates dates = status.dates();
        row.set("database_id", database);
        status.keys().stream()
                .max(Comparator.comparingInt(WrappedDek::keyVersion))
                .ifPresent(key -> row.set("key_algorithm", key.algorithm().viewName())
                        .set("key_length", key.algorithm().keyBits())
                        .set("encryptor_thumbprint", key.thumbprint().bytes())
                        .set("encryptor_type", key.encryptor().viewName()));
        row.set("create_date", Viewer.timestamp(dates.created()))
                .set("regenerate_date", Viewer.timestamp(dates.regenerated()))
                .set("modify_date", Viewer.timestamp(dates.modified()))
                .set("set_date", Viewer.timestamp(dates.set()))
                .set("opened_date", Viewer.timestamp(dates.opened()))
                .set("encryption_scan_modify_date", Viewer.timestamp(dates.scanChanged()));
        row.set("percent_complete", status.percentComplete())
                .set("sr_key_version", (long) status.keyVersion())
                .set("sr_pages_total", status.pagesTotal())
                .set("sr_pages_done", status.pagesDone())
                .set("sr_plain_log_bytes", status.plainLogBytes())
                .set("sr_oldest_key_version", (long) status.oldestKeyVersion());
        states(row, status.state(), status.scanState());
        row.emit(sink);
    }

    /** tempdb follows as soon as one user database is encrypted (TDE-10, TDE-326); physically it always is. */
    private static void emitTempdb(RowBuilder row, Consumer<Row> sink) {
        row.set("database_id", DatabaseDefinition.TEMPDB)
                .set("key_algorithm", DekAlgorithm.AES_256.viewName())
                .set("key_length", DekAlgorithm.AES_256.keyBits())
                .set("encryptor_thumbprint", new byte[0])
                .set("encryptor_type", "ASYMMETRIC KEY")
                .set("percent_complete", 0.0);
        states(row, EncryptionStatus.ENCRYPTED, EncryptionStatus.SCAN_NONE);
        row.emit(sink);
    }

    private static void states(RowBuilder row, int state, int scanState) {
        row.set("encryption_state", state)
                .set("encryption_state_desc", STATES.get(state))
                .set("encryption_scan_state", scanState)
                .set("encryption_scan_state_desc", SCAN_STATES.get(scanState));
    }

    void logSegments(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        for (int database : new TreeSet<>(services.databases().open())) {
            if (!viewer.controls(database)) {
                continue;
            }
            long offset = 0;
            for (LogSegmentInfo segment : segments(database)) {
                boolean active = segment.endLsn() == Long.MAX_VALUE;
                row.set("database_id", database)
                        .set("file_id", LOG_FILE)
                        .set("vlf_begin_offset", offset)
                        .set("vlf_size_mb", Math.round(segment.sizeBytes() / MEBIBYTE * 100) / 100.0)
                        .set("vlf_sequence_number", segment.number())
                        .set("vlf_active", active ? 1 : 0)
                        .set("vlf_status", 2)
                        .set("vlf_parity", (segment.number() & 1) == 0 ? 64 : 128)
                        .set("vlf_first_lsn", Long.toHexString(segment.firstLsn()))
                        .set("vlf_create_lsn", Long.toHexString(segment.firstLsn()))
                        .set("vlf_encryptor_thumbprint", segment.keyVersion() == 0 ? null : segment.thumbprint())
                        .emit(sink);
                offset += segment.sizeBytes();
            }
        }
    }

    private List<LogSegmentInfo> segments(int database) {
        return services.databases()
                .find(database)
                .map(EncryptionControl::segments)
                .orElseGet(List::of);
    }

    void verify(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        if (!viewer.seesServerState()) {
            throw KeyRequest.denied();
        }
        services.databases()
                .verify(
                        viewer.databaseOid(),
                        finding -> row.set("database_id", finding.databaseId())
                                .set("file", finding.file())
                                .set("page", finding.page() < 0 ? null : finding.page())
                                .set("key_version", (long) finding.keyVersion())
                                .set("finding", finding.what())
                                .emit(sink));
    }

    void verifyProgress(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        for (RunningVerification running : services.databases().verifications()) {
            if (viewer.seesServerState()) {
                row.set("database_id", running.databaseOid())
                        .set(
                                "database_name",
                                context.snapshot()
                                        .shared()
                                        .database(running.databaseOid())
                                        .map(DatabaseDefinition::name)
                                        .orElse(null))
                        .set("level", running.level())
                        .set("phase", running.phase())
                        .set("done", running.done())
                        .set("total", running.total())
                        .set("percent_complete", running.percent())
                        .emit(sink);
            }
        }
    }

    void manifestHead(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        for (DatabaseDefinition database : context.snapshot().shared().databases()) {
            if (!viewer.controls(database.oid())) {
                continue;
            }
            services.databases()
                    .find(database.oid())
                    .map(EncryptionControl::manifest)
                    .ifPresent(manifest -> row.set("database_id", database.oid())
                            .set("database_name", database.name())
                            .set("sequence", manifest.sequence())
                            .set("page_count", manifest.pageCount())
                            .set("head", manifest.head())
                            .emit(sink));
        }
    }
}
