package dev.strongroom.server.boot;

import dev.strongroom.catalog.audit.AuditEvent;
import dev.strongroom.catalog.audit.AuditGroup;
import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.audit.Audits;
import dev.strongroom.catalog.backup.BackupHistory;
import dev.strongroom.catalog.backup.BackupServices;
import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.key.Encryptors;
import dev.strongroom.catalog.key.KeyCatalog;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.KeySettings;
import dev.strongroom.catalog.key.ProviderReach;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.UserAccess;
import dev.strongroom.catalog.pgview.SystemRelation;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.sysview.BackupViews;
import dev.strongroom.catalog.sysview.KeyViews;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.Scheduler;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.provider.InstanceKeys;
import dev.strongroom.crypto.provider.RootProvider;
import dev.strongroom.crypto.provider.RootProviders;
import dev.strongroom.protocol.auth.ScramAuthenticator;
import dev.strongroom.protocol.flow.CancelRequests;
import dev.strongroom.protocol.flow.ProtocolServices;
import dev.strongroom.protocol.flow.TlsPolicy;
import dev.strongroom.protocol.wire.WireLimits;
import dev.strongroom.server.listen.ConnectionLimit;
import dev.strongroom.server.listen.Listener;
import dev.strongroom.server.listen.TlsIdentity;
import dev.strongroom.server.session.RoleSecrets;
import dev.strongroom.server.session.SessionAdapter;
import dev.strongroom.sql.command.backup.BackupCommands;
import dev.strongroom.sql.command.key.AuditedCommands;
import dev.strongroom.sql.command.key.DatabaseOperations;
import dev.strongroom.sql.command.key.KeyCommands;
import dev.strongroom.sql.session.SqlEngine;
import dev.strongroom.sql.session.WarmUp;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageEnvironment;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.txn.UndoMemory;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the server together, once, by hand: keys, storage, catalog, sql, protocol, listener, in this order; takes it apart in
 * the opposite one.
 */
public final class ServerAssembly implements RunningServer {
    private static final Logger LOG = LoggerFactory.getLogger(ServerAssembly.class);
    private static final int EXTRA_SOCKETS = 100;
    private static final int AUTHENTICATION_SECONDS = 60;
    private static final int SESSION_END_SECONDS = 15;
    private static final long PASSWORD_CHECK_NANOS = 1_000_000_000L;
    private static final String FIRST_USER = "postgres";

    private final ServerSettings settings;
    private final Deque<Runnable> shutdown = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicReference<ExitCode> exitCode = new AtomicReference<>(ExitCode.OK);
    private final AtomicReference<@Nullable DatabaseException> stopReason = new AtomicReference<>();
    private volatile boolean announced;
    private Optional<InitialPassword> firstPassword = Optional.empty();
    private @Nullable WarmUpWork warmUp;
    private @Nullable Listener listener;
    private @Nullable Databases databases;

    private ServerAssembly(ServerSettings settings) {
        this.settings = settings;
    }

    /**
     * Starts a server, which accepts connections from then on; {@link #announce} tells of it.
     *
     * @throws DatabaseException what {@link ExitCode#of} turns into the exit code
     */
    public static ServerAssembly start(ServerSettings settings, MeterRegistry registry) {
        return start(settings, registry, new DiskFiles(settings.dataDirectory()));
    }

    /** As above, on these files in place of the data directory's. */
    static ServerAssembly start(ServerSettings settings, MeterRegistry registry, StorageFiles files) {
        ServerAssembly server = new ServerAssembly(settings);
        boolean started = false;
        try {
            server.assemble(registry, files);
            started = true;
            return server;
        } finally {
            if (!started) {
                server.takeApart();
            }
        }
    }

