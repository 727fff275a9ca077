package dev.strongroom.benchmarks.micro;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.dek.NonceSource;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.seal.OpenResult;
import dev.strongroom.crypto.seal.PageFormat;
import dev.strongroom.crypto.seal.PageSealer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What one page costs on its way to and from the disk (budget in TDE-511: 15 and 12 microseconds). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PageSealBenchmark {
    private static final int FILE = 1;
    private static final long PAGE = 7;

    private final byte[] plain = new byte[PageFormat.PAGE_BYTES];
    private final byte[] sealed = new byte[PageFormat.PAGE_BYTES];
    private final byte[] work = new byte[PageFormat.PAGE_BYTES];
    private PageSealer sealer;
    private KeyVersion version;

    @Setup
    public void prepare() {
        Randomness randomness = new SeededBytes(1);
        randomness.fill(plain);
        byte[] key = new byte[32];
        randomness.fill(key);
        byte[] id = new byte[16];
        DatabaseKeys keys = new DatabaseKeys();
        version = KeyVersion.derive(1, id, DekAlgorithm.AES_256, KeyBuffer.takeOver(key));
        keys.add(version);
        sealer = new PageSealer(id, keys, new NonceSource(randomness));
        System.arraycopy(plain, 0, sealed, 0, plain.length);
        sealer.seal(sealed, FILE, PAGE, version);
    }

    @Benchmark
    public byte[] seal() {
        System.arraycopy(plain, 0, work, 0, plain.length);
        sealer.seal(work, FILE, PAGE, version);
        return work;
    }

    @Benchmark
    public OpenResult open() {
        System.arraycopy(sealed, 0, work, 0, sealed.length);
        return sealer.open(work, FILE, PAGE);
    }

    @Benchmark
    public byte[] finishPlain() {
        System.arraycopy(plain, 0, work, 0, plain.length);
        sealer.finishPlain(work, FILE, PAGE);
        return work;
    }

    private static final class SeededBytes implements Randomness {
        private final SplittableRandom random;

        SeededBytes(long seed) {
            random = new SplittableRandom(seed);
        }

        @Override
        public void fill(byte[] bytes) {
            random.nextBytes(bytes);
        }

        @Override
        public long nextLong() {
            return random.nextLong();
        }
    }
}
