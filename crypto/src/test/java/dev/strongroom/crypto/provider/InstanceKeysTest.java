package dev.strongroom.crypto.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.testkit.disk.SimulatedCrash;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceKeysTest {
    private static final Clock CLOCK = new Clock() {
        @Override
        public long epochMicros() {
            return 1_700_000_000_000_000L;
        }

        @Override
        public long monotonicNanos() {
            return 0;
        }
    };

    @TempDir
    Path directory;

    private final SeededRandomness randomness = new SeededRandomness(17);
    private final SimulatedDisk disk = new SimulatedDisk(new SeededRandomness(18));
    private final List<ErrorReport> log = new ArrayList<>();
    private Path root = Path.of("root.key");

    @BeforeEach
    void nameRoot() {
        root = directory.resolve("root.key");
    }

    /** TDE-115: the first start makes the root file, for the server's eyes only. */
    @Test
    void firstStartMakesTheRootAndTheNextOpensWithIt() throws IOException {
        byte[] secret;
        try (InstanceKeys keys = create("file:" + root)) {
            secret = keys.serviceKey().secret().copy();
            assertThat(keys.systemIdentifier() >>> 32).isEqualTo(1_700_000_000L);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                .isEqualTo("rw-------");
        try (InstanceKeys keys = open("file:" + root)) {
            assertThat(keys.serviceKey().secret().copy()).isEqualTo(secret);
        }
        assertThat(log).isEmpty();
    }

    @Test
    @DisplayName(
            "TDE-118: another service master key: one durable step, the former key opens until all is wrapped anew")
    void theServiceMasterKeyIsReplacedInOneStep() throws IOException {
        byte[] instance;
        try (InstanceKeys keys = create("file:" + root)) {
            instance = keys.instanceKey().mac(new byte[1]);
            keys.replace(ServiceMasterKey.generate(randomness, 5));
            assertThat(keys.openers()).hasSize(2);
            assertThatThrownBy(() -> keys.replace(ServiceMasterKey.generate(randomness, 7)))
                    .as("TDE-160")
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.report().routine()).isEqualTo("MSSQL15448"));
        }
        UUID guid;
        try (InstanceKeys keys = open("file:" + root)) {
            assertThat(keys.replacing()).isTrue();
            assertThat(keys.openers()).hasSize(2);
            assertThat(keys.instanceKey().mac(new byte[1])).isEqualTo(instance);
            guid = keys.serviceKey().guid();
            keys.finishReplacing();
        }
        try (InstanceKeys keys = open("file:" + root)) {
            assertThat(keys.replacing()).isFalse();
            assertThat(keys.openers()).hasSize(1);
            assertThat(keys.serviceKey().guid()).isEqualTo(guid);
            assertThat(keys.instanceKey().mac(new byte[1])).isEqualTo(instance);
            keys.replace(ServiceMasterKey.generate(randomness, 6));
        }
        open("file:" + root).close();
    }

    /** TDE-523: with a random source that repeats itself nothing is made and nothing is opened, 91010. */
    @Test
    void nothingStartsWithABrokenRandomSource() {
        Randomness stuck = new Randomness() {
            @Override
            public void fill(byte[] bytes) {
                Arrays.fill(bytes, (byte) 1);
            }

            @Override
            public long nextLong() {
                return 1;
            }
        };
        var providers = new RootProviders(false, false).parse("file:" + root);
        is91010(() -> InstanceKeys.create(disk.files(), providers, stuck, CLOCK));
        assertThat(root).doesNotExist();
        create("file:" + root).close();
        is91010(() -> InstanceKeys.open(disk.files(), providers, stuck, log::add));
        open("file:" + root).close();
    }

    private static void is91010(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().routine()).isEqualTo("MSSQL91010"));
    }

    /** TDE-115: an existing directory never gets a new root. */
    @Test
    void missingRootIs91005AndNothingIsMade() throws IOException {
        create("file:" + root).close();
        Files.delete(root);
        assertNumber(() -> open("file:" + root), 91005);
        assertThat(root).doesNotExist();
        assertThat(log).hasSize(1);
        assertThat(NumberedError.numberOf(log.get(0))).contains(33095);
    }

    /** TDE-111. */
    @Test
    void rootFileOthersCanReadIs91004() throws IOException {
        create("file:" + root).close();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-r-----"));
        RootProvider provider =
                new RootProviders(false, false).parse("file:" + root).get(0);
        assertNumber(() -> provider.wrap(zeroKey(), new byte[0], randomness), 91004);
        RootProvider lenient =
                new RootProviders(true, false).parse("file:" + root).get(0);
        assertThat(lenient.wrap(zeroKey(), new byte[0], randomness)).isNotEmpty();
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw----r--"));
        assertNumber(() -> lenient.wrap(zeroKey(), new byte[0], randomness), 91004);
    }

    /** TDE-111: the file may be a link within its directory, not one that leads elsewhere; it belongs to the server's user. */
    @Test
    void rootFileIsTheServersOwnAndNoLinkElsewhere() throws IOException {
        create("file:" + root).close();
        Path near = Files.createSymbolicLink(directory.resolve("near.key"), root);
        open("file:" + near).close();
        Path away = Files.createDirectory(directory.resolve("away"));
        Path far = Files.createSymbolicLink(away.resolve("far.key"), root);
        assertNumber(() -> open("file:" + far), 91005);
        assertThat(log).anySatisfy(report -> assertThat(report.message()).contains("leaves its directory"));
        int self = (int) Files.getAttribute(root, "unix:uid");
        if (self == 0) {
            Files.setAttribute(root, "unix:uid", 12_345);
            assertNumber(() -> open("file:" + root), 91005);
            assertThat(log.getLast().message()).contains("belongs to user 12345");
            Files.setAttribute(root, "unix:uid", self);
        }
        open("file:" + root).close();
    }

    @Test
    void rootFileThatIsALinkOutOfItsDirectoryIs91004() throws IOException {
        create("file:" + root).close();
        Path mount = Files.createDirectory(directory.resolve("mount"));
        Path link = Files.createSymbolicLink(mount.resolve("root.key"), root);
        RootProvider provider =
                new RootProviders(false, false).parse("file:" + link).get(0);
        assertNumber(() -> provider.wrap(zeroKey(), new byte[0], randomness), 91004);
    }

    /** TDE-22, 110, 112: any provider that works opens the key; a new one gets its wrap. */
    @Test
    void anyOfSeveralRootsOpensTheKey() throws IOException {
        Path passphrase = secretFile("passphrase", "correct horse battery\n");
        create("file:" + root).close();
        open("file:" + root + ",passphrase:file:" + passphrase).close();
        Files.delete(root);
        try (InstanceKeys keys = open("file:" + root + ",passphrase:file:" + passphrase)) {
            assertThat(keys.roots()).containsExactly("file:" + root, "passphrase:file:" + passphrase);
        }
        assertThat(log).hasSize(1);
        Files.writeString(passphrase, "wrong horse battery");
        assertNumber(() -> open("passphrase:file:" + passphrase), 91005);
    }

    @Test
    void rootFileMayMove() throws IOException {
        create("file:" + root).close();
        Path moved = directory.resolve("elsewhere.key");
        Files.move(root, moved);
        try (InstanceKeys keys = open("file:" + moved)) {
            assertThat(keys.roots()).containsExactly("file:" + moved);
        }
    }

    /** TDE-114. The commands reverse nothing; they only show the path of the bytes. */
    @Test
    void commandsWrapAndUnwrap() throws IOException {
        String commands = "command:wrap=base64 -w0;unwrap=base64 -d";
        create(commands).close();
        open(commands).close();
        assertNumber(() -> open("command:wrap=base64 -w0;unwrap=false"), 91005);
        assertThat(log.get(0).message()).contains("ended with status 1");
        var slow = new CommandRootProvider("sleep 60", "sleep 60", Duration.ofMillis(50));
        assertNumber(() -> slow.wrap(zeroKey(), new byte[0], randomness), 91005);
    }

    @Test
    void wrongSpecificationsSayWhatWasExpected() {
        RootProviders providers = new RootProviders(false, false);
        assertNumber(() -> providers.parse("vault:x"), 91005);
        assertNumber(() -> providers.parse(""), 91005);
        assertNumber(() -> providers.parse("passphrase:env:PATH"), 91005);
        assertNumber(() -> providers.parse("command:wrap=x"), 91005);
        assertThat(providers.parse("file:/a,,b, passphrase:file:/c"))
                .extracting(RootProvider::specification)
                .containsExactly("file:/a,b", "passphrase:file:/c");
    }

    /** A crash at any disk operation of a record change leaves a record that opens. */
    @Test
    void crashWhileWritingLeavesTheOtherSlot() throws IOException {
        Path passphrase = secretFile("passphrase", "correct horse battery\n");
        create("file:" + root).close();
        boolean finished = false;
        for (int operation = 0; !finished; operation++) {
            SimulatedDisk copy = disk.copy(new SeededRandomness(operation));
            copy.crashAfter(operation);
            try {
                open(copy, "file:" + root + ",passphrase:file:" + passphrase).close();
                finished = true;
                copy.crashAfter(1L << 40);
            } catch (SimulatedCrash crash) {
                copy.crash();
            }
            open(copy, "file:" + root).close();
        }
    }

    @Test
    void changedRecordIsNotBelieved() {
        create("file:" + root).close();
        byte[] content = disk.bytes("instance.1");
        content[33] ^= 1;
        CRC32C crc = new CRC32C();
        crc.update(content, 0, content.length - 4);
        ByteBuffer.wrap(content).putInt(content.length - 4, (int) crc.getValue());
        disk.replace("instance.1", content);
        assertNumber(() -> open("file:" + root), 91005);
    }

    private KeyBuffer zeroKey() {
        return KeyBuffer.copyOf(new byte[32]);
    }

    private Path secretFile(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    private InstanceKeys create(String setting) {
        return InstanceKeys.create(disk.files(), new RootProviders(false, false).parse(setting), randomness, CLOCK);
    }

    private InstanceKeys open(String setting) {
        return open(disk, setting);
    }

    private InstanceKeys open(SimulatedDisk from, String setting) {
        return InstanceKeys.open(from.files(), new RootProviders(false, false).parse(setting), randomness, log::add);
    }

    private static void assertNumber(ThrowingCallable call, int number) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(NumberedError.numberOf(e.report())).contains(number));
    }
}
