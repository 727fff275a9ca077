package dev.strongroom.catalog.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Clock;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.provider.InstanceKeys;
import dev.strongroom.crypto.provider.RootProviders;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.model.ModelDatabase;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.verify.Finding;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.time.SimulatedScheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A server's keys without a server: master in memory, one user database whose encryption is a state machine. */
public final class TestingKeys {
    static final int MASTER = 1;
    static final int USER = 5;
    public static final int POSTGRES_ROLE = Role.POSTGRES;
    static final String PASSWORD = "P@ssw0rd";
    static final long NOW = 1_763_769_600_000_000L;

    final SeededRandomness randomness;
    final SimulatedScheduler scheduler;
    final ModelDatabase master = new ModelDatabase(MASTER);
    final ModelDatabase user = new ModelDatabase(USER);
    final TestingEncryption encryption = new TestingEncryption();
    final List<ErrorReport> notices = new ArrayList<>();
    final KeySession session = new KeySession();
    final SharedCatalog shared;
    final InstanceKeys instance;
    private final Path directory;
    boolean autoProvision;
    final Set<Thumbprint> keptForBackups = new HashSet<>();
    KeyServices services;

    public TestingKeys(Path directory, long seed) {
        randomness = new SeededRandomness(seed);
        scheduler = new SimulatedScheduler(randomness);
        this.directory = directory;
        instance = InstanceKeys.create(
                new SimulatedDisk(randomness).files(),
                new RootProviders(false, false).parse("file:" + directory.resolve("root" + seed + ".key")),
                randomness,
                new FixedClock());
        CatalogBootstrap.initializeShared(master, "SCRAM-SHA-256$x");
        shared = CatalogBootstrap.openShared(master);
        services = open();
    }

    public KeyServices services() {
        return services;
    }

    public SharedCatalog shared() {
        return shared;
    }

    public SimulatedScheduler scheduler() {
        return scheduler;
    }

    /** Reads everything again from the rows, as a start does. */
    KeyServices open() {
        KeyCatalog catalog = KeyCatalog.open(master, scheduler);
        Encryptors encryptors = new Encryptors(instance::openers);
        encryptors.attach(catalog);
        return new KeyServices(
                instance,
                catalog,
                encryptors,
                new OneDatabase(encryption, Map.of(USER, user, MASTER, master)),
                randomness,
                new FixedClock(),
                new KeySettings(directory, List.of(directory), true, 64, autoProvision),
                keptForBackups::contains,
                () -> {});
    }

    public KeyRequest in(int database) {
        return as(database, POSTGRES_ROLE);
    }

    KeyRequest as(int database, int role) {
        return new KeyRequest(database, role, shared.head(), session, notices::add);
    }

    public void createMasterKey() {
        services.masterKeys().create(in(MASTER), PASSWORD);
    }

    public void createCertificate(String name) {
        services.certificates()
                .generate(in(MASTER), naming(name), "My DEK Certificate", CertificateDates.of(null, null, NOW), null);
    }

    static Certificates.Naming naming(String name) {
        return new Certificates.Naming(name, null, true);
    }

    static void assertNumber(ThrowingCallable call, int number) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(NumberedError.numberOf(e.report()))
                                .as(e.getMessage())
                                .contains(number));
    }

    /** Numbers of the notices so far, which are forgotten. */
    List<Integer> takeNotices() {
        List<Integer> numbers = notices.stream()
                .map(report -> NumberedError.numberOf(report).orElse(0))
                .toList();
        notices.clear();
        return numbers;
    }

    private record OneDatabase(EncryptionControl control, Map<Integer, Database> stores)
            implements DatabaseEncryptions {
        @Override
        public Optional<Database> storage(int databaseOid) {
            return Optional.ofNullable(stores.get(databaseOid));
        }

        @Override
        public Optional<EncryptionControl> find(int databaseOid) {
            return Optional.ofNullable(Map.of(USER, control).get(databaseOid));
        }

        @Override
        public void verify(int databaseOid, Consumer<Finding> findings) {}

        @Override
        public Collection<Integer> open() {
            return List.of(USER);
        }
    }

    private static final class FixedClock implements Clock {
        @Override
        public long epochMicros() {
            return NOW;
        }

        @Override
        public long monotonicNanos() {
            return 0;
        }
    }
}
