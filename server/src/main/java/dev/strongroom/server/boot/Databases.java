package dev.strongroom.server.boot;

import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.backup.BackupDatabases;
import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.bootstrap.InitialContents;
import dev.strongroom.catalog.key.DatabaseEncryptions;
import dev.strongroom.catalog.key.KeyCatalog;
import dev.strongroom.catalog.key.KeyEntry;
import dev.strongroom.catalog.key.RunningVerification;
import dev.strongroom.catalog.key.ServerOptions;
import dev.strongroom.catalog.object.Availability;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.CatalogSession;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.verify.CrossCheck;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.error.Severity;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.sql.plan.IndexExpressionCompiler;
import dev.strongroom.sql.session.DatabaseDirectory;
import dev.strongroom.storage.backup.BackupSource;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.database.OfflineVerification;
import dev.strongroom.storage.database.RestoreEnd;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TreeVerification;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.storage.verify.VerifyProgress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The databases of this process and their catalogs. Thread-safe. */
final class Databases implements DatabaseDirectory, DatabaseEncryptions, BackupDatabases {
    private static final Logger LOG = LoggerFactory.getLogger(Databases.class);

    private final Storage<TableContent> storage;
    private final SharedCatalog shared;
    private final Scheduler scheduler;
    private final int scanMegabytesPerSecond;
    private final Map<Integer, Catalog> catalogs = new HashMap<>();
    private final Map<Object, RunningVerification> verifying = new ConcurrentHashMap<>();
    private boolean verifyManifests;
    private @Nullable SystemRelations systemRelations;
    private @Nullable KeyCatalog keys;
    private @Nullable ScanAudit scanAudit;

    /** @param scanMegabytesPerSecond speed limit of encryption scans, 0 for none */
    Databases(Storage<TableContent> storage, SharedCatalog shared, Scheduler scheduler, int scanMegabytesPerSecond) {
        this.storage = storage;
        this.scanMegabytesPerSecond = scanMegabytesPerSecond;
        this.shared = shared;
        this.scheduler = scheduler;
    }

    /** Whether databases whose pages were put back to an older state stay closed (TDE-519); before anything is opened. */
    void verifyManifests(boolean verify) {
        verifyManifests = verify;
    }

    /** Says which system relations each catalog has; before anything is opened. */
    void useSystemRelations(SystemRelations relations) {
        systemRelations = relations;
    }

    /** Says whose entries end with a database; those of databases that a crash kept from being forgotten end now. */
    void useKeys(KeyCatalog catalog) {
        keys = catalog;
        catalog.head().liveCommitments().stream()
                .map(KeyEntry::databaseOid)
                .distinct()
                .filter(oid -> shared.head().database(oid).isEmpty())
                .forEach(catalog::forget);
    }

    /** Records from now on what encryption scans do (TDE-344), here and in databases opened later. */
    synchronized void auditScans(AuditTrail trail, Clock clock) {
        scanAudit = new ScanAudit(trail, clock, shared);
        storage.all().forEach(this::auditScans);
    }

    private void auditScans(StoredDatabase<TableContent> database) {
        ScanAudit audit = scanAudit;
        if (audit != null && database.id() > DatabaseDefinition.MSDB) {
            audit.opened(database.id(), database.encryption().status());
            database.encryption().onScanChange(status -> audit.changed(database.id(), status));
        }
    }

    /** Records what became of the provider of a database's key (TDE-149). */
    synchronized void auditProvider(int databaseOid, ProviderWatch.Change change) {
        ScanAudit audit = scanAudit;
        if (audit != null) {
            audit.provider(databaseOid, change);
        }
    }

    /** Whether a database is one that is to be open. */
    boolean isWanted(int databaseOid) {
        return shared.head()
                        .database(databaseOid)
                        .filter(database -> !database.availability().offline())
                        .isPresent()
                && !isRestoring(databaseOid);
    }

    /** Refuses to drop a database while an encryption scan is under way (TDE-44). */
    @Override
    public void refuseDrop(int databaseOid) {
        if (isScanning(databaseOid)) {
            throw NumberedError.REFUSED_DURING_SCAN.exception("the database cannot be dropped while an encryption,"
                    + " decryption, or key change scan is in progress");
        }
    }

    /** Whether an encryption scan is under way, suspended ones included. */
    boolean isScanning(int databaseOid) {
        return find(databaseOid)
                .map(EncryptionControl::status)
                .filter(status -> status.state() == EncryptionStatus.ENCRYPTING
                        || status.state() == EncryptionStatus.KEY_CHANGE
                        || status.state() == EncryptionStatus.DECRYPTING)
                .isPresent();
    }