    private void assemble(MeterRegistry registry, StorageFiles files) {
        Clock clock = new SystemClock();
        Randomness randomness = new SecureRandomness();
        Scheduler scheduler =
                new ThreadScheduler((role, failure) -> LOG.error("background work {} failed", role, failure));
        // The lock first: two first starts at once must not both make a service master key.
        AutoCloseable lock = Storage.lock(files);
        shutdown.push(() -> release(lock));
        SystemRestore.requireFinished(files);
        InstanceKeys keys = openKeys(files, randomness, clock);
        shutdown.push(keys::close);
        Encryptors encryptors = new Encryptors(keys::openers);
        LateDecisions decisions = new LateDecisions();
        UndoMemory undo = new UndoMemory(settings.undoLimits());
        Storage<TableContent> storage = Storage.ofLocked(
                new StorageEnvironment(
                        files,
                        scheduler,
                        clock,
                        randomness,
                        keys.instanceKey(),
                        encryptors,
                        decisions,
                        storageSettings(),
                        this::stopAfterFailure),
                ground -> new TableContent(ground, undo));
        shutdown.push(storage::close);
        firstPassword = initialise(storage, keys, randomness);
        SharedCatalog shared = CatalogBootstrap.openShared(
                storage.open(Storage.MASTER).content().tables());
        decisions.attach(shared.twoDatabases());
        KeyCatalog keyCatalog = KeyCatalog.open(shared.master(), scheduler);
        encryptors.attach(keyCatalog);
        encryptors.tokens().enabledBySetting(settings.get(ServerSettings.EKM_PROVIDER_ENABLED));
        encryptors.tokens().serviceSecrets(settings.serviceSecrets());
        Databases opened =
                new Databases(storage, shared, scheduler, settings.get(ServerSettings.TDE_SCAN_MAX_MB_PER_S));
        opened.verifyManifests(settings.get(ServerSettings.TDE_VERIFY_AT_START));
        opened.useKeys(keyCatalog);
        databases = opened;
        BackupHistory history = new BackupHistory(shared.master(), scheduler);
        boolean keep = settings.get(ServerSettings.KEEP_ENCRYPTORS_FOR_BACKUPS);
        KeyServices keyServices = new KeyServices(
                keys,
                keyCatalog,
                encryptors,
                opened,
                randomness,
                clock,
                keySettings(),
                encryptor -> keep && history.needs(encryptor, clock.epochMicros()),
                () -> TlsIdentity.rewrap(files, keys.openers(), randomness));
        AuditTrail trail = auditTrail(keys, keyCatalog, clock, randomness);
        List<SystemRelation> views = new ArrayList<>(new KeyViews(keyServices, trail, history).all());
        views.addAll(new BackupViews(history).all());
        SystemRelations relations = new SystemRelations(views);
        opened.useSystemRelations(relations);
        opened.openAll();
        shared.twoDatabases().forgetAllOf(opened.open());
        keyServices.masterKeys().settle();
        keyServices.serviceKeys().resume();
        trail.start(scheduler);
        opened.auditScans(trail, clock);
        auditState(trail, clock, "SVSR");
        shutdown.push(() -> auditState(trail, clock, "SVSD"));
        CancelRequests cancels = new CancelRequests(randomness);
        SqlEngine engine = new SqlEngine(new SqlEngine.Parts(
                opened,
                relations,
                clock,
                randomness,
                scheduler,
                new KeyStatementSessions(
                        new KeyCommands(keyServices, shared, new Audits(keyServices, trail, settings.auditDirectory())),
                        new BackupCommands(backupServices(keyServices, opened, history), shared),
                        new AuditedCommands(trail, keyServices, shared),
                        new DatabaseOperations(
                                name -> shared.head().databaseInAnyCase(name).map(DatabaseDefinition::oid),
                                opened::isScanning,
                                oid -> shared.head()
                                        .database(oid)
                                        .map(DatabaseDefinition::access)
                                        .filter(UserAccess.SINGLE_USER::equals)
                                        .isPresent())),
                cancels::terminate,
                Long.toUnsignedString(keys.systemIdentifier()),
                "15.14 (Strongroom " + Version.STRONGROOM + ")"));
        shutdown.push(engine::close);
        watchProviders(new ProviderGround(new ProviderReach(keyServices), opened, engine), clock, scheduler);
        listen(new Network(engine, cancels, shared, keys, files, clock, randomness, registry));
        watchInitialPassword(shared, scheduler);
        WarmUpWork warm = new WarmUpWork(new WarmUp(engine), scheduler);
        shutdown.push(warm::close);
        warmUp = warm;
    }

