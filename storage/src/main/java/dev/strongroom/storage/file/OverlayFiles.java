package dev.strongroom.storage.file;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Files that read through to others and keep everything written in memory: whatever happens here, the files below stay as they
 * are (decision S-25). Thread-safe.
 */
public final class OverlayFiles implements StorageFiles {
    private static final int BLOCK = 8192;

    private final StorageFiles base;
    private final String prefix;
    private final State state;

    /** What differs from the files below. */
    private static final class State {
        private final Map<String, Overlay> files = new HashMap<>();
        private final TreeSet<String> deleted = new TreeSet<>();
        private final TreeSet<String> directories = new TreeSet<>();
    }

    public OverlayFiles(StorageFiles base) {
        this(base, "", new State());
    }

    private OverlayFiles(StorageFiles base, String prefix, State state) {
        this.base = base;
        this.prefix = prefix;
        this.state = state;
    }

    private String path(String name) {
        if (name.isEmpty()) {
            return prefix;
        }
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    @Override
    public StorageFile open(String path) {
        String full = path(path);
        synchronized (state) {
            Overlay overlay = state.files.get(full);
            if (overlay == null) {
                if (state.deleted.contains(full)) {
                    throw missing(full);
                }
                overlay = new Overlay(full, base.open(full));
                state.files.put(full, overlay);
            }
            return overlay;
        }
    }

    private static DatabaseException missing(String path) {
        return new DatabaseException(
                ErrorCode.IO_ERROR, "could not open file \"" + path + "\": No such file or directory");
    }

    @Override
    public StorageFile create(String path) {
        String full = path(path);
        synchronized (state) {
            if (exists(path)) {
                throw new DatabaseException(ErrorCode.IO_ERROR, "could not create file \"" + full + "\": File exists");
            }
            Overlay overlay = new Overlay(full, null);
            state.files.put(full, overlay);
            state.deleted.remove(full);
            return overlay;
        }
    }

    @Override
    public boolean exists(String path) {
        String full = path(path);
        synchronized (state) {
            return state.files.containsKey(full)
                    || state.directories.contains(full)
                    || (!state.deleted.contains(full) && base.exists(full));
        }
    }

    @Override
    public void delete(String path) {
        synchronized (state) {
            forget(path(path));
        }
    }

    private void forget(String full) {
        Overlay overlay = state.files.remove(full);
        if (overlay != null) {
            overlay.release();
        }
        state.deleted.add(full);
    }

    @Override
    public void rename(String from, String to) {
        synchronized (state) {
            Overlay moved = (Overlay) open(from);
            forget(path(to));
            state.files.remove(path(from));
            state.deleted.add(path(from));
            moved.path = path(to);
            state.files.put(moved.path, moved);
            state.deleted.remove(moved.path);
        }
    }

    @Override
    public void createDirectory(String path) {
        synchronized (state) {
            state.directories.add(path(path));
        }
    }

    @Override
    public void deleteDirectory(String path) {
        synchronized (state) {
            state.directories.remove(path(path));
        }
    }

    @Override
    public List<String> list(String directory) {
        String full = path(directory);
        String start = full.isEmpty() ? "" : full + "/";
        synchronized (state) {
            TreeSet<String> names = new TreeSet<>(base.list(full));
            names.removeIf(name -> state.deleted.contains(start + name));
            for (String path : state.files.keySet()) {
                if (path.startsWith(start) && path.indexOf('/', start.length()) < 0) {
                    names.add(path.substring(start.length()));
                }
            }
            return List.copyOf(names);
        }
    }

    @Override
    public void syncDirectory(String directory) {}

    @Override
    public StorageFiles below(String directory) {
        return new OverlayFiles(base, path(directory), state);
    }

    @Override
    public AutoCloseable lock(String path) {
        return () -> {};
    }

    /** Closes the files below. */
    public void release() {
        synchronized (state) {
            state.files.values().forEach(Overlay::release);
            state.files.clear();
        }
    }

    /** One file: blocks written here, others from below. Closing it closes nothing: it may be opened again. */
    private static final class Overlay implements StorageFile {
        private volatile String path;
        private final @Nullable StorageFile below;
        private final TreeMap<Long, byte[]> blocks = new TreeMap<>();
        private long size;
        /** Bytes of the file below that still count. */
        private long belowSize;

        Overlay(String path, @Nullable StorageFile below) {
            this.path = path;
            this.below = below;
            belowSize = below == null ? 0 : below.size();
            size = belowSize;
        }

        void release() {
            if (below != null) {
                below.close();
            }
        }

        @Override
        public String path() {
            return path;
        }

        @Override
        public synchronized int read(ByteBuffer into, long position) {
            int total = (int) Math.max(0, Math.min(into.remaining(), size - position));
            int done = 0;
            while (done < total) {
                long at = position + done;
                int inBlock = (int) (at % BLOCK);
                int part = Math.min(total - done, BLOCK - inBlock);
                byte[] block = blocks.get(at / BLOCK);
                into.put(block != null ? block : readBelow(at / BLOCK), inBlock, part);
                done += part;
            }
            return total;
        }

        private byte[] readBelow(long block) {
            byte[] bytes = new byte[BLOCK];
            long position = block * BLOCK;
            if (below != null && position < belowSize) {
                ByteBuffer into = ByteBuffer.wrap(bytes);
                into.limit((int) Math.min(BLOCK, belowSize - position));
                int read = below.read(into, position);
                Arrays.fill(bytes, read, BLOCK, (byte) 0);
            }
            return bytes;
        }

        @Override
        public synchronized void write(ByteBuffer from, long position) {
            long at = position;
            while (from.hasRemaining()) {
                int inBlock = (int) (at % BLOCK);
                int part = Math.min(from.remaining(), BLOCK - inBlock);
                byte[] block = blocks.computeIfAbsent(at / BLOCK, this::readBelow);
                from.get(block, inBlock, part);
                at += part;
            }
            size = Math.max(size, at);
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public synchronized void truncate(long newSize) {
            if (newSize < size) {
                belowSize = Math.min(belowSize, newSize);
                blocks.tailMap(newSize / BLOCK + (newSize % BLOCK == 0 ? 0 : 1), true)
                        .clear();
                byte[] last = blocks.get(newSize / BLOCK);
                if (last != null) {
                    Arrays.fill(last, (int) (newSize % BLOCK), BLOCK, (byte) 0);
                }
            }
            size = newSize;
        }

        @Override
        public void sync() {}

        @Override
        public void close() {}
    }
}
