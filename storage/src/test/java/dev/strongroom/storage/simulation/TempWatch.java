package dev.strongroom.storage.simulation;

import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.seal.SealKind;
import dev.strongroom.crypto.seal.StreamSealer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one start of a database seals its temporary files with: knows the key and the starting nonces as they are drawn, and
 * finds by opening it what a block that went to the disk was sealed under.
 */
final class TempWatch implements Randomness {
    private static final int START_NONCE = 24;
    /** Numbers whose blocks a full disk may have refused. */
    private static final int SKIPPED = 16;

    private final Randomness random;
    private byte[] encryptionId = new byte[0];
    private @Nullable KeyVersion key;
    private final List<byte[]> starts = new ArrayList<>();
    private final Map<String, Stream> streams = new HashMap<>();

    /** The blocks of one file so far. */
    private static final class Stream {
        private final byte[] start;
        private final StreamSealer opener;
        private long next;

        Stream(byte[] start, StreamSealer opener) {
            this.start = start;
            this.opener = opener;
        }
    }

    TempWatch(Randomness random) {
        this.random = random;
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public void fill(byte[] bytes) {
        random.fill(bytes);
        if (bytes.length == KeyVersion.ENCRYPTION_ID_BYTES) {
            encryptionId = bytes.clone();
        } else if (bytes.length == START_NONCE) {
            starts.add(bytes.clone());
        } else {
            key = KeyVersion.derive(1, encryptionId, DekAlgorithm.AES_256, KeyBuffer.takeOver(bytes.clone()));
        }
    }

    /** Key, nonce and number of a block; fails if it was sealed under none that it may have been. */
    String sealedUnder(String path, byte[] block) {
        Stream known = streams.get(path);
        if (known != null) {
            long number = number(known, block);
            if (number >= 0) {
                return name(known, number);
            }
            throw new AssertionError("block of " + path + " is sealed under none of the numbers from " + known.next);
        }
        for (byte[] start : starts.reversed()) {
            Stream stream = new Stream(start, new StreamSealer(SealKind.TEMP, key(), start));
            long number = number(stream, block);
            if (number >= 0) {
                streams.put(path, stream);
                return name(stream, number);
            }
        }
        throw new AssertionError("block of " + path + " is sealed under no nonce that was drawn for temporary files");
    }

    private KeyVersion key() {
        KeyVersion drawn = key;
        if (drawn == null) {
            throw new AssertionError("a temporary file without a key");
        }
        return drawn;
    }

    private String name(Stream stream, long number) {
        stream.next = number + 1;
        HexFormat hex = HexFormat.of();
        return "temp " + hex.formatHex(encryptionId) + "/" + hex.formatHex(stream.start) + "+" + number;
    }

    private static long number(Stream stream, byte[] block) {
        int length = block.length - StreamSealer.TAG_BYTES;
        byte[] plain = new byte[length];
        for (long number = stream.next; number < stream.next + SKIPPED; number++) {
            if (stream.opener.open(block, 0, length, number, false, plain, 0)
                    || stream.opener.open(block, 0, length, number, true, plain, 0)) {
                return number;
            }
        }
        return -1;
    }
}
