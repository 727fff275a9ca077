package dev.strongroom.testkit.disk;

import dev.strongroom.testkit.random.SeededRandomness;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Content of a simulated file: what reads see, what is durable, and the writes between the two. */
final class SimulatedInode {
    private static final int CHUNK = 16 * 1024;
    private static final byte[] ZEROS = new byte[CHUNK];

    /** Sparse bytes. */
    private static final class Content {
        private byte[][] chunks = new byte[0][];
        private long size;

        Content copy() {
            Content copy = new Content();
            copy.chunks = new byte[chunks.length][];
            for (int i = 0; i < chunks.length; i++) {
                copy.chunks[i] = chunks[i].clone();
            }
            copy.size = size;
            return copy;
        }

        private byte[] chunk(long position) {
            int index = (int) (position / CHUNK);
            if (index >= chunks.length) {
                int old = chunks.length;
                chunks = Arrays.copyOf(chunks, Math.max(index + 1, old * 2));
                for (int i = old; i < chunks.length; i++) {
                    chunks[i] = new byte[0];
                }
            }
            if (chunks[index].length == 0) {
                chunks[index] = new byte[CHUNK];
            }
            return chunks[index];
        }

        private boolean isHole(long position) {
            int index = (int) (position / CHUNK);
            return index >= chunks.length || chunks[index].length == 0;
        }

        private static boolean isZero(byte[] bytes, int offset, int length) {
            return Arrays.mismatch(bytes, offset, offset + length, ZEROS, 0, length) < 0;
        }

        void write(long position, byte[] bytes, int offset, int length) {
            for (int done = 0; done < length; ) {
                int inChunk = (int) ((position + done) % CHUNK);
                int part = Math.min(length - done, CHUNK - inChunk);
                if (!isHole(position + done) || !isZero(bytes, offset + done, part)) {
                    System.arraycopy(bytes, offset + done, chunk(position + done), inChunk, part);
                }
                done += part;
            }
            size = Math.max(size, position + length);
        }

        int read(long position, ByteBuffer into) {
            int length = (int) Math.max(0, Math.min(into.remaining(), size - position));
            for (int done = 0; done < length; ) {
                int inChunk = (int) ((position + done) % CHUNK);
                int part = Math.min(length - done, CHUNK - inChunk);
                into.put(isHole(position + done) ? ZEROS : chunks[(int) ((position + done) / CHUNK)], inChunk, part);
                done += part;
            }
            return length;
        }

        /** Where a text is, or -1; holes have none. */
        long find(ByteSearch wanted) {
            byte[] before = ZEROS;
            for (int i = 0; i < chunks.length; i++) {
                byte[] chunk = chunks[i].length == 0 ? ZEROS : chunks[i];
                int at = i == 0 ? ByteSearch.NOWHERE : wanted.acrossSeam(before, chunk);
                if (at == ByteSearch.NOWHERE && chunk != ZEROS) {
                    at = wanted.in(chunk);
                }
                if (at != ByteSearch.NOWHERE) {
                    return (long) i * CHUNK + at;
                }
                before = chunk;
            }
            return -1;
        }

        void truncate(long newSize) {
            if (newSize < size) {
                for (int i = 0; i < chunks.length; i++) {
                    long start = (long) i * CHUNK;
                    if (start >= newSize) {
                        chunks[i] = new byte[0];
                    } else if (start + CHUNK > newSize && chunks[i].length > 0) {
                        Arrays.fill(chunks[i], (int) (newSize - start), CHUNK, (byte) 0);
                    }
                }
            }
            size = newSize;
        }
    }

    /** A write, or a truncation where bytes is empty. */
    private record Pending(long position, byte[] bytes, boolean truncation) {}

    private Content view = new Content();
    private Content durable = new Content();
    private final List<Pending> pending = new ArrayList<>();
    private boolean lostWrites;
    /** Up to where blocks have been written: what a truncation adds takes no space. */
    private long allocated;

