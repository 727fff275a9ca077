package dev.strongroom.storage.database;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.RestoreDirectory;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootFile;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.log.LogKeys;
import dev.strongroom.storage.log.LogReader;
import dev.strongroom.storage.recovery.StopPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a restore ends: where the log stops, and under which key the copy goes on.
 *
 * @param stop the moment to recover to
 * @param rekey a key of the copy's own (TDE-516); null to keep the source's
 */
public record RestoreEnd(StopPoint stop, @Nullable NewKey rekey) {
    /** Everything there is, under the keys it came with. */
    public static final RestoreEnd ALL = new RestoreEnd(new StopPoint.End(), null);

    /** The restored log does not reach the moment to stop at: the database stays as it is, for more log. */
    public static final class NotReached extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotReached() {
            super("the restored log ends before the moment to stop at");
        }
    }

    /** Where the log is cut; {@link Long#MAX_VALUE} for nowhere. */
    long stopLsn(StorageFiles files, BootRecord boot, LogKeys keys) {
        RestoreDirectory.requireWhole(boot);
        try (LogReader reader = LogReader.open(files, boot.databaseUuid(), keys, boot.redoLsn())) {
            StopPoint.Found found = stop.find(reader, boot.redoLsn());
            if (!found.reached()) {
                throw new NotReached();
            }
            if (found.lsn() < boot.checkpointLsn()) {
                throw NumberedError.STOP_BEFORE_LOG.exception("the moment to stop at is too early: all or part of the"
                        + " database is already rolled forward beyond that point");
            }
            return found.lsn();
        }
    }

    /**
     * The encryption of the copy (decision S-4). What the log says last counts, but the pages are those of the backups: under
     * any of their keys, and plain where they could be. So a scan has to prove it anew.
     *
     * @param base what the boot record has: state at the time of the backup, keys of all backups used
     * @param last what the log says
     */
    EncryptionFacts encryption(EncryptionFacts base, EncryptionFacts last) {
        List<WrappedDek> keys = union(base.keys(), last.keys());
        boolean untouched = base.state() <= EncryptionFacts.UNENCRYPTED && last.state() <= EncryptionFacts.UNENCRYPTED;
        if (untouched) {
            return last;
        }
        int highest = keys.stream().mapToInt(WrappedDek::keyVersion).max().orElse(0);
        int state = switch (last.state()) {
            case EncryptionFacts.ENCRYPTED, EncryptionFacts.ENCRYPTING -> EncryptionFacts.ENCRYPTING;
            case EncryptionFacts.KEY_CHANGE ->
                base.mayBePlain() ? EncryptionFacts.ENCRYPTING : EncryptionFacts.KEY_CHANGE;
            default -> EncryptionFacts.DECRYPTING;
        };
        int scan = last.scanState() == EncryptionFacts.SCAN_SUSPENDED
                ? EncryptionFacts.SCAN_SUSPENDED
                : EncryptionFacts.SCAN_RUNNING;
        int target = state == EncryptionFacts.DECRYPTING ? 0 : last.targetVersion();
        EncryptionFacts copy = new EncryptionFacts(
                state,
                scan,
                target,
                0,
                Math.max(highest, last.lastVersion()),
                last.wanted(),
                last.dates(),
                keys,
                last.lsn());
        return rekey == null || target == 0 ? copy : rekeyed(copy, rekey);
    }

    private static EncryptionFacts rekeyed(EncryptionFacts copy, NewKey own) {
        List<WrappedDek> keys = new ArrayList<>(copy.keys());
        WrappedDek wrapped = own.wrapped();
        if (wrapped != null) {
            keys.add(wrapped);
        }
        return copy.withKeys(keys)
                .withState(copy.state(), EncryptionFacts.SCAN_RUNNING, own.key().number(), 0);
    }

    /** The copy's own key is in the boot record before a log segment names it. */
    void useOwnKey(DatabaseKeys open, BootFile boot, EncryptionFacts facts) {
        NewKey own = rekey;
        if (own == null || facts.targetVersion() != own.key().number()) {
            return;
        }
        open.add(own.key());
        boot.writeTwice(record -> record.withEncryption(record.encryption().withKeys(facts.keys())));
    }

    private static List<WrappedDek> union(List<WrappedDek> base, List<WrappedDek> last) {
        TreeMap<Integer, WrappedDek> keys = new TreeMap<>();
        base.forEach(key -> keys.put(key.keyVersion(), key));
        last.forEach(key -> keys.put(key.keyVersion(), key));
        return List.copyOf(keys.values());
    }

    /** The boot record from the moment on that the restore has happened. */
    BootRecord ended(BootRecord waiting, long endLsn, int timeline, EncryptionFacts facts) {
        BackupFacts before = waiting.backup();
        long chain = before.recoveryModel() == BackupFacts.FULL ? endLsn : 0;
        BackupFacts after = new BackupFacts(before.recoveryModel(), chain, before.baseLsn(), before.baseUuid(), false);
        return waiting.withTimeline(timeline).withEncryption(facts).withBackup(after);
    }
}
