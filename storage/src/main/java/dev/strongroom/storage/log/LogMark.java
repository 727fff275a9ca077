package dev.strongroom.storage.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A record that says what time it is, and may have a name that a restore can stop at. Body: clock (8), name in UTF-8. */
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

    /** When the mark was set. */
    public static long clockOf(LogRecord record) {
        return record.longAt(record.bodyOffset());
    }

    /** Its name; empty if it has none or the record is no mark. */
    public static String nameOf(LogRecord record) {
        if (record.kind() != RecordKind.MARK || record.bodyLength() <= Long.BYTES) {
            return "";
        }
        int from = record.bodyOffset() + Long.BYTES;
        byte[] text = Arrays.copyOfRange(record.bytes(), from, record.bodyOffset() + record.bodyLength());
        return new String(text, StandardCharsets.UTF_8);
    }
}
