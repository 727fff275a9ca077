package dev.strongroom.storage.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of the pool is zeroed, aligned and whole, whether it is mapped, for huge pages, or allocated: a
 * small one, or one the kernel does not map. */
class PoolMemoryTest {
    private static final long HUGE_PAGE = 2 << 20;
    private static final int ALIGNMENT = 8192;
    private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");

    @ParameterizedTest
    @ValueSource(longs = {64 * 8192, HUGE_PAGE, 4 * HUGE_PAGE, 9 * HUGE_PAGE + 8192})
    void allOfItIsThereAndZero(long size) {
        MemorySegment memory = PoolMemory.allocate(size, ALIGNMENT);
        assertThat(memory.address() % (LINUX && size >= 4 * HUGE_PAGE ? HUGE_PAGE : ALIGNMENT))
                .isZero();
        assertUsable(memory, size);
    }

    /** What the kernel refuses to map, here because no address space is that large, is allocated. */
    @Test
    void memoryThatCannotBeMappedIsAllocated() {
        long size = 5 * HUGE_PAGE + 8192;
        List<Throwable> refused = new ArrayList<>();
        MemorySegment memory = PoolMemory.allocate(size, ALIGNMENT, wanted -> {
            try {
                return PoolMemory.map(1L << 60);
            } catch (Throwable failure) {
                refused.add(failure);
                throw failure;
            }
        });
        if (LINUX) {
            assertThat(refused)
                    .singleElement(InstanceOfAssertFactories.THROWABLE)
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessageContaining("mmap");
        }
        assertThat(memory.address() % ALIGNMENT).isZero();
        assertUsable(memory, size);
    }

    private static void assertUsable(MemorySegment memory, long size) {
        assertThat(memory.byteSize()).isEqualTo(size);
        for (long at = 0; at < size; at += 256) {
            if (memory.get(ValueLayout.JAVA_LONG, at) != 0) {
                throw new AssertionError("byte " + at + " is not zero");
            }
        }
        memory.fill((byte) 1);
        assertThat(memory.get(ValueLayout.JAVA_LONG, size - Long.BYTES)).isEqualTo(0x0101010101010101L);
    }
}