    /** Opens every database that {@code master} knows; one that cannot be opened is logged and stays closed. */
    void openAll() {
        Collection<Integer> known = new TreeSet<>();
        for (DatabaseDefinition database : shared.head().databases()) {
            known.add(database.oid());
        }
        known.addAll(List.of(
                DatabaseDefinition.MASTER,
                DatabaseDefinition.TEMPDB,
                DatabaseDefinition.MODEL,
                DatabaseDefinition.MSDB,
                DatabaseDefinition.POSTGRES));
        storage.removeOrphans(known);
        // Detached ones keep theirs, and a master that was restored does not know which were given since.
        storage.directories().forEach(shared::passOid);
        for (int oid : known) {
            if (!storage.exists(oid) || availability(oid).offline()) {
                continue;
            }
            try {
                open(oid);
            } catch (DatabaseException failure) {
                LOG.error("database {} stays closed: {}", oid, failure.report().message());
            }
        }
    }

    @Override
    public SharedCatalog shared() {
        return shared;
    }

    @Override
    public synchronized Catalog open(int databaseOid) {
        Catalog open = catalogs.get(databaseOid);
        if (open != null) {
            return open;
        }
        refuseOffline(databaseOid);
        SystemRelations relations = systemRelations;
        if (relations == null) {
            throw new IllegalStateException("system relations come first");
        }
        StoredDatabase<TableContent> database = openStorage(databaseOid);
        database.encryption().throttle(scanSpeed());
        auditScans(database);
        Catalog catalog = CatalogBootstrap.open(
                database.content().tables(),
                shared,
                new Catalog.Builtins(
                        InitialContents.systemSchemas(), relations.tables(), new IndexExpressionCompiler()),
                scheduler);
        database.content().tables().readOnly(availability(databaseOid).readOnly());
        catalogs.put(databaseOid, catalog);
        return catalog;
    }

    private Availability availability(int databaseOid) {
        return shared.head()
                .database(databaseOid)
                .map(DatabaseDefinition::availability)
                .orElse(Availability.ONLINE);
    }

    private void refuseOffline(int databaseOid) {
        if (availability(databaseOid).offline()) {
            throw NumberedError.DATABASE_OFFLINE
                    .report("database \""
                            + shared.head()
                                    .database(databaseOid)
                                    .map(DatabaseDefinition::name)
                                    .orElse("")
                            + "\" cannot be opened because it is offline")
                    .withSeverity(Severity.FATAL)
                    .withHint("Use ALTER DATABASE … SET ONLINE.")
                    .exception();
        }
    }

    @Override
    public synchronized void avail(DatabaseDefinition database) {
        if (database.availability().offline()) {
            close(database.oid());
        } else {
            open(database.oid()).storage().readOnly(database.availability().readOnly());
        }
    }

    /** What RECONFIGURE last said, or the setting (TDE-303). */
    private int scanSpeed() {
        KeyCatalog catalogOfKeys = keys;
        return catalogOfKeys == null
                ? scanMegabytesPerSecond
                : ServerOptions.set(catalogOfKeys.head(), ServerOptions.SCAN_SPEED)
                        .orElse(scanMegabytesPerSecond);
    }

    private StoredDatabase<TableContent> openStorage(int databaseOid) {
        try {
            StoredDatabase<TableContent> database = storage.open(databaseOid);
            if (verifyManifests && !database.rolledBack().isEmpty()) {
                storage.close(databaseOid);
                throw NumberedError.MANIFEST_MISMATCH.exception("pages of database " + databaseOid
                        + " are older than they should be: they, or the page journal, were put back");
            }
            return database;
        } catch (DatabaseException failure) {
            if (NumberedError.numberOf(failure.report()).orElse(0) == NumberedError.DATABASE_RESTORING.number()) {
                String name = shared.head()
                        .database(databaseOid)
                        .map(DatabaseDefinition::name)
                        .orElseGet(() -> Integer.toString(databaseOid));
                throw NumberedError.DATABASE_RESTORING
                        .report("database \"" + name + "\" cannot be opened, it is in the middle of a restore")
                        .withSeverity(Severity.FATAL)
                        .exception(failure);
            }
            LOG.error("could not open database {}", databaseOid, failure);
            ScanAudit audit = scanAudit;
            if (audit != null) {
                audit.failed(databaseOid, failure);
            }
            if (NumberedError.numberOf(failure.report()).orElse(0) == NumberedError.DATABASE_VERSION.number()) {
                throw failure;
            }
            throw ErrorReport.fatal(
                            failure.code() == ErrorCode.DATA_CORRUPTED
                                    ? ErrorCode.DATA_CORRUPTED
                                    : ErrorCode.CANNOT_CONNECT_NOW,
                            failure.report().message())
                    .exception(failure);
        }
    }

    @Override
    public synchronized void create(int databaseOid) {
        StoredDatabase<TableContent> database = storage.create(databaseOid, null);
        CatalogBootstrap.initialize(database.content().tables());
    }

