package dev.strongroom.server.boot;

import dev.strongroom.catalog.backup.BackupHistory;
import dev.strongroom.catalog.backup.BackupServices;
import dev.strongroom.catalog.backup.DatabaseAttachments;
import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.key.BackupProof;
import dev.strongroom.catalog.key.Encryptors;
import dev.strongroom.catalog.key.KeyCatalog;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.KeySettings;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.provider.InstanceKeys;
import dev.strongroom.crypto.provider.RootProviders;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupProgress;
import dev.strongroom.storage.backup.ChunkReader;
import dev.strongroom.storage.backup.MediaReader;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.database.RestoreEnd;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageEnvironment;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.file.DiskFiles;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores a system database of a stopped server. The backup is laid beside what is there and takes its place when it is
 * whole; from before that until the end a mark keeps the server from starting, so a restore cut short is begun again. After
 * {@code master}, the other databases are taken up: no file of any of them is removed because an older {@code master} does not
 * know it.
 */
final class SystemRestore {
    /** Is there while a restore is under way. */
    static final String MARK = "restore-system.unfinished";

    private static final Logger LOG = LoggerFactory.getLogger(SystemRestore.class);
    private static final String USER = "restore-system";
    private static final String DATABASES = "db";
    private static final String BESIDE = DATABASES + "/restoring";
    private static final Set<Integer> SYSTEM = Set.of(Storage.MASTER, Storage.MODEL, Storage.MSDB);

    private final ServerSettings settings;
    private final PrintStream out;
    private final Randomness randomness = new SecureRandomness();
    private final Clock clock = new SystemClock();
    private final Scheduler scheduler = new ThreadScheduler((role, failure) -> LOG.error("{} failed", role, failure));

