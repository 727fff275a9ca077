package dev.strongroom.testkit.disk;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.testkit.random.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A machine's disk. {@link #files} gives access; {@link #crash} decides by seed what survives; the switches arm faults. Every
 * fault is remembered in {@link #faults}. Thread-safe.
 */
public final class SimulatedDisk {
    private static final int BLOCK = 4096;

    private final SeededRandomness random;
    private final List<String> faults = new ArrayList<>();
    private final TreeMap<String, SimulatedInode> names = new TreeMap<>();
    private final TreeMap<String, SimulatedInode> durableNames = new TreeMap<>();
    private final TreeSet<String> directories = new TreeSet<>();
    private final List<NameChange> pendingNames = new ArrayList<>();
    private final TreeSet<String> locks = new TreeSet<>();

    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private long failSyncAt = Long.MAX_VALUE;
    private long loseWriteAt = Long.MAX_VALUE;
    private long misdirectWriteAt = Long.MAX_VALUE;
    private long failReadAt = Long.MAX_VALUE;
    private long freeBytes = Long.MAX_VALUE;
    private WriteListener listener = (path, position, bytes) -> {};
    private volatile Runnable pause = () -> {};
    private String liesAbout = "";
    private boolean crashed;
    private int incarnation;

    /** A name that came, went (inode null), or moved (two changes). */
    private record NameChange(
            String directory, String path, @Nullable SimulatedInode inode) {}

    public SimulatedDisk(SeededRandomness random) {
        this.random = random;
    }

    /** Files below the root, as one start of the process sees them: useless after the next crash. */
    public SimulatedFiles files() {
        return new SimulatedFiles(this, "", incarnation());
    }

    synchronized int incarnation() {
        return incarnation;
    }

    /** Sees every write before faults have their way with it. */
    @FunctionalInterface
    public interface WriteListener {
        void written(String path, long position, byte[] bytes);
    }

    public synchronized void listen(WriteListener newListener) {
        listener = newListener;
    }

    /** Runs before each read, write and sync of a file, outside any lock: where I/O takes its time, others go on. */
    public void pauseWith(Runnable newPause) {
        pause = newPause;
    }

    void pause() {
        pause.run();
    }

    /** Confines lost and misdirected writes to files whose path contains a text. */
    public synchronized void lieAbout(String pathPart) {
        liesAbout = pathPart;
    }

    /** I/O operations that change something, so far. */
    public synchronized long operations() {
        return operations;
    }

    /** Loses power in the n-th changing operation from now (1 is the next). */
    public synchronized void crashAfter(long n) {
        crashAt = operations + n;
    }

    /** Lets the n-th sync-or-write operation from now, if it is a sync, or the first sync after it, fail. */
    public synchronized void failSyncAfter(long n) {
        failSyncAt = operations + n;
    }

    /** Acknowledges the n-th write from now without doing it. */
    public synchronized void loseWriteAfter(long n) {
        loseWriteAt = operations + n;
    }

    /** Puts the n-th write from now 8 KiB too far. */
    public synchronized void misdirectWriteAfter(long n) {
        misdirectWriteAt = operations + n;
    }

    /** Fails the next read. */
    public synchronized void failNextRead() {
        failReadAt = 0;
    }

    /** Leaves room for so many bytes more; what is deleted gives its bytes back. */
    public synchronized void freeBytes(long bytes) {
        freeBytes = bytes;
    }

    public synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** Whether the power has failed and is not back. */
    public synchronized boolean isCrashed() {
        return crashed;
    }

    /** Loses power now, unless it happened already, and comes back with what survived. Files opened before are dead. */
    public synchronized void crash() {
        crashed = false;
        incarnation++;
        crashAt = Long.MAX_VALUE;
        failSyncAt = Long.MAX_VALUE;
        loseWriteAt = Long.MAX_VALUE;
        misdirectWriteAt = Long.MAX_VALUE;
        failReadAt = Long.MAX_VALUE;
        freeBytes = Long.MAX_VALUE;
        locks.clear();
        StringBuilder fates = new StringBuilder("crash at operation " + operations + ":");
        Map<String, Boolean> alive = new TreeMap<>();
        for (NameChange change : pendingNames) {
            // A journal keeps the order within a directory: what follows a lost change is lost too.
            if (alive.computeIfAbsent(change.directory, d -> true) && random.oneIn(3)) {
                alive.put(change.directory, false);
                fates.append(" names of ")
                        .append(change.directory)
                        .append(" from ")
                        .append(change.path);
            }
            if (alive.getOrDefault(change.directory, false)) {
                settle(change);
            }
        }
        pendingNames.clear();
        names.clear();
        names.putAll(durableNames);
        for (Map.Entry<String, SimulatedInode> entry : names.entrySet()) {
            String fate = entry.getValue().crash(random);
            if (!fate.isEmpty()) {
                fates.append(' ').append(entry.getKey()).append('=').append(fate);
            }
        }
        faults.add(fates.toString());
    }

    private void settle(NameChange change) {
        if (change.inode == null) {
            durableNames.remove(change.path);
        } else {
            durableNames.put(change.path, change.inode);
        }
    }

    /** Ends a process without losing power: open handles die, all writes stay but those of a failed sync. */
    public synchronized void kill() {
        crashed = false;
        incarnation++;
        crashAt = Long.MAX_VALUE;
        locks.clear();
        names.values().forEach(SimulatedInode::evict);
    }

    /** Ends all faults that were armed and did not happen. */
    public synchronized void heal() {
        failSyncAt = Long.MAX_VALUE;
        loseWriteAt = Long.MAX_VALUE;
        misdirectWriteAt = Long.MAX_VALUE;
        failReadAt = Long.MAX_VALUE;
        freeBytes = Long.MAX_VALUE;
    }

    /** Changes one bit at rest. */
    public synchronized void flipBit(String path, long position, int bit) {
        faults.add("bit " + bit + " of byte " + position + " in " + path + " flipped");
        inode(path).flip(position, bit);
    }

    /** Content of a file as reads see it. */
    public synchronized byte[] bytes(String path) {
        return inode(path).bytes();
    }

    /** Where a text is in a file as reads see it, or -1. */
    public synchronized long find(String path, byte[] text) {
        return inode(path).find(new ByteSearch(text));
    }

    /** Puts a file's content in place, durably. */
    public synchronized void replace(String path, byte[] content) {
        faults.add(path + " replaced");
        inode(path).replace(content);
    }

    /** All files. */
    public synchronized List<String> paths() {
        return List.copyOf(names.keySet());
    }

    /** A second disk with the same content, as a copied volume. */
    public synchronized SimulatedDisk copy(SeededRandomness chance) {
        SimulatedDisk copy = new SimulatedDisk(chance);
        for (Map.Entry<String, SimulatedInode> entry : names.entrySet()) {
            SimulatedInode inode = entry.getValue().copy();
            copy.names.put(entry.getKey(), inode);
            copy.durableNames.put(entry.getKey(), inode);
        }
        copy.directories.addAll(directories);
        return copy;
    }

    private SimulatedInode inode(String path) {
        SimulatedInode inode = names.get(path);
        if (inode == null) {
            throw new DatabaseException(
                    ErrorCode.IO_ERROR, "could not open file \"" + path + "\": No such file or directory");
        }
        return inode;
    }

    /** Counts an operation that changes something; may be the last. */
    private void step(int caller) {
        alive(caller);
        operations++;
    }

    private void alive(int caller) {
        if (crashed || caller != incarnation) {
            throw new SimulatedCrash();
        }
    }

    private void maybeCrash() {
        if (operations >= crashAt) {
            crashed = true;
            throw new SimulatedCrash();
        }
    }

    synchronized SimulatedInode open(int caller, String path) {
        alive(caller);
        return inode(path);
    }

    synchronized SimulatedInode create(int caller, String path) {
        step(caller);
        if (names.containsKey(path)) {
            throw new DatabaseException(ErrorCode.IO_ERROR, "could not create file \"" + path + "\": File exists");
        }
        if (!directories.contains(parent(path))) {
            throw new DatabaseException(
                    ErrorCode.IO_ERROR, "could not create file \"" + path + "\": No such file or directory");
        }
        SimulatedInode inode = new SimulatedInode();
        names.put(path, inode);
        pendingNames.add(new NameChange(parent(path), path, inode));
        maybeCrash();
        return inode;
    }

    synchronized boolean exists(int caller, String path) {
        alive(caller);
        return names.containsKey(path) || directories.contains(path);
    }

    synchronized void delete(int caller, String path) {
        step(caller);
        if (freeBytes != Long.MAX_VALUE) {
            freeBytes += inode(path).allocated();
        }
        inode(path);
        names.remove(path);
        pendingNames.add(new NameChange(parent(path), path, null));
        maybeCrash();
    }

    synchronized void rename(int caller, String from, String to) {
        step(caller);
        SimulatedInode inode = inode(from);
        names.remove(from);
        names.put(to, inode);
        pendingNames.add(new NameChange(parent(to), to, inode));
        pendingNames.add(new NameChange(parent(to), from, null));
        maybeCrash();
    }

    synchronized void createDirectory(int caller, String path) {
        alive(caller);
        for (String p = path; !p.isEmpty(); p = parent(p)) {
            directories.add(p);
        }
        directories.add("");
    }

    synchronized void deleteDirectory(int caller, String path) {
        step(caller);
        directories.remove(path);
        maybeCrash();
    }

    synchronized List<String> list(int caller, String directory) {
        alive(caller);
        String prefix = directory.isEmpty() ? "" : directory + "/";
        TreeSet<String> found = new TreeSet<>();
        for (TreeSet<String> all : List.of(new TreeSet<>(names.keySet()), directories)) {
            for (String path : all) {
                if (path.startsWith(prefix) && path.length() > prefix.length()) {
                    String rest = path.substring(prefix.length());
                    int slash = rest.indexOf('/');
                    found.add(slash < 0 ? rest : rest.substring(0, slash));
                }
            }
        }
        return List.copyOf(found);
    }

    synchronized void syncDirectory(int caller, String directory) {
        step(caller);
        maybeCrash();
        for (NameChange change : pendingNames) {
            if (change.directory.equals(directory)) {
                settle(change);
            }
        }
        pendingNames.removeIf(change -> change.directory.equals(directory));
    }

    synchronized void lock(int caller, String path) {
        alive(caller);
        if (!locks.add(path)) {
            throw new DatabaseException(
                    ErrorCode.OBJECT_IN_USE, "lock file \"" + path + "\" is held by another process");
        }
    }

    synchronized void unlock(String path) {
        locks.remove(path);
    }

    synchronized int read(int caller, SimulatedInode inode, String path, long position, ByteBuffer into) {
        alive(caller);
        if (failReadAt == 0) {
            failReadAt = Long.MAX_VALUE;
            faults.add("read of " + path + " failed");
            throw new DatabaseException(ErrorCode.IO_ERROR, "could not read file \"" + path + "\": Input/output error");
        }
        return inode.read(position, into);
    }

    synchronized void write(int caller, SimulatedInode inode, String path, long position, byte[] bytes) {
        step(caller);
        long growth = Math.max(0, position + bytes.length - inode.allocated());
        if (growth > freeBytes) {
            faults.add("disk full at a write to " + path);
            throw new DatabaseException(
                    ErrorCode.DISK_FULL, "could not write file \"" + path + "\": No space left on device");
        }
        if (freeBytes != Long.MAX_VALUE) {
            freeBytes -= growth;
        }
        listener.written(path, position, bytes);
        long at = position;
        boolean lies = path.contains(liesAbout);
        if (lies && operations >= misdirectWriteAt) {
            misdirectWriteAt = Long.MAX_VALUE;
            faults.add("write to " + path + " at " + position + " misdirected");
            at += 8192;
        }
        if (lies && operations >= loseWriteAt) {
            loseWriteAt = Long.MAX_VALUE;
            faults.add("write to " + path + " at " + position + " lost");
        } else {
            inode.write(at, bytes);
        }
        maybeCrash();
    }

    synchronized void truncate(int caller, SimulatedInode inode, String path, long size) {
        step(caller);
        if (size > inode.size() && freeBytes < BLOCK) {
            // A file is made longer by writing its last block.
            faults.add("disk full at lengthening " + path);
            throw new DatabaseException(
                    ErrorCode.DISK_FULL, "could not truncate file \"" + path + "\": No space left on device");
        }
        inode.truncate(size);
        maybeCrash();
    }

    synchronized void sync(int caller, SimulatedInode inode, String path) {
        step(caller);
        maybeCrash();
        if (operations >= failSyncAt) {
            failSyncAt = Long.MAX_VALUE;
            faults.add("fsync of " + path + " failed");
            inode.syncFailed();
            throw new DatabaseException(
                    ErrorCode.IO_ERROR, "could not fsync file \"" + path + "\": Input/output error");
        }
        inode.sync();
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }
}
