package dev.strongroom.catalog.backup;

import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.MediaHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A row of the history of backups and restores. Times are microseconds since 1970. */
public sealed interface HistoryEntry {
    /** The database it is about. */
    String database();

    /** When it came to its end. */
    long finishedMicros();

    /**
     * A backup that was made.
     *
     * @param position of the set on its media, from 1
     * @param devices files of the media, first family first
     */
    record Backup(BackupDescription backup, MediaHeader media, int position, List<String> devices)
            implements HistoryEntry {
        public Backup {
            devices = List.copyOf(devices);
        }

        @Override
        public String database() {
            return backup.origin().databaseName();
        }

        @Override
        public long finishedMicros() {
            return backup.finishMicros();
        }

        /** When it need not be kept any longer; 0 = never said. */
        long expiresMicros() {
            return backup.origin().expiresMicros();
        }
    }

    /**
     * A restore that came to its end.
     *
     * @param setUuid backup set that was restored
     * @param type D, I, L as in {@code restorehistory.restore_type}
     * @param stopMicros STOPAT; 0 = none
     * @param stopMark STOPATMARK or STOPBEFOREMARK; empty for none
     */
    record Restore(
            long micros,
            String database,
            String user,
            byte[] setUuid,
            String type,
            boolean replace,
            boolean recovery,
            long stopMicros,
            String stopMark,
            boolean stopBefore)
            implements HistoryEntry {
        @Override
        public long finishedMicros() {
            return micros;
        }
    }

    /** A marked transaction that committed: what a RESTORE LOG … STOPATMARK can name. */
    record Mark(long micros, String database, String user, String name, String description, long lsn)
            implements HistoryEntry {
        @Override
        public long finishedMicros() {
            return micros;
        }
    }

    /** The body column of a row. */
    static byte[] encode(HistoryEntry entry) {
        Body out = new Body();
        switch (entry) {
            case Backup backup -> {
                out.number(1).bytes(backup.backup.encode()).bytes(backup.media.mediaUuid());
                out.number(backup.media.families()).number(backup.media.encrypted() ? 1 : 0);
                out.number(backup.media.createdMicros())
                        .text(backup.media.name())
                        .text(backup.media.description());
                out.number(backup.position).number(backup.devices.size());
                backup.devices.forEach(out::text);
            }
            case Restore restore -> {
                out.number(2).number(restore.micros).text(restore.database).text(restore.user);
                out.bytes(restore.setUuid).text(restore.type);
                out.number(restore.replace ? 1 : 0)
                        .number(restore.recovery ? 1 : 0)
                        .number(restore.stopMicros)
                        .text(restore.stopMark)
                        .number(restore.stopBefore ? 1 : 0);
            }
            case Mark mark -> {
                out.number(3).number(mark.micros).text(mark.database).text(mark.user);
                out.text(mark.name).text(mark.description).number(mark.lsn);
            }
        }
        return out.toBytes();
    }

    /** Reads what {@link #encode} wrote. */
    static HistoryEntry decode(byte[] body) {
        Reader in = new Reader(body);
        return switch ((int) in.number()) {
            case 1 -> backup(in);
            case 2 -> restore(in);
            default -> new Mark(in.number(), in.text(), in.text(), in.text(), in.text(), in.number());
        };
    }

    private static Backup backup(Reader in) {
        BackupDescription description = BackupDescription.decode(in.bytes());
        byte[] uuid = in.bytes();
        int families = (int) in.number();
        boolean encrypted = in.number() != 0;
        MediaHeader media = new MediaHeader(uuid, 1, families, encrypted, in.number(), in.text(), in.text());
        int position = (int) in.number();
        List<String> devices = new ArrayList<>();
        for (long count = in.number(); count > 0; count--) {
            devices.add(in.text());
        }
        return new Backup(description, media, position, devices);
    }

    private static Restore restore(Reader in) {
        return new Restore(
                in.number(),
                in.text(),
                in.text(),
                in.bytes(),
                in.text(),
                in.number() != 0,
                in.number() != 0,
                in.number(),
                in.text(),
                in.number() != 0);
    }

    /** Numbers of 8 bytes; bytes and texts behind their length. */
    final class Body {
        private final java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();

        private Body() {}

        private Body number(long value) {
            out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
            return this;
        }

        private Body bytes(byte[] value) {
            number(value.length);
            out.writeBytes(value);
            return this;
        }

        private Body text(String value) {
            return bytes(value.getBytes(StandardCharsets.UTF_8));
        }

        private byte[] toBytes() {
            return out.toByteArray();
        }
    }

    /** Reads a {@link Body}. */
    final class Reader {
        private final ByteBuffer in;

        private Reader(byte[] body) {
            in = ByteBuffer.wrap(body);
        }

        private long number() {
            return in.getLong();
        }

        private byte[] bytes() {
            byte[] value = new byte[(int) number()];
            in.get(value);
            return value;
        }

        private String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }
    }
}
