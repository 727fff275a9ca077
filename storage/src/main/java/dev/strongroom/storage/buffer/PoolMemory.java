package dev.strongroom.storage.buffer;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory for page frames. Mapped where the platform can, so that frames cost nothing before they are first used and the kernel
 * may use huge pages (a random lookup is half as long with them); else allocated.
 */
final class PoolMemory {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMemory.class);
    private static final int PROTECT_READ_WRITE = 1 | 2;
    private static final int PRIVATE_ANONYMOUS_NO_RESERVE = 0x2 | 0x20 | 0x4000;
    private static final int ADVISE_HUGE_PAGES = 14;
    private static final long HUGE_PAGE = 2 << 20;

    private PoolMemory() {}

    /** A way to map memory. */
    @FunctionalInterface
    interface Mapping {
        MemorySegment map(long size) throws Throwable;
    }

    /** Zeroed memory that lives as long as somebody refers to it. */
    static MemorySegment allocate(long size, long alignment) {
        return allocate(size, alignment, PoolMemory::map);
    }

    static MemorySegment allocate(long size, long alignment, Mapping mapping) {
        boolean linux = System.getProperty("os.name", "").startsWith("Linux");
        if (linux && size >= 4 * HUGE_PAGE) {
            try {
                return mapping.map(size);
            } catch (Throwable failure) {
                LOG.info("page frames are allocated, not mapped: {}", failure.toString());
            }
        }
        return Arena.ofAuto().allocate(size, alignment);
    }

    static MemorySegment map(long size) throws Throwable {
        Linker linker = Linker.nativeLinker();
        SymbolLookup symbols = linker.defaultLookup();
        MethodHandle mmap = linker.downcallHandle(
                symbols.findOrThrow("mmap"),
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG));
        MethodHandle munmap = linker.downcallHandle(
                symbols.findOrThrow("munmap"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG));
        MethodHandle madvise = linker.downcallHandle(
                symbols.findOrThrow("madvise"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        long mapped = size + HUGE_PAGE;
        MemorySegment start = (MemorySegment)
                mmap.invokeExact(MemorySegment.NULL, mapped, PROTECT_READ_WRITE, PRIVATE_ANONYMOUS_NO_RESERVE, -1, 0L);
        if (start.address() == -1) {
            throw new OutOfMemoryError("mmap of " + mapped + " bytes failed");
        }
        MemorySegment all = start.reinterpret(mapped, Arena.ofAuto(), segment -> unmap(munmap, segment, mapped));
        long skip = -start.address() & (HUGE_PAGE - 1);
        MemorySegment aligned = all.asSlice(skip, size);
        int advised = (int) madvise.invokeExact(aligned, size, ADVISE_HUGE_PAGES);
        if (advised != 0) {
            LOG.info("the kernel does not offer huge pages for page frames");
        }
        return aligned;
    }

    private static void unmap(MethodHandle munmap, MemorySegment segment, long size) {
        try {
            int result = (int) munmap.invokeExact(segment, size);
            assert result == 0;
        } catch (Throwable failure) {
            LOG.warn("page frames were not unmapped", failure);
        }
    }
}
