package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.key.Encryptors;
import dev.strongroom.catalog.key.KeyCatalog;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeySnapshot;
import dev.strongroom.common.time.SecureRandomness;
import dev.strongroom.common.time.SystemClock;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.KeyPair;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.Hkdf;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.InstanceKeys;
import dev.strongroom.crypto.provider.RootProviders;
import dev.strongroom.storage.database.Storage;
import dev.strongroom.storage.database.StorageEnvironment;
import dev.strongroom.storage.database.StorageSettings;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.file.DiskFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Looks for keys in a heap dump of a working server (TDE-521, S-24): service master key, database master key, database
 * encryption key and the keys for each purpose. What JDK objects keep is the documented exception: expanded AES schedules,
 * derived page keys, RSA private keys.
 */
final class HeapDumpTest {
    private static final List<String> PURPOSES =
            List.of("data", "log", "temp", "backup", "manifest", "boot", "segment");

    @TempDir
    Path directory;

    @Test
    @DisplayName("TDE-520, TDE-521, S-24: a heap dump of a server under load holds none of its keys")
    void noKeyIsInAHeapDump() throws Exception {
        Path dump = directory.resolve("server.hprof");
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"))) {
            assertThat(jcmd(server, "VM.flags", "-all"))
                    .as("TDE-520: no dump of memory unless somebody asks for it")
                    .containsPattern("HeapDumpOnOutOfMemoryError +:?= false")
                    .containsPattern("CreateCoredumpOnCrash +:?= false");
            prepare(server);
            dumpUnderLoad(server, dump);
            server.stop();
        }
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        byte[] thumbprint = readKeys(secrets);
        assertThat(secrets).hasSize(4 + PURPOSES.size());
        byte[] heap = Files.readAllBytes(dump);
        assertThat(found(heap, Map.of("thumbprint", thumbprint)))
                .as("the search finds what is there")
                .containsExactly("thumbprint");
        assertThat(found(heap, secrets)).as("keys on the heap").isEmpty();
    }

    private static void prepare(ServerProcess server) throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            statement.execute("CREATE CERTIFICATE c WITH SUBJECT = 'c'");
            statement.execute("CREATE DATABASE ENCRYPTION KEY FOR DATABASE postgres WITH ALGORITHM = AES_256"
                    + " ENCRYPTION BY SERVER CERTIFICATE c");
            statement.execute("ALTER DATABASE postgres SET ENCRYPTION ON");
            statement.execute("SELECT * FROM sys.certificates");
        }
    }

    private static void dumpUnderLoad(ServerProcess server, Path dump) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id int PRIMARY KEY, text varchar(200))");
            Thread load = Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; !done.get(); i++) {
                        statement.execute("INSERT INTO t VALUES (" + i + ", repeat('x', 150))");
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            String output = jcmd(server, "GC.heap_dump", dump.toString());
            done.set(true);
            load.join();
            assertThat(output).contains("Heap dump file created");
        }
    }

    private static String jcmd(ServerProcess server, String... command) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(server.pid())));
        line.addAll(List.of(command));
        return ClientRun.of(line, "", "", null).output();
    }

    /** Opens the stopped server's key hierarchy; returns the certificate's thumbprint. */
    private byte[] readKeys(Map<String, byte[]> secrets) {
        DiskFiles files = new DiskFiles(directory.resolve("data"));
        ThreadScheduler scheduler = new ThreadScheduler((role, failure) -> {});
        try (InstanceKeys instance = InstanceKeys.open(
                files,
                new RootProviders(false, false).parse("file:" + directory.resolve("data-root.key")),
                new SecureRandomness(),
                report -> {})) {
            ServiceMasterKey serviceKey = instance.serviceKey();
            secrets.put("SMK", serviceKey.secret().copy());
            Encryptors encryptors = new Encryptors(instance::openers);
            try (Storage<TableContent> storage = new Storage<>(
                    new StorageEnvironment(
                            files,
                            scheduler,
                            new SystemClock(),
                            new SecureRandomness(),
                            instance.instanceKey(),
                            encryptors,
                            StorageSettings.forMemory(0),
                            stopped -> {}),
                    TableContent::new)) {
                var master = storage.open(Storage.MASTER);
                secrets.put(
                        "DEK of master",
                        opened(master.boot().current().encryption().keys().get(0), serviceKey));
                var shared = CatalogBootstrap.openShared(master.content().tables());
                KeyCatalog catalog = KeyCatalog.open(shared.master(), scheduler);
                encryptors.attach(catalog);
                WrappedDek wrapped = storage.open(Storage.POSTGRES)
                        .boot()
                        .current()
                        .encryption()
                        .keys()
                        .get(0);
                return readDatabaseKey(catalog.head(), serviceKey, wrapped, secrets);
            }
        }
    }

    private static byte[] opened(WrappedDek wrapped, ServiceMasterKey serviceKey) {
        try (KeyBuffer dek = DekWraps.open(wrapped, serviceKey).orElseThrow()) {
            return dek.copy();
        }
    }

    private static byte[] readDatabaseKey(
            KeySnapshot keys, ServiceMasterKey serviceKey, WrappedDek wrapped, Map<String, byte[]> secrets) {
        var entry = keys.masterKey(Storage.MASTER).orElseThrow();
        CertificateEntry certificate = keys.certificates(Storage.MASTER).get(0);
        try (DatabaseMasterKey masterKey = DatabaseMasterKey.openByServiceKey(
                                entry.guid(), Objects.requireNonNull(entry.serviceWrap()), serviceKey)
                        .orElseThrow();
                KeyBuffer privateKey = masterKey
                        .wrapping()
                        .unwrap(
                                Objects.requireNonNull(certificate.wrappedKey()),
                                KeyObject.PRIVATE_KEY,
                                certificate.guid(),
                                certificate.certificate().sha256())
                        .orElseThrow();
                KeyPair pair = KeyPair.join(certificate.certificate(), privateKey);
                KeyBuffer dek = DekWraps.open(wrapped, pair).orElseThrow();
                KeyBuffer pseudoRandom = Hkdf.extract(dek)) {
            secrets.put("DMK", masterKey.secret().copy());
            secrets.put("DEK", dek.copy());
            for (String purpose : PURPOSES) {
                byte[] name = purpose.getBytes(StandardCharsets.US_ASCII);
                ByteBuffer info = ByteBuffer.allocate(18 + name.length + 1 + 16 + 4);
                info.put("strongroom/tde/v1/".getBytes(StandardCharsets.US_ASCII))
                        .put(name)
                        .put((byte) 0)
                        .put(wrapped.encryptionId())
                        .putInt(wrapped.keyVersion());
                secrets.put(purpose, Hkdf.expand(pseudoRandom, info.array(), 32).copy());
            }
            return certificate.certificate().thumbprint().bytes();
        }
    }

    private static TreeSet<String> found(byte[] heap, Map<String, byte[]> secrets) throws IOException {
        Map<Integer, Map.Entry<String, byte[]>> starts = new HashMap<>();
        secrets.entrySet()
                .forEach(secret -> starts.put(ByteBuffer.wrap(secret.getValue()).getInt(), secret));
        TreeSet<String> hits = new TreeSet<>();
        int window = 0;
        for (int at = 0; at < heap.length; at++) {
            window = window << 8 | heap[at] & 0xFF;
            var candidate = starts.get(window);
            if (candidate != null) {
                byte[] secret = candidate.getValue();
                int start = at - 3;
                if (start >= 0
                        && start + secret.length <= heap.length
                        && Arrays.equals(secret, 0, secret.length, heap, start, start + secret.length)) {
                    hits.add(candidate.getKey());
                }
            }
        }
        return hits;
    }
}