    private void watchProviders(ProviderGround ground, Clock clock, Scheduler scheduler) {
        ProviderWatch watch = new ProviderWatch(ground, clock, settings.get(ServerSettings.EKM_CACHE_TTL));
        Scheduler.Worker worker = scheduler.start("key providers", watch::step);
        shutdown.push(worker::close);
    }

    private AuditTrail auditTrail(InstanceKeys keys, KeyCatalog catalog, Clock clock, Randomness randomness) {
        AuditTrail trail = new AuditTrail(new AuditTrail.Parts(
                catalog, keys.instanceKey(), settings.auditDirectory(), randomness, clock, this::stopAfterFailure));
        shutdown.push(trail::close);
        return trail;
    }

    /** The start or the end of the server, for SERVER_STATE_CHANGE_GROUP. */
    private static void auditState(AuditTrail trail, Clock clock, String action) {
        trail.write(new AuditEvent(
                clock.epochMicros(),
                action,
                "SR",
                true,
                AuditEvent.Who.SERVER,
                new AuditEvent.What(DatabaseDefinition.MASTER, "", "", "", "", 0),
                Set.of(AuditGroup.SERVER_STATE_CHANGE_GROUP)));
    }

    private InstanceKeys openKeys(StorageFiles files, Randomness randomness, Clock clock) {
        List<RootProvider> providers = new RootProviders(
                        settings.get(ServerSettings.ROOT_FILE_GROUP_OK),
                        settings.get(ServerSettings.ALLOW_ENV_PASSPHRASE))
                .parse(settings.rootProviders());
        if (InstanceKeys.exist(files)) {
            return InstanceKeys.open(files, providers, randomness, ServerAssembly::logReport);
        }
        return InstanceKeys.create(files, providers, randomness, clock);
    }

    private static void release(AutoCloseable lock) {
        try {
            lock.close();
        } catch (Exception failure) {
            LOG.warn("the lock of the data directory was not released", failure);
        }
    }

    private static void logReport(ErrorReport report) {
        LOG.warn("{}", report.message());
    }

    private StorageSettings storageSettings() {
        StorageSettings defaults =
                StorageSettings.forMemory(Runtime.getRuntime().maxMemory());
        return new StorageSettings(
                settings.get(ServerSettings.BUFFER_POOL).bytes(), defaults.logSegmentBytes(), defaults.checkpoint());
    }

    private BackupServices backupServices(KeyServices keys, Databases opened, BackupHistory history) {
        BackupDevices devices = new BackupDevices(
                settings.backupDirectory(),
                settings.backupDirectories(),
                settings.dataDirectory().resolve("db"));
        return new BackupServices(keys, opened, devices, history, settings.get(ServerSettings.HOST));
    }

