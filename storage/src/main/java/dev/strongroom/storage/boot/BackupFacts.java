package dev.strongroom.storage.boot;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a database remembers of its backups (decision S-18).
 *
 * @param recoveryModel {@link #FULL} or {@link #SIMPLE}
 * @param logBackupLsn log up to here is in log backups; 0 = no log chain, the log is truncated as under SIMPLE
 * @param baseLsn first LSN of the last full backup that was no copy; 0 = none
 * @param baseUuid backup set of that backup, the base of differential backups
 * @param restoring the files wait for more backups to be restored; nobody may open the database
 */
public record BackupFacts(int recoveryModel, long logBackupLsn, long baseLsn, byte[] baseUuid, boolean restoring) {
    /** Log is kept until it is backed up. Numbers as in {@code sys.databases.recovery_model}. */
    public static final int FULL = 1;

    /** Log goes at checkpoints. */
    public static final int SIMPLE = 3;

    /** Of a database that was never backed up. */
    public static final BackupFacts NONE = new BackupFacts(FULL, 0, 0, new byte[16], false);

    static final int BYTES = 1 + 8 + 8 + 16 + 1;

    /** Under another recovery model; leaving FULL breaks the log chain. */
    public BackupFacts withRecoveryModel(int model) {
        return new BackupFacts(model, model == FULL ? logBackupLsn : 0, baseLsn, baseUuid, restoring);
    }

    /** After a log backup that ends at this LSN. */
    public BackupFacts withLogBackup(long lsn) {
        return new BackupFacts(recoveryModel, lsn, baseLsn, baseUuid, restoring);
    }

    /** After a full backup; it starts a log chain where there is none. */
    public BackupFacts withBase(long firstLsn, byte[] setUuid) {
        long chain = recoveryModel == FULL && logBackupLsn == 0 ? firstLsn : logBackupLsn;
        return new BackupFacts(recoveryModel, chain, firstLsn, setUuid, restoring);
    }

    public BackupFacts withRestoring(boolean waits) {
        return new BackupFacts(recoveryModel, logBackupLsn, baseLsn, baseUuid, waits);
    }

    /** The oldest LSN whose log must be kept; {@link Long#MAX_VALUE} if none. */
    public long neededLsn() {
        return recoveryModel == FULL && logBackupLsn > 0 ? logBackupLsn : Long.MAX_VALUE;
    }

    void encode(ByteBuffer out) {
        out.put((byte) recoveryModel).putLong(logBackupLsn).putLong(baseLsn).put(baseUuid);
        out.put((byte) (restoring ? 1 : 0));
    }

    static BackupFacts decode(ByteBuffer in) {
        int model = in.get();
        long logBackup = in.getLong();
        long base = in.getLong();
        byte[] uuid = new byte[16];
        in.get(uuid);
        return new BackupFacts(model, logBackup, base, uuid, in.get() != 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BackupFacts that
                && recoveryModel == that.recoveryModel
                && logBackupLsn == that.logBackupLsn
                && baseLsn == that.baseLsn
                && restoring == that.restoring
                && Arrays.equals(baseUuid, that.baseUuid);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(logBackupLsn) * 31 + Arrays.hashCode(baseUuid);
    }
}
