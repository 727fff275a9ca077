package dev.strongroom.server.boot;

import dev.strongroom.catalog.audit.AuditFileReader;
import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.bootstrap.InitialContents;
import dev.strongroom.catalog.key.Encryptors;
import dev.strongroom.catalog.key.KeyCatalog;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.verify.CrossCheck;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.provider.InstanceKeys;
import dev.strongroom.crypto.provider.RootProviders;
import dev.strongroom.storage.database.OfflineVerification;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageEnvironment;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.database.TreeVerification;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.file.OverlayFiles;
import dev.strongroom.storage.verify.Finding;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code strongroom verify}: proves the data directory of a stopped server whole, one line per defect on standard output.
 * Recovers in memory, writes nothing (decision S-25).
 */
@Command(
        name = "verify",
        description = "Check every page and log segment of a stopped server's data, or a backup; changes nothing.",
        mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(VerifyCommand.class);
    /** 128 MiB. */
    private static final long PROGRESS_PAGES = 16384;

    private static final long POOL_BYTES = 256L << 20;

    @Mixin
    private SettingOptions options = new SettingOptions();

    @Option(names = "--format", paramLabel = "FORM", description = "text or json (one object a line); default text.")
    private Format format = Format.text;

    @Option(names = "--progress", description = "Say on standard error how far it is, even where that is no terminal.")
    private boolean progress;

    @Option(
            names = "--backup",
            paramLabel = "FILE",
            description = "Check this backup instead, without any key; once for each file of a striped one.")
    private List<Path> backups = List.of();

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "With --backup: the certificate that must have signed it.")
    private @Nullable Path certificate;

    private long defects;

    /** How findings are printed. */
    enum Format {
        text,
        json
    }

    @Override
    public Integer call() throws Exception {
        ServerSettings settings = options.settings(Map.of());
        ServerLog.start(settings.get(ServerSettings.LOG_FORMAT));
        return backups.isEmpty()
                ? verify(settings).code()
                : new BackupVerification(System.out, format == Format.json)
                        .run(backups, certificate)
                        .code();
    }

    private ExitCode verify(ServerSettings settings) throws Exception {
        if (!Files.isDirectory(settings.dataDirectory())) {
            throw new UsageException("there is no data directory \"" + settings.dataDirectory() + "\"");
        }
        DiskFiles disk = new DiskFiles(settings.dataDirectory());
        try (AutoCloseable lock = disk.lock("strongroom.lock")) {
            LOG.debug("locked by {}", lock);
            return verify(settings, disk);
        }
    }

    private ExitCode verify(ServerSettings settings, DiskFiles disk) {
        Randomness randomness = new SecureRandomness();
        RootProviders providers = new RootProviders(
                settings.get(ServerSettings.ROOT_FILE_GROUP_OK), settings.get(ServerSettings.ALLOW_ENV_PASSPHRASE));
        try (InstanceKeys keys = InstanceKeys.open(
                new OverlayFiles(disk),
                providers.parse(settings.rootProviders()),
                randomness,
                report -> LOG.warn("{}", report.message()))) {
            Scheduler scheduler = new ThreadScheduler((role, failure) -> LOG.error("{} failed", role, failure));
            Clock clock = new SystemClock();
            Encryptors encryptors = new Encryptors(keys::openers);
            encryptors.tokens().enabledBySetting(true);
            encryptors.tokens().serviceSecrets(settings.serviceSecrets());
            LateDecisions decisions = new LateDecisions();
            StorageSettings sizes = StorageSettings.forMemory(0);
            StorageEnvironment environment = new StorageEnvironment(
                    disk,
                    scheduler,
                    clock,
                    randomness,
                    keys.instanceKey(),
                    encryptors::unwrap,
                    decisions,
                    new StorageSettings(POOL_BYTES, sizes.logSegmentBytes(), sizes.checkpoint()),
                    stopped -> {});
            return verify(environment, encryptors, decisions, settings.auditDirectory());
        }
    }

    /** {@code master} knows the other databases and their keys, so they are verified while it is open. */
    private ExitCode verify(
            StorageEnvironment environment, Encryptors encryptors, LateDecisions decisions, Path auditDirectory) {
        long[] pages = new long[2];
        SharedCatalog[] shared = new SharedCatalog[1];
        OfflineVerification<TableContent> others =
                new OfflineVerification<>(environment, TableContent::new, (database, findings) -> {
                    TreeVerification.check(database, findings);
                    crossCheck(database, shared[0], environment, findings);
                });
        OfflineVerification<TableContent> master =
                new OfflineVerification<>(environment, TableContent::new, (database, findings) -> {
                    TreeVerification.check(database, findings);
                    SharedCatalog opened =
                            CatalogBootstrap.openShared(database.content().tables());
                    shared[0] = opened;
                    decisions.attach(opened.twoDatabases());
                    KeyCatalog keys = KeyCatalog.open(opened.master(), environment.scheduler());
                    encryptors.attach(keys);
                    verifyAudits(environment, keys, auditDirectory, findings);
                    crossCheck(database, opened, environment, findings);
                    for (DatabaseDefinition other : opened.head().databases()) {
                        if (other.oid() != Storage.MASTER && other.oid() != Storage.TEMPDB) {
                            others.verify(other.oid(), findings);
                            pages[1]++;
                        }
                    }
                });
        others.reportTo(this::progress);
        master.reportTo(this::progress);
        master.verify(Storage.MASTER, this::report);
        long databases = pages[1] + 1;
        long looked = master.pages() + others.pages();
        System.out.println(
                format == Format.json
                        ? "{\"kind\":\"summary\",\"databases\":" + databases + ",\"pages\":" + looked + ",\"defects\":"
                                + defects + "}"
                        : "verified " + Counted.of(databases, "database") + ", " + Counted.of(looked, "page") + ", "
                                + Counted.of(defects, "defect"));
        return defects == 0 ? ExitCode.OK : ExitCode.DEFECTS_FOUND;
    }

    /** The chains of the audit files, and that none is missing (S-23). */
    private static void verifyAudits(
            StorageEnvironment environment, KeyCatalog keys, Path directory, Consumer<Finding> findings) {
        try (AuditFileReader reader = new AuditFileReader(environment.instanceKey())) {
            reader.verify(
                    AuditFileReader.filesBelow(directory),
                    AuditTrail.newest(keys.head()),
                    what -> findings.accept(Finding.ofDatabase(Storage.MASTER, what)));
        }
    }

    /** Level 4: tables against their indexes. */
    private static void crossCheck(
            StoredDatabase<TableContent> database,
            SharedCatalog shared,
            StorageEnvironment environment,
            Consumer<Finding> findings) {
        Catalog catalog = CatalogBootstrap.open(
                database.content().tables(),
                shared,
                new Catalog.Builtins(InitialContents.systemSchemas(), new SystemRelations(List.of()).tables()),
                environment.scheduler());
        try {
            Consumer<String> lines = what -> findings.accept(Finding.ofDatabase(database.id(), what));
            new CrossCheck(catalog::head, catalog.storage(), lines).run();
        } finally {
            catalog.close();
        }
    }

    private void progress(int database, long pages, long total) {
        boolean end = pages == total;
        if (pages % PROGRESS_PAGES != 0 && !end) {
            return;
        }
        if (progress) {
            System.err.println("database " + database + ": " + pages + " of " + total + " pages");
        } else if (onTerminal()) {
            long percent = total == 0 ? 100 : pages * 100 / total;
            String bar = "#".repeat((int) percent / 5) + ".".repeat(20 - (int) percent / 5);
            System.err.print("\rdatabase " + database + " [" + bar + "] " + percent + " %" + (end ? "\n" : ""));
        }
    }

    /** Standard error is a terminal: as far as Java can tell, where the console is one. */
    private static boolean onTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal() && isTerminal(Path.of("/proc/self/fd/2"));
    }

    private static boolean isTerminal(Path standardError) {
        try {
            String target = Files.readSymbolicLink(standardError).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void report(Finding finding) {
        defects++;
        System.out.println(format == Format.json ? finding.json() : finding);
    }
}
