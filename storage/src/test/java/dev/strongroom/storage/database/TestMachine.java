package dev.strongroom.storage.database;

import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.key.MacKey;
import dev.strongroom.storage.boot.EncryptorLookup;
import dev.strongroom.storage.file.DiskFiles;
import dev.strongroom.storage.recovery.Checkpointer;
import dev.strongroom.testkit.disk.SimulatedDisk;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.time.SimulatedScheduler;
import java.nio.file.Path;
import java.util.Arrays;

/** A simulated machine that a storage runs on, again and again. */
public final class TestMachine {
    public static final int DATABASE = 5;
    public static final byte[] ENCRYPTION_ID = new byte[16];

    public final SimulatedDisk disk;
    public final SeededRandomness random;
    public final long poolBytes;
    public SimulatedScheduler scheduler;
    public DekAlgorithm algorithm = DekAlgorithm.AES_256;
    public int redoThreads;

    public TestMachine(SeededRandomness random, long poolBytes) {
        this(new SimulatedDisk(random.split()), random, poolBytes);
    }

    public TestMachine(SimulatedDisk disk, SeededRandomness random, long poolBytes) {
        this.disk = disk;
        this.random = random;
        this.poolBytes = poolBytes;
        this.redoThreads = 1 + random.below(3);
        this.scheduler = new SimulatedScheduler(random.split());
    }

    public static KeyVersion key(int version) {
        return key(version, DekAlgorithm.AES_256);
    }

    public static KeyVersion key(int version, DekAlgorithm algorithm) {
        byte[] dek = new byte[algorithm.keyBytes()];
        Arrays.fill(dek, (byte) (version + 40));
        return KeyVersion.derive(version, ENCRYPTION_ID, algorithm, KeyBuffer.takeOver(dek));
    }

    public static WrappedDek wrapped(int version) {
        return wrapped(version, DekAlgorithm.AES_256);
    }

    public static WrappedDek wrapped(int version, DekAlgorithm algorithm) {
        return new WrappedDek(
                WrappedDek.Encryptor.CERTIFICATE,
                algorithm,
                version,
                ENCRYPTION_ID,
                Thumbprint.of(new byte[20]),
                new byte[] {(byte) version});
    }

    public static NewKey newKey(int version) {
        return new NewKey(key(version), wrapped(version));
    }

    public NewKey newKeyOf(int version) {
        return new NewKey(key(version, algorithm), wrapped(version, algorithm));
    }

    public static MacKey instanceKey() {
        return new MacKey(KeyBuffer.copyOf(new byte[32]));
    }

    public StorageEnvironment environment(StorageFiles files) {
        EncryptorLookup lookup = (database, wrapped) -> key(wrapped.keyVersion(), wrapped.algorithm());
        return new StorageEnvironment(
                files,
                scheduler,
                scheduler,
                random.split(),
                instanceKey(),
                lookup,
                new StorageSettings(
                        poolBytes, 128 * 1024, new Checkpointer.Settings(40_000, 5_000_000_000L), redoThreads),
                stopped -> {});
    }

    /** What a storage on real files and real threads gets; the rest is a simulated machine's with seed 1. */
    static StorageEnvironment realFiles(Path directory) {
        TestMachine machine = new TestMachine(new SeededRandomness(1), 1 << 20);
        StorageEnvironment simulated = machine.environment(machine.disk.files());
        return new StorageEnvironment(
                new DiskFiles(directory),
                new ThreadScheduler((role, failure) -> {}),
                simulated.clock(),
                simulated.randomness(),
                simulated.instanceKey(),
                simulated.encryptors(),
                simulated.settings(),
                stopped -> {});
    }

    Storage<CellContent> start() {
        return new Storage<>(environment(disk.files()), CellContent::new);
    }

    /** The process dies, the machine goes on: what was written is there, synced or not. */
    public void kill() {
        scheduler.abandon();
        disk.kill();
        scheduler = new SimulatedScheduler(random.split());
    }

    /** Loses power and comes back. */
    public void crash() {
        scheduler.abandon();
        disk.crash();
        scheduler = new SimulatedScheduler(random.split());
    }
}
