package dev.strongroom.storage.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of the pool is zeroed, aligned and whole, whether it is mapped, for huge pages, or allocated (a small one). */
class PoolMemoryTest {
    private static final long HUGE_PAGE = 2 << 20;
    private static final int ALIGNMENT = 8192;

    @ParameterizedTest
    @ValueSource(longs = {64 * 8192, HUGE_PAGE, 4 * HUGE_PAGE, 9 * HUGE_PAGE + 8192})
    void allOfItIsThereAndZero(long size) {
        MemorySegment memory = PoolMemory.allocate(size, ALIGNMENT);
        assertThat(memory.byteSize()).isEqualTo(size);
        boolean linux = System.getProperty("os.name", "").startsWith("Linux");
        assertThat(memory.address() % (linux && size >= 4 * HUGE_PAGE ? HUGE_PAGE : ALIGNMENT))
                .isZero();
        for (long at = 0; at < size; at += 256) {
            if (memory.get(ValueLayout.JAVA_LONG, at) != 0) {
                throw new AssertionError("byte " + at + " is not zero");
            }
        }
        memory.fill((byte) 1);
        assertThat(memory.get(ValueLayout.JAVA_LONG, size - Long.BYTES)).isEqualTo(0x0101010101010101L);
    }
}
