package dev.strongroom.catalog.key;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import dev.strongroom.storage.log.LogSegmentInfo;
import dev.strongroom.storage.page.PageManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Encryption of a database without pages: its states change as the statements ask, scans end when the test says. */
final class TestingEncryption implements EncryptionControl {
    private final List<WrappedDek> keys = new ArrayList<>();
    private int state;
    private int scanState;
    private int lastVersion;
    private boolean backupRuns;

    void runBackup(boolean running) {
        backupRuns = running;
    }

    @Override
    public boolean dataBackupRuns() {
        return backupRuns;
    }

    @Override
    public EncryptionStatus status() {
        int version = keys.isEmpty() ? 0 : keys.getLast().keyVersion();
        return new EncryptionStatus(
                state,
                scanState,
                state == 2 || state == 3,
                version,
                lastVersion,
                version,
                100,
                50,
                0,
                false,
                EncryptionStatus.Dates.NONE,
                keys);
    }

    @Override
    public PageManifest manifest() {
        return PageManifest.EMPTY;
    }

    void force(int newState, int newScanState) {
        state = newState;
        scanState = newScanState;
    }

    void finishScan() {
        state = state == EncryptionStatus.DECRYPTING ? EncryptionStatus.UNENCRYPTED : EncryptionStatus.ENCRYPTED;
        scanState = EncryptionStatus.SCAN_COMPLETE;
    }

    @Override
    public void createKey(WrappedDek wrapped, KeyVersion version) {
        add(wrapped, version);
        state = EncryptionStatus.UNENCRYPTED;
    }

    @Override
    public void requireKeyChange() {}

    @Override
    public void regenerate(WrappedDek wrapped, KeyVersion version) {
        add(wrapped, version);
        if (state == EncryptionStatus.ENCRYPTED) {
            force(EncryptionStatus.KEY_CHANGE, EncryptionStatus.SCAN_RUNNING);
        }
    }

    private void add(WrappedDek wrapped, KeyVersion version) {
        assert version.number() == wrapped.keyVersion() && version.number() > lastVersion;
        keys.add(wrapped);
        lastVersion = wrapped.keyVersion();
    }

    @Override
    public void rewrap(UnaryOperator<List<WrappedDek>> wrapAnew) {
        List<WrappedDek> wrapped = wrapAnew.apply(List.copyOf(keys));
        keys.clear();
        keys.addAll(wrapped);
    }

    @Override
    public void dropKey() {
        keys.clear();
        state = EncryptionStatus.NO_KEY;
    }

    @Override
    public void switchOn() {
        force(EncryptionStatus.ENCRYPTING, EncryptionStatus.SCAN_RUNNING);
    }

    @Override
    public void switchOff() {
        force(EncryptionStatus.DECRYPTING, EncryptionStatus.SCAN_RUNNING);
    }

    @Override
    public void suspend() {
        if (scanState != EncryptionStatus.SCAN_RUNNING) {
            throw NumberedError.NO_SCAN.exception("no scan");
        }
        scanState = EncryptionStatus.SCAN_SUSPENDED;
    }

    @Override
    public void resume() {
        scanState = EncryptionStatus.SCAN_RUNNING;
    }

    @Override
    public List<LogSegmentInfo> segments() {
        return List.of();
    }
}