    @Override
    public synchronized void remove(int databaseOid) {
        Catalog catalog = catalogs.remove(databaseOid);
        if (catalog != null) {
            catalog.close();
        }
        storage.drop(databaseOid);
        KeyCatalog catalogOfKeys = keys;
        if (catalogOfKeys != null) {
            catalogOfKeys.forget(databaseOid);
        }
    }

    @Override
    public void checkpoint() {
        for (StoredDatabase<TableContent> database : storage.all()) {
            database.checkpoint();
        }
    }

    @Override
    public void eraseResidue(int databaseOid, VerifyProgress progress) {
        open(databaseOid);
        StoredDatabase<TableContent> database = storage.get(databaseOid);
        database.content().tables().awaitTidied(() -> progress.accept(0, 0));
        database.eraseResidue(progress);
    }

    private Optional<StoredDatabase<TableContent>> stored(int databaseOid) {
        return storage.all().stream()
                .filter(database -> database.id() == databaseOid)
                .findFirst();
    }

    @Override
    public Optional<EncryptionControl> find(int databaseOid) {
        return stored(databaseOid).map(StoredDatabase::encryption);
    }

    @Override
    public void verify(int databaseOid, Consumer<Finding> findings) {
        Catalog catalog = open(databaseOid);
        StoredDatabase<TableContent> database = storage.get(databaseOid);
        Object run = new Object();
        try {
            OfflineVerification.verifyOpen(database, findings, (done, total) -> at(run, databaseOid, 1, done, total));
            TreeVerification.checkLive(database, findings, (done, total) -> at(run, databaseOid, 3, done, total));
            Consumer<String> lines = what -> findings.accept(Finding.ofDatabase(databaseOid, what));
            new CrossCheck(catalog::head, catalog.storage(), lines)
                    .run((done, total) -> at(run, databaseOid, 4, done, total));
        } finally {
            verifying.remove(run);
        }
    }

    private void at(Object run, int database, int level, long done, long total) {
        verifying.put(run, new RunningVerification(database, level, done, total));
    }

    @Override
    public List<RunningVerification> verifications() {
        return List.copyOf(verifying.values());
    }

    @Override
    public Optional<Database> storage(int databaseOid) {
        return stored(databaseOid).map(database -> database.content().tables());
    }

    @Override
    public Collection<Integer> open() {
        return storage.all().stream().map(StoredDatabase::id).toList();
    }

    // ---- backup and restore

    @Override
    public Optional<BackupSource> source(int databaseOid) {
        return stored(databaseOid).map(StoredDatabase::backupSource);
    }

    @Override
    public int allocateOid() {
        return shared.allocateOid();
    }

    @Override
    public RestoreDirectory restoreDirectory(int databaseOid, boolean fresh) {
        return storage.restoreDirectory(databaseOid, fresh);
    }

    @Override
    public Optional<BootRecord> waiting(int databaseOid) {
        boolean closed = find(databaseOid).isEmpty() && storage.exists(databaseOid);
        return closed
                ? Optional.of(storage.restoreDirectory(databaseOid, false).boot())
                        .filter(boot -> boot.backup().restoring())
                : Optional.empty();
    }

    @Override
    public boolean isRestoring(int databaseOid) {
        return waiting(databaseOid).isPresent();
    }

    @Override
    public synchronized void recoverRestored(int databaseOid, RestoreEnd end) {
        storage.recoverRestored(databaseOid, end);
        open(databaseOid);
    }

    @Override
    public synchronized void close(int databaseOid) {
        Catalog catalog = catalogs.remove(databaseOid);
        if (catalog != null) {
            catalog.close();
        }
        storage.close(databaseOid);
    }

    @Override
    public void change(@Nullable DatabaseDefinition removed, @Nullable DatabaseDefinition added) {
        Catalog master = open(DatabaseDefinition.MASTER);
        Transaction transaction = master.storage().begin(TransactionOptions.readCommitted());
        try (CatalogSession session = master.openSession()) {
            transaction.beginStatement();
            CatalogTransaction ddl = session.begin(transaction);
            if (removed != null) {
                ddl.remove(removed);
            }
            if (added != null) {
                ddl.create(added);
            }
            ddl.commit();
        } finally {
            transaction.rollback();
        }
    }

    @Override
    public synchronized void giveUp(int databaseOid) {
        close(databaseOid);
        storage.restoreDirectory(databaseOid, false).waitAgain();
    }

    @Override
    public void recoveryModel(int databaseOid, int model) {
        storage.get(databaseOid)
                .boot()
                .update(record -> record.withBackup(record.backup().withRecoveryModel(model)));
    }

    @Override
    public Optional<BackupFacts> backupFacts(int databaseOid) {
        return source(databaseOid).map(source -> source.boot().current().backup());
    }
}
