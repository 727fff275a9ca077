package dev.strongroom.storage.encryption;

import dev.strongroom.crypto.hierarchy.WrappedDek;
import java.util.List;

/**
 * What {@code sys.dm_database_encryption_keys} shows of one database (TDE-202). Dates are microseconds since 1970 UTC, 0
 * where it never happened.
 *
 * @param state 0 no key, 1 unencrypted, 2 encrypting, 3 encrypted, 4 key change, 5 decrypting, 6 protection change
 * @param scanState 0 none, 1 running, 2 suspended, 3 aborted, 4 complete
 * @param wanted what SET ENCRYPTION last asked for
 * @param keyVersion the version new writes use, or would use; 0 without a key
 * @param lastKeyVersion the highest number ever used: the next version is higher
 * @param oldestKeyVersion the lowest version any page or log segment may still use; 0 where something is plain
 * @param plainLogBytes log in the clear that keeps the database in state 2
 * @param regenerationDue so many pages are under a 3DES key that it should be changed (S-20)
 * @param keys every version the boot record keeps, oldest first
 */
public record EncryptionStatus(
        int state,
        int scanState,
        boolean wanted,
        int keyVersion,
        int lastKeyVersion,
        int oldestKeyVersion,
        long pagesTotal,
        long pagesDone,
        long plainLogBytes,
        boolean regenerationDue,
        Dates dates,
        List<WrappedDek> keys) {
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

    public EncryptionStatus {
        keys = List.copyOf(keys);
    }

    /** When what happened. */
    public record Dates(long created, long regenerated, long modified, long set, long opened, long scanChanged) {
        public static final Dates NONE = new Dates(0, 0, 0, 0, 0, 0);
    }

    /** Percent of the running change, 0 where none runs (TDE-302). */
    public double percentComplete() {
        boolean changing = state == ENCRYPTING || state == KEY_CHANGE || state == DECRYPTING;
        return !changing || pagesTotal == 0 ? 0 : 100.0 * pagesDone / pagesTotal;
    }
}
