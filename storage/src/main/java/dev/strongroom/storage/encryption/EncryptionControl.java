package dev.strongroom.storage.encryption;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.log.LogSegmentInfo;
import dev.strongroom.storage.page.PageManifest;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Encryption of one open database. Each operation checks the state once more and is durable when it returns; scans go on in
 * the background. Failures carry the numbers of the state table TDE-154. Thread-safe.
 */
public interface EncryptionControl {
    EncryptionStatus status();

    /** What the sealed pages add up to (TDE-519). */
    PageManifest manifest();

    /** Log segments that exist, oldest first; the last is being written. */
    List<LogSegmentInfo> segments();

    /** Whether a full or differential backup is running: the key statements wait for its end (TDE-46). */
    default boolean dataBackupRuns() {
        return false;
    }

    /** State 0 to 1. Takes over {@code version}; 33103 if there is a key. */
    void createKey(WrappedDek wrapped, KeyVersion version);

    /** 33122 if {@link #regenerate} would be refused so: asked before a key is made for it. */
    void requireKeyChange();

    /**
     * A new key version: in state 1 it replaces the old one at once, in state 3 the scan starts (state 4). Takes over {@code
     * version}; 33110 during a scan, 33122 if three versions would be exceeded: those
     * before stay until no log is under them (TDE-323).
     */
    void regenerate(WrappedDek wrapped, KeyVersion version);

    /**
     * The same keys under another encryptor. State 6 while {@code wrapAnew} turns every version of
     * {@link EncryptionStatus#keys} into the new wraps; back in the old state afterwards, also when it throws.
     */
    void rewrap(UnaryOperator<List<WrappedDek>> wrapAnew);

    /** State 1 to 0; 33105 in any other. */
    void dropKey();

    /** State 1 to 2. */
    void switchOn();

    /** Waits a moment for the end of a scan that has hardly anything to look at (TDE-306); not at all for any other. */
    default void settle() {}

    /** State 3 to 5. */
    void switchOff();

    /** 91006 if no scan is running. */
    void suspend();

    /** 91006 if no scan is suspended or aborted. */
    void resume();

    /** Speed limit of the scan in MiB/s, 0 for none; also of one that is running (TDE-303). */
    default void throttle(int mebibytesPerSecond) {}

    /**
     * Tells of every change of a scan's state: of its end before it holds (TDE-307), of any other afterwards. The listener is
     * called with the lock of the state held: it may write, but must not wait for another change.
     */
    default void onScanChange(Consumer<EncryptionStatus> listener) {}
}
