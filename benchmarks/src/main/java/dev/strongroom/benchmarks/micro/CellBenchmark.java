package dev.strongroom.benchmarks.micro;

import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a cell of 16 bytes costs the client, there and back (budget in B-9: 2 microseconds for both). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CellBenchmark {
    private static final int VALUE_BYTES = 16;

    private final byte[] plain = new byte[VALUE_BYTES];
    private ColumnKey key;
    private byte[] cell;

    @Setup
    public void prepare() throws ColumnEncryptionException {
        byte[] columnKey = new byte[ColumnKey.KEY_BYTES];
        new SplittableRandom(1).nextBytes(columnKey);
        new SplittableRandom(2).nextBytes(plain);
        key = ColumnKey.of(columnKey);
        cell = key.encrypt(EncryptionType.RANDOMIZED, plain);
    }

    @Benchmark
    public byte[] encryptRandomized() {
        return key.encrypt(EncryptionType.RANDOMIZED, plain);
    }

    @Benchmark
    public byte[] encryptDeterministic() {
        return key.encrypt(EncryptionType.DETERMINISTIC, plain);
    }

    @Benchmark
    public byte[] decrypt() throws ColumnEncryptionException {
        return key.decrypt(cell);
    }
}