    SystemRestore(ServerSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Refuses to start a server on a half restored directory. */
    static void requireFinished(StorageFiles files) {
        if (files.exists(MARK)) {
            throw ErrorReport.fatal(
                            ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE,
                            "the restore of a system database did not come to its end")
                    .withHint("Run strongroom restore-system again.")
                    .exception();
        }
    }

    /** @param set number of the backup set, from 1 */
    ExitCode run(List<Path> devices, int set) throws Exception {
        DiskFiles files = new DiskFiles(settings.dataDirectory());
        if (!InstanceKeys.exist(files)) {
            throw new UsageException("\"" + settings.dataDirectory() + "\" has no instance record. Start the server"
                    + " once to make a data directory, RESTORE SERVICE MASTER KEY there, stop it, and try again.");
        }
        try (AutoCloseable lock = Storage.lock(files)) {
            LOG.debug("locked by {}", lock);
            RootProviders providers = new RootProviders(
                    settings.get(ServerSettings.ROOT_FILE_GROUP_OK), settings.get(ServerSettings.ALLOW_ENV_PASSPHRASE));
            try (InstanceKeys keys = InstanceKeys.open(
                    files,
                    providers.parse(settings.rootProviders()),
                    randomness,
                    report -> LOG.warn("{}", report.message()))) {
                Encryptors encryptors = new Encryptors(keys::openers);
                encryptors.tokens().enabledBySetting(settings.get(ServerSettings.EKM_PROVIDER_ENABLED));
                encryptors.tokens().serviceSecrets(settings.serviceSecrets());
                int id = lay(files, keys, encryptors, devices, set);
                recover(files, keys, encryptors, id);
            }
        }
        return ExitCode.OK;
    }

    // ---- the files

    private int lay(DiskFiles files, InstanceKeys keys, Encryptors encryptors, List<Path> devices, int number) {
        List<String> paths =
                devices.stream().map(path -> path.toAbsolutePath().toString()).toList();
        try (MediaReader media = MediaReader.open(new DiskFiles(Path.of("/")), paths)) {
            media.requireAllFamilies();
            MediaReader.BackupSet set = media.set(number);
            BackupDescription description = set.description();
            int id = description.boot().databaseId();
            if (!SYSTEM.contains(id) || description.kind() != BackupKind.DATABASE) {
                throw NumberedError.BACKUP_SET_KIND
                        .report("the backup is not a full one of master, model or msdb, but of \""
                                + description.origin().databaseName() + "\"")
                        .withHint("Databases of users are restored by RESTORE DATABASE while the server runs.")
                        .exception();
            }
            try (DatabaseKeys opened = encryptors.openSystem(description.keys());
                    ChunkReader chunks = new ChunkReader(media, set, streamKey(description, opened))) {
                requireGenuine(set, encryptors);
                StorageFiles beside = files.below(BESIDE);
                remove(files, BESIDE);
                new RestoreDirectory(new RestoreDirectory.Ground(beside, keys.instanceKey(), scheduler, randomness), id)
                        .layFull(set.manifest(), chunks, opened, BackupProgress.NONE);
            }
            takePlace(files, id);
            return id;
        }
    }

    private static @Nullable KeyVersion streamKey(BackupDescription description, DatabaseKeys opened) {
        WrappedDek sealing = description.sealing().key();
        return sealing == null ? null : opened.require(sealing.keyVersion());
    }

    private static void requireGenuine(MediaReader.BackupSet set, Encryptors encryptors) {
        Optional<String> doubt =
                BackupProof.doubt(set.manifest(), List.of(), thumbprint -> Optional.empty(), encryptors::serviceKeyMac);
        doubt.ifPresent(why -> {
            throw NumberedError.BACKUP_SET_DAMAGED.exception(
                    "damage to the backup set was detected: its manifest proves nothing: " + why);
        });
    }

    private static void takePlace(DiskFiles files, int id) {
        if (!files.exists(MARK)) {
            try (StorageFile mark = files.create(MARK)) {
                mark.sync();
            }
            files.syncDirectory("");
        }
        String place = DATABASES + "/" + id;
        String replaced = place + ".replaced";
        if (files.exists(place)) {
            remove(files, replaced);
            files.rename(place, replaced);
        }
        files.rename(BESIDE, place);
        files.syncDirectory(DATABASES);
    }

    private static void remove(StorageFiles files, String directory) {
        if (files.exists(directory)) {
            Storage.removeFiles(files, directory);
        }
    }

    // ---- what is in them

    private void recover(DiskFiles files, InstanceKeys keys, Encryptors encryptors, int id) {
        LateDecisions decisions = new LateDecisions();
        StorageSettings sizes = StorageSettings.forMemory(Runtime.getRuntime().maxMemory());
        StorageEnvironment environment = new StorageEnvironment(
                files, scheduler, clock, randomness, keys.instanceKey(), encryptors, decisions, sizes, stopped -> {});
        Storage<TableContent> storage = Storage.ofLocked(environment, TableContent::new);
        int unknown = 0;
        try {
            StoredDatabase<TableContent> database = storage.recoverRestored(id, RestoreEnd.ALL);
            if (id == Storage.MASTER) {
                unknown = takeUp(storage, database, keys, encryptors, decisions);
            }
        } finally {
            storage.close();
        }
        String place = DATABASES + "/" + id;
        remove(files, place + ".replaced");
        files.delete(MARK);
        files.syncDirectory("");
        out.println("restored " + name(id) + (unknown == 0 ? "" : "; " + unknown + " databases are detached now"));
    }

    private static String name(int id) {
        return switch (id) {
            case Storage.MASTER -> "master";
            case Storage.MODEL -> "model";
            default -> "msdb";
        };
    }

    private int takeUp(
            Storage<TableContent> storage,
            StoredDatabase<TableContent> master,
            InstanceKeys keys,
            Encryptors encryptors,
            LateDecisions decisions) {
        SharedCatalog shared = CatalogBootstrap.openShared(master.content().tables());
        decisions.attach(shared.twoDatabases());
        KeyCatalog catalog = KeyCatalog.open(shared.master(), scheduler);
        encryptors.attach(catalog);
        Databases databases = new Databases(storage, shared, scheduler, 0);
        KeySettings files = new KeySettings(settings.keyBackupDirectory(), List.of(), true, 0, false);
        KeyServices keyServices =
                new KeyServices(keys, catalog, encryptors, databases, randomness, clock, files, key -> false, () -> {});
        BackupDevices devices = new BackupDevices(
                settings.backupDirectory(),
                settings.backupDirectories(),
                settings.dataDirectory().resolve(DATABASES));
        DatabaseAttachments attachments = new BackupServices(
                        keyServices,
                        databases,
                        devices,
                        new BackupHistory(shared.master(), scheduler),
                        settings.get(ServerSettings.HOST))
                .attachments();
        int unknown = 0;
        for (int oid : storage.directories()) {
            if (oid > DatabaseDefinition.MSDB && storage.exists(oid) && !takeUp(attachments, devices, oid)) {
                unknown++;
            }
        }
        shared.head().databases().stream()
                .filter(database -> !database.system() && !storage.exists(database.oid()))
                .forEach(database -> out.println(
                        "database \"" + database.name() + "\" has no files here: restore it WITH REPLACE, or drop it"));
        return unknown;
    }

    private boolean takeUp(DatabaseAttachments attachments, BackupDevices devices, int oid) {
        try {
            boolean known = attachments.takeUp(oid, USER);
            if (!known) {
                out.println(
                        "database " + oid + " is not known to the restored master; its files stay: CREATE DATABASE name"
                                + " ON (FILENAME = '" + devices.directoryOf(oid) + "') FOR ATTACH");
            }
            return known;
        } catch (DatabaseException failure) {
            out.println("database " + oid + " cannot be taken up: "
                    + failure.report().message() + "; restore it from its backup");
            return true;
        }
    }
}
