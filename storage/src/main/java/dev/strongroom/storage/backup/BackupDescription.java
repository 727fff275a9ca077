package dev.strongroom.storage.backup;

import dev.strongroom.common.error.FormatVersion;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.boot.BootRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a backup set is. Written at its start, and with the last word at its end. Nothing in it is secret. Times are
 * microseconds since 1970.
 *
 * @param setUuid names the set
 * @param origin what the user said about it
 * @param boot boot record of the database at the start: identity, keys, where recovery starts; of a log backup at its end
 * @param keys every key version the set needs, wrapped
 * @param range what log it has, and what it builds on
 * @param sealing how its chunks are sealed
 */
public record BackupDescription(
        byte[] setUuid,
        BackupKind kind,
        Origin origin,
        BootRecord boot,
        List<WrappedDek> keys,
        Range range,
        Sealing sealing,
        long startMicros,
        long finishMicros,
        long pages,
        long bytes) {
    private static final int FORMAT = 1;

    /**
     * Names and wishes.
     *
     * @param databaseCreatedMicros when the database was created
     * @param expiresMicros the set may be overwritten from then on; 0 = at any time
     */
    public record Origin(
            String databaseName,
            String serverName,
            String userName,
            String name,
            String description,
            boolean copyOnly,
            boolean damagedAccepted,
            long databaseCreatedMicros,
            long expiresMicros) {}

    /**
     * LSNs.
     *
     * @param firstLsn log from here on is in the set
     * @param lastLsn end of that log
     * @param baseLsn first LSN of the full backup that was last before it
     * @param baseUuid set of that full backup; zero without one
     * @param forkUuid the log segment the set's log begins in
     */
    public record Range(long firstLsn, long lastLsn, long baseLsn, byte[] baseUuid, byte[] forkUuid) {}

    /**
     * Compression and sealing of chunks.
     *
     * @param openedPages pages are in the clear below the sealing; they are sealed anew when restored
     * @param compressed chunks are deflated where that helps
     * @param key the key of this backup, wrapped by its certificate, or the database's newest DEK; null = not sealed
     * @param ownKey whether {@code key} was made for this backup
     * @param startNonce 24 bytes
     */
    public record Sealing(
            boolean openedPages,
            boolean compressed,
            @Nullable WrappedDek key,
            boolean ownKey,
            byte[] startNonce) {
        /** Chunks as they are. */
        public static final Sealing NONE = new Sealing(false, false, null, false, new byte[24]);
    }

    public BackupDescription {
        keys = List.copyOf(keys);
    }

    /** The same once it is complete. */
    BackupDescription finished(
            BootRecord lastBoot, List<WrappedDek> allKeys, Range covered, long finish, long pageCount, long byteCount) {
        return new BackupDescription(
                setUuid, kind, origin, lastBoot, allKeys, covered, sealing, startMicros, finish, pageCount, byteCount);
    }

    /** Whether its chunks are sealed under a key of its own. */
    public boolean hasOwnKey() {
        return sealing.key != null && sealing.ownKey;
    }

    /** Whether it cannot be restored without this encryptor. */
    public boolean needs(Thumbprint encryptor) {
        WrappedDek own = sealing.key;
        return (own != null && own.thumbprint().equals(encryptor))
                || keys.stream().anyMatch(key -> key.thumbprint().equals(encryptor));
    }

    /** The key whose encryptor signs the manifest: the backup's own, or the newest it needs; null if it has none. */
    public @Nullable WrappedDek provingKey() {
        return hasOwnKey()
                ? sealing.key
                : keys.stream()
                        .max(Comparator.comparingInt(WrappedDek::keyVersion))
                        .orElse(null);
    }

    /** Bytes for media and for the history. */
    public byte[] encode() {
        Fields out = Fields.writer();
        out.putInt(FORMAT).putBytes(setUuid).putInt(kind.number());
        out.putText(origin.databaseName).putText(origin.serverName).putText(origin.userName);
        out.putText(origin.name).putText(origin.description);
        out.putFlag(origin.copyOnly).putFlag(origin.damagedAccepted);
        out.putLong(origin.databaseCreatedMicros).putLong(origin.expiresMicros);
        out.putBytes(boot.encode()).putInt(keys.size());
        keys.forEach(key -> out.putBytes(key.encode()));
        out.putLong(range.firstLsn).putLong(range.lastLsn).putLong(range.baseLsn);
        out.putBytes(range.baseUuid).putBytes(range.forkUuid);
        WrappedDek key = sealing.key;
        out.putFlag(sealing.openedPages).putFlag(sealing.compressed).putFlag(sealing.ownKey);
        out.putBytes(key == null ? new byte[0] : key.encode()).putBytes(sealing.startNonce);
        out.putLong(startMicros).putLong(finishMicros).putLong(pages).putLong(bytes);
        return out.toBytes();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static BackupDescription decode(byte[] bytes) {
        return decode(Fields.reader(bytes));
    }

    /** @throws IllegalArgumentException if it is none */
    static BackupDescription decode(Fields in) {
        FormatVersion.check(NumberedError.BACKUP_VERSION, "the description of the backup", in.takeInt(), FORMAT);
        byte[] uuid = in.takeBytes();
        BackupKind kind = BackupKind.of(in.takeInt());
        Origin origin = new Origin(
                in.takeText(),
                in.takeText(),
                in.takeText(),
                in.takeText(),
                in.takeText(),
                in.takeFlag(),
                in.takeFlag(),
                in.takeLong(),
                in.takeLong());
        BootRecord boot = BootRecord.decode(in.takeBytes(), NumberedError.BACKUP_VERSION, "the database in the backup");
        List<WrappedDek> keys = new ArrayList<>();
        for (int count = in.takeInt(); count > 0; count--) {
            keys.add(key(in.takeBytes()));
        }
        Range range = new Range(in.takeLong(), in.takeLong(), in.takeLong(), in.takeBytes(), in.takeBytes());
        boolean opened = in.takeFlag();
        boolean compressed = in.takeFlag();
        boolean own = in.takeFlag();
        byte[] key = in.takeBytes();
        Sealing sealing = new Sealing(opened, compressed, key.length == 0 ? null : key(key), own, in.takeBytes());
        return new BackupDescription(
                uuid,
                kind,
                origin,
                boot,
                keys,
                range,
                sealing,
                in.takeLong(),
                in.takeLong(),
                in.takeLong(),
                in.takeLong());
    }

    private static WrappedDek key(byte[] bytes) {
        return WrappedDek.decode(ByteBuffer.wrap(bytes))
                .orElseThrow(() -> new IllegalArgumentException("a wrapped key does not decode"));
    }
}
