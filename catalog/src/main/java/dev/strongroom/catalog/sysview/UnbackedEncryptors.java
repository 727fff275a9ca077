package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.backup.BackupHistory;
import dev.strongroom.catalog.backup.HistoryEntry;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.KeySnapshot;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.encryption.EncryptionControl;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code sys.sr_unbacked_encryptors} (TDE-216, TDE-81, TDE-19): certificates that were never backed up and without which a
 * database, a piece of its log or a backup of the history is lost.
 */
final class UnbackedEncryptors {
    static final SystemTable TABLE = SysTable.of(
            15207,
            "sr_unbacked_encryptors",
            "database_id int, database_name sysname, thumbprint varbinary, certificate_name sysname");

    private final KeyServices services;
    private final BackupHistory history;

    UnbackedEncryptors(KeyServices services, BackupHistory history) {
        this.services = services;
        this.history = history;
    }

    void rows(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!Viewer.of(context).seesServerState()) {
            return;
        }
        Map<String, Integer> ids = new LinkedHashMap<>();
        Map<String, Set<Thumbprint>> needed = new LinkedHashMap<>();
        for (DatabaseDefinition database : context.snapshot().shared().databases()) {
            ids.put(database.name(), database.oid());
            needed.put(database.name(), ofDatabase(database.oid()));
        }
        ofBackups(needed);
        KeySnapshot head = services.catalog().head();
        needed.forEach((database, thumbprints) -> {
            for (Thumbprint thumbprint : thumbprints) {
                Optional<CertificateEntry> certificate = head.certificate(DatabaseDefinition.MASTER, thumbprint);
                boolean inProvider = head.asymmetricKey(DatabaseDefinition.MASTER, thumbprint)
                        .isPresent();
                if (!inProvider
                        && certificate.map(CertificateEntry::backedUpMicros).orElse(0L) == 0) {
                    @Nullable
                    String name = certificate.map(CertificateEntry::name).orElse(null);
                    // A backup may be of a database that is gone.
                    row.set("database_id", ids.get(database))
                            .set("database_name", database)
                            .set("thumbprint", thumbprint.bytes())
                            .set("certificate_name", name)
                            .emit(sink);
                }
            }
        });
    }

    private void ofBackups(Map<String, Set<Thumbprint>> needed) {
        List<Thumbprint> unbacked = services.catalog().head().certificates(DatabaseDefinition.MASTER).stream()
                .filter(certificate -> certificate.backedUpMicros() == 0)
                .map(certificate -> certificate.certificate().thumbprint())
                .toList();
        history.forEach((id, entry) -> {
            if (entry instanceof HistoryEntry.Backup made) {
                unbacked.stream()
                        .filter(made.backup()::needs)
                        .forEach(thumbprint -> needed.computeIfAbsent(made.database(), any -> new LinkedHashSet<>())
                                .add(thumbprint));
            }
        });
    }

    private Set<Thumbprint> ofDatabase(int database) {
        Set<Thumbprint> found = new LinkedHashSet<>();
        Optional<EncryptionControl> control =
                database > DatabaseDefinition.MSDB ? services.databases().find(database) : Optional.empty();
        control.ifPresent(encryption -> {
            encryption.status().keys().stream().map(WrappedDek::thumbprint).forEach(found::add);
            encryption.segments().stream()
                    .filter(segment -> segment.keyVersion() != 0)
                    .map(segment -> Thumbprint.of(segment.thumbprint()))
                    .forEach(found::add);
        });
        return found;
    }
}
