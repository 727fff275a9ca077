package dev.strongroom.storage.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What says in the log what time it is, and may have a name that a restore can stop at: a record of its own (body: clock (8),
 * name in UTF-8), or the commit of a marked transaction.
 */
public final class LogMark {
    private LogMark() {}

    /**
     * Appends a mark.
     *
     * @param epochMicros microseconds since 1970
     * @param name empty for none
     * @return its LSN
     */
    public static long append(LogStream log, long epochMicros, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        return log.append(new RecordWriter()
                .begin(RecordKind.MARK, 0, 0, 0, false)
                .putLong(epochMicros)
                .putBytes(text, 0, text.length));
    }

    /** When a record was written, where it says so; else a time before all others. */
    public static long clockOf(LogRecord record) {
        return switch (record.kind()) {
            case RecordKind.COMMIT -> record.longAt(record.bodyOffset() + RecordKind.COMMIT_CLOCK);
            case RecordKind.MARK -> record.longAt(record.bodyOffset());
            default -> Long.MIN_VALUE;
        };
    }

    /** Its name; empty if it has none or the record is no mark. */
    public static String nameOf(LogRecord record) {
        int offset = switch (record.kind()) {
            case RecordKind.COMMIT -> RecordKind.COMMIT_MARK;
            case RecordKind.MARK -> Long.BYTES;
            default -> Integer.MAX_VALUE;
        };
        if (record.bodyLength() <= offset) {
            return "";
        }
        int from = record.bodyOffset() + offset;
        byte[] text = Arrays.copyOfRange(record.bytes(), from, record.bodyOffset() + record.bodyLength());
        return new String(text, StandardCharsets.UTF_8);
    }
}
