package dev.strongroom.storage.boot;

import dev.strongroom.crypto.hierarchy.WrappedDek;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a database knows about its own encryption. Dates are microseconds since 1970, 0 = never.
 *
 * @param state 0 no key, 1 unencrypted, 2 encryption in progress, 3 encrypted, 4 key change, 5 decryption in progress, 6
 *     protection change
 * @param scanState 0 none, 1 running, 2 suspended, 3 aborted, 4 complete
 * @param targetVersion key version new writes use, 0 = plain
 * @param scanPosition pages below are done
 * @param lastVersion highest key version ever used: versions never restart, even after DROP
 * @param wanted what SET ENCRYPTION last asked for
 * @param lsn log record that carries these facts
 */
public record EncryptionFacts(
        int state,
        int scanState,
        int targetVersion,
        long scanPosition,
        int lastVersion,
        boolean wanted,
        Dates dates,
        List<WrappedDek> keys,
        long lsn) {
    public static final int NO_KEY = 0;
    public static final int UNENCRYPTED = 1;
    public static final int ENCRYPTING = 2;
    public static final int ENCRYPTED = 3;
    public static final int KEY_CHANGE = 4;
    public static final int DECRYPTING = 5;
    public static final int PROTECTION_CHANGE = 6;

    public static final int SCAN_NONE = 0;
    public static final int SCAN_RUNNING = 1;
    public static final int SCAN_SUSPENDED = 2;
    public static final int SCAN_ABORTED = 3;
    public static final int SCAN_COMPLETE = 4;

    /** Most key versions kept (TDE-323). */
    public static final int MAX_VERSIONS = 3;

    /** A database that never had a key. */
    public static final EncryptionFacts NONE =
            new EncryptionFacts(NO_KEY, SCAN_NONE, 0, 0, 0, false, new Dates(0, 0, 0, 0, 0, 0), List.of(), 0);

    /** When what happened. */
    public record Dates(long created, long regenerated, long modified, long set, long opened, long scanChanged) {
        public Dates modifiedAt(long micros) {
            return new Dates(created, regenerated, micros, set, opened, scanChanged);
        }

        public Dates openedAt(long micros) {
            return new Dates(created, regenerated, modified, set, micros, scanChanged);
        }
    }

    public EncryptionFacts {
        keys = List.copyOf(keys);
    }

    /** The wrapped key of a version; null if it is not kept. */
    public @Nullable WrappedDek key(int version) {
        for (WrappedDek key : keys) {
            if (key.keyVersion() == version) {
                return key;
            }
        }
        return null;
    }

    /** The newest key version; null without a key. */
    public @Nullable WrappedDek newestKey() {
        return key(keys.stream().mapToInt(WrappedDek::keyVersion).max().orElse(0));
    }

    public EncryptionFacts withState(int newState, int newScanState, int target, long position) {
        return new EncryptionFacts(newState, newScanState, target, position, lastVersion, wanted, dates, keys, lsn);
    }

    /** The same in another state. */
    public EncryptionFacts in(int newState) {
        return withState(newState, scanState, targetVersion, scanPosition);
    }

    /** State 6 ends where it came from: with a target the database is encrypted, without one it is not. */
    public EncryptionFacts afterProtectionChange() {
        return state != PROTECTION_CHANGE ? this : in(targetVersion == 0 ? UNENCRYPTED : ENCRYPTED);
    }

    /** Whether pages may be plain: not once a scan has proved that none is. */
    public boolean mayBePlain() {
        return state != ENCRYPTED && state != KEY_CHANGE;
    }

    /**
     * What holds for files that have pages of an earlier moment besides: under what protected them then, so that a scan has to
     * prove the state anew.
     */
    public EncryptionFacts over(EncryptionFacts earlier) {
        if (!mayBePlain() && earlier.mayBePlain()) {
            return in(ENCRYPTING);
        }
        return state <= UNENCRYPTED && earlier.state > UNENCRYPTED ? in(DECRYPTING) : this;
    }

    public EncryptionFacts withScan(int newScanState, long position) {
        return withState(state, newScanState, targetVersion, position);
    }

    public EncryptionFacts withWanted(boolean on) {
        return new EncryptionFacts(state, scanState, targetVersion, scanPosition, lastVersion, on, dates, keys, lsn);
    }

    public EncryptionFacts withDates(Dates newDates) {
        return new EncryptionFacts(
                state, scanState, targetVersion, scanPosition, lastVersion, wanted, newDates, keys, lsn);
    }

    public EncryptionFacts withKeys(List<WrappedDek> newKeys) {
        int highest = newKeys.stream().mapToInt(WrappedDek::keyVersion).max().orElse(0);
        return new EncryptionFacts(
                state,
                scanState,
                targetVersion,
                scanPosition,
                Math.max(lastVersion, highest),
                wanted,
                dates,
                newKeys,
                lsn);
    }

    public EncryptionFacts withLsn(long newLsn) {
        return new EncryptionFacts(
                state, scanState, targetVersion, scanPosition, lastVersion, wanted, dates, keys, newLsn);
    }

    /** Bytes for the boot record and the log, without the LSN. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(128 + keys.size() * (WrappedDek.MAX_BYTES + 2));
        out.put((byte) state).put((byte) scanState).put((byte) (wanted ? 1 : 0)).putInt(targetVersion);
        out.putLong(scanPosition).putInt(lastVersion);
        out.putLong(dates.created).putLong(dates.regenerated).putLong(dates.modified);
        out.putLong(dates.set).putLong(dates.opened).putLong(dates.scanChanged);
        out.put((byte) keys.size());
        keys.forEach(key -> out.put(key.encode()));
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    /** Reads what {@link #encode} wrote. */
    public static EncryptionFacts decode(ByteBuffer in, long lsn) {
        int state = in.get();
        int scanState = in.get();
        boolean wanted = in.get() != 0;
        int target = in.getInt();
        long position = in.getLong();
        int lastVersion = in.getInt();
        Dates dates = new Dates(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
        int count = in.get();
        List<WrappedDek> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WrappedDek.decode(in).ifPresent(keys::add);
        }
        return new EncryptionFacts(state, scanState, target, position, lastVersion, wanted, dates, keys, lsn);
    }
}