    private KeySettings keySettings() {
        Path directory = settings.keyBackupDirectory();
        try {
            if (!Files.exists(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        } catch (IOException failure) {
            LOG.warn("key backup directory {} cannot be made", directory);
        }
        return new KeySettings(
                directory,
                List.of(directory),
                settings.get(ServerSettings.TDE_DEPRECATED_ALGORITHMS),
                settings.get(ServerSettings.TDE_SCAN_MAX_MB_PER_S),
                settings.get(ServerSettings.TDE_AUTO_PROVISION));
    }

    private Optional<InitialPassword> initialise(
            Storage<TableContent> storage, InstanceKeys keys, Randomness randomness) {
        FirstStart first = new FirstStart(storage, keys.serviceKey(), randomness);
        Optional<InitialPassword> password = Optional.empty();
        if (!first.isDone()) {
            requireNothingToLose(storage);
            LOG.info("initialising {}", settings.dataDirectory());
            InitialPassword chosen = InitialPassword.choose(System.getenv(), passwordFile(), randomness);
            first.run(chosen.value());
            password = Optional.of(chosen);
        }
        first.makeTemporary();
        return password;
    }

    /** A server without {@code master} would take the databases of users for leftovers. */
    private static void requireNothingToLose(Storage<TableContent> storage) {
        if (storage.directories().stream().anyMatch(id -> id > Storage.POSTGRES)) {
            throw ErrorReport.fatal(ErrorCode.DATA_CORRUPTED, "the database master is missing, others are there")
                    .withHint("Restore it from its backup: strongroom restore-system --data DIR --from FILE")
                    .exception();
        }
    }

    private Path passwordFile() {
        return settings.beside("-initial-password");
    }

    private record Network(
            SqlEngine engine,
            CancelRequests cancels,
            SharedCatalog shared,
            InstanceKeys keys,
            StorageFiles files,
            Clock clock,
            Randomness randomness,
            MeterRegistry registry) {}

    private void listen(Network parts) {
        TlsPolicy tls = tlsIdentity(parts).policy(settings.tlsRequired());
        int limit = settings.get(ServerSettings.MAX_CONNECTIONS);
        ConnectionLimit door = new ConnectionLimit(limit);
        ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("sr-session-", 1).factory());
        parts.registry().gauge("strongroom_sessions", door, ConnectionLimit::count);
        ProtocolServices services = new ProtocolServices(
                (request, sink) -> SessionAdapter.open(parts.engine(), request, sink),
                new ScramAuthenticator(new RoleSecrets(parts.shared(), parts.clock()), parts.randomness()),
                () -> tls,
                door,
                parts.cancels(),
                threads,
                parts.clock(),
                parts.randomness(),
                WireLimits.DEFAULT,
                AUTHENTICATION_SECONDS,
                new ConnectionMetrics(parts.registry()));
        InetSocketAddress address =
                new InetSocketAddress(settings.get(ServerSettings.HOST), settings.get(ServerSettings.PORT));
        Listener opened = Listener.open(address, services, limit + EXTRA_SOCKETS);
        listener = opened;
        shutdown.push(() -> endSessions(opened, door, parts.cancels(), threads));
    }

    private TlsIdentity tlsIdentity(Network parts) {
        String certificate = settings.get(ServerSettings.TLS_CERTIFICATE_FILE);
        if (!certificate.isBlank()) {
            return TlsIdentity.fromFiles(Path.of(certificate), Path.of(settings.get(ServerSettings.TLS_KEY_FILE)));
        }
        return TlsIdentity.selfSigned(
                parts.files(), parts.keys().serviceKey().wrapping(), parts.randomness(), parts.clock());
    }

    private static void endSessions(
            Listener listener, ConnectionLimit door, CancelRequests cancels, ExecutorService threads) {
        listener.stopAccepting();
        door.closeDoor();
        cancels.terminateAll();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(SESSION_END_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} sessions did not end in time", cancels.count());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        listener.close();
    }

    /** Deletes the file with the initial password once the password is another one (S-23). */
    private void watchInitialPassword(SharedCatalog shared, Scheduler scheduler) {
        Path file = passwordFile();
        if (!Files.exists(file)) {
            return;
        }
        Optional<String> initial = verifier(shared);
        Scheduler.Worker worker = scheduler.start("password", () -> {
            if (verifier(shared).equals(initial)) {
                return PASSWORD_CHECK_NANOS;
            }
            try {
                Files.deleteIfExists(file);
            } catch (IOException failure) {
                LOG.warn("could not delete {}", file);
            }
            return Long.MAX_VALUE;
        });
        shutdown.push(worker::close);
    }

    private static Optional<String> verifier(SharedCatalog shared) {
        return shared.head().role(FIRST_USER).map(Role::verifier);
    }

    @Override
    public void announce(PrintStream console) {
        announced = true;
        say(console);
        WarmUpWork warm = warmUp;
        if (warm != null) {
            warm.start();
        }
    }

    private void say(PrintStream console) {
        String host = settings.get(ServerSettings.HOST);
        console.println("Strongroom " + Version.STRONGROOM + " ready to accept connections on " + host + ":" + port());
        firstPassword.ifPresent(chosen -> {
            String connect = "psql \"host=" + host + " port=" + port() + " user=" + FIRST_USER + " dbname=postgres"
                    + " sslmode=require\"";
            if (!chosen.generated()) {
                console.println("Connect with the password you gave:  " + connect);
                return;
            }
            console.println("Connect with:  PGPASSWORD=\"$(cat '" + passwordFile() + "')\" " + connect);
            if (System.console() != null && System.console().isTerminal()) {
                console.println("The password of postgres is " + chosen.value() + " until you change it.");
            }
        });
        console.flush();
    }

    /**
     * The disk failed, or an audit: nothing more can be promised, so the process ends and recovers at its next start. Of failures
     * that follow from the first nobody is told.
     */
    private void stopAfterFailure(DatabaseException failure) {
        if (!stopReason.compareAndSet(null, failure)) {
            LOG.debug("failed after the server had to stop", failure);
            return;
        }
        LOG.error("the server stops, because {}", failure.report().message());
        LOG.debug("where it failed", failure);
        exitCode.compareAndSet(ExitCode.OK, ExitCode.of(failure));
        Thread.ofPlatform().name("sr-stop").start(this::close);
    }

    /** The last line of the log is what an operator reads first: why, and what to do. */
    private void sayLastWord() {
        DatabaseException reason = stopReason.get();
        if (reason == null) {
            LOG.info("shut down");
            return;
        }
        ErrorReport report = reason.report();
        String hint = report.hint();
        LOG.error("shut down, because {}{}", report.message(), hint == null ? "" : ". " + hint);
    }

    @Override
    public int port() {
        Listener opened = listener;
        return opened == null ? settings.get(ServerSettings.PORT) : opened.port();
    }

    @Override
    public boolean ready() {
        return announced && !closing.get();
    }

    @Override
    public String summary() {
        Databases opened = databases;
        StringBuilder text = new StringBuilder("Strongroom ")
                .append(Version.STRONGROOM)
                .append(" on ")
                .append(settings.get(ServerSettings.HOST))
                .append(':')
                .append(port())
                .append('\n');
        if (opened != null) {
            opened.shared()
                    .head()
                    .databases()
                    .forEach(database -> text.append("database ")
                            .append(database.name())
                            .append(": encryption state ")
                            .append(opened.find(database.oid())
                                    .map(control ->
                                            Integer.toString(control.status().state()))
                                    .orElse("closed"))
                            .append('\n'));
        }
        return text.toString();
    }

    @Override
    public ExitCode awaitStop() {
        try {
            stopped.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return Objects.requireNonNull(exitCode.get());
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        LOG.info("shutting down");
        takeApart();
        sayLastWord();
        stopped.countDown();
    }

    private void takeApart() {
        while (!shutdown.isEmpty()) {
            try {
                shutdown.pop().run();
            } catch (RuntimeException failure) {
                if (stopReason.get() == null) {
                    LOG.error("shutting down went on after a failure", failure);
                } else {
                    LOG.debug("shutting down went on after a failure", failure);
                }
                exitCode.compareAndSet(ExitCode.OK, ExitCode.DEFECTS_FOUND);
            }
        }
    }
}