    synchronized long size() {
        return view.size;
    }

    synchronized int read(long position, ByteBuffer into) {
        return view.read(position, into);
    }

    synchronized long find(ByteSearch wanted) {
        return view.find(wanted);
    }

    synchronized long allocated() {
        return allocated;
    }

    synchronized void write(long position, byte[] bytes) {
        allocated = Math.max(allocated, position + bytes.length);
        view.write(position, bytes, 0, bytes.length);
        pending.add(new Pending(position, bytes, false));
    }

    synchronized void truncate(long size) {
        view.truncate(size);
        pending.add(new Pending(size, new byte[0], true));
    }

    synchronized void sync() {
        for (Pending write : pending) {
            apply(write);
        }
        pending.clear();
    }

    /** A sync that failed: the kernel drops the writes from its list, reads still see them. */
    synchronized void syncFailed() {
        pending.clear();
        lostWrites = true;
    }

    /** Time passes, memory is wanted for other things: what a failed sync left in the cache is read anew from the disk. */
    synchronized void evict() {
        if (lostWrites) {
            lostWrites = false;
            view = durable.copy();
            for (Pending write : pending) {
                if (write.truncation) {
                    view.truncate(write.position);
                } else {
                    view.write(write.position, write.bytes, 0, write.bytes.length);
                }
            }
        }
    }

    private void apply(Pending write) {
        if (write.truncation) {
            durable.truncate(write.position);
        } else {
            durable.write(write.position, write.bytes, 0, write.bytes.length);
        }
    }

    /** Decides for every write that was not synced what became of it. */
    synchronized String crash(SeededRandomness random) {
        StringBuilder fate = new StringBuilder();
        int sector = random.oneIn(2) ? 512 : 4096;
        for (Pending write : pending) {
            int choice = random.below(4);
            if (write.truncation) {
                if (choice < 2) {
                    apply(write);
                }
                fate.append(choice < 2 ? 'A' : 'D');
            } else if (choice == 0) {
                fate.append('D');
            } else if (choice == 1) {
                apply(write);
                fate.append('A');
            } else {
                tear(write, sector, choice == 3, random);
                fate.append(choice == 3 ? 'G' : 'T');
            }
        }
        pending.clear();
        lostWrites = false;
        view = durable.copy();
        return fate.toString();
    }

    private void tear(Pending write, int sector, boolean garbage, SeededRandomness random) {
        long end = write.position + write.bytes.length;
        for (long at = write.position; at < end; ) {
            long next = Math.min(end, (at / sector + 1) * sector);
            int offset = (int) (at - write.position);
            int length = (int) (next - at);
            int fate = random.below(garbage ? 3 : 2);
            if (fate == 1) {
                durable.write(at, write.bytes, offset, length);
            } else if (fate == 2) {
                byte[] noise = new byte[length];
                random.fill(noise);
                durable.write(at, noise, 0, length);
            }
            at = next;
        }
    }

    /** Changes a bit at rest. */
    synchronized void flip(long position, int bit) {
        byte[] one = new byte[1];
        durable.read(position, ByteBuffer.wrap(one));
        one[0] ^= (byte) (1 << bit);
        durable.write(position, one, 0, 1);
        view.read(position, ByteBuffer.wrap(one));
        one[0] ^= (byte) (1 << bit);
        view.write(position, one, 0, 1);
    }

    synchronized byte[] bytes() {
        byte[] all = new byte[(int) view.size];
        view.read(0, ByteBuffer.wrap(all));
        return all;
    }

    synchronized void replace(byte[] content) {
        view = new Content();
        allocated = content.length;
        view.write(0, content, 0, content.length);
        durable = view.copy();
        pending.clear();
    }

    synchronized SimulatedInode copy() {
        SimulatedInode copy = new SimulatedInode();
        copy.view = view.copy();
        copy.durable = view.copy();
        copy.allocated = allocated;
        return copy;
    }
}
