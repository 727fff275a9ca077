package dev.strongroom.sql.command;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.session.CopyInput;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes COPY data apart: lines of text or CSV into fields, or raw bytes for the binary form. One thread. */
final class CopyReader {
    private final CopyInput input;
    private final CopyOptions options;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private byte[] chunk = new byte[0];
    private int at;
    private boolean ended;
    private byte[] line = new byte[256];
    /** Where the line is: in {@link #line}, or, where it has nothing escaped, in the chunk it came in. */
    private byte[] source = line;

    private int from;
    private int length;
    private long lineNumber;

    CopyReader(CopyInput input, CopyOptions options) {
        this.input = input;
        this.options = options;
    }

    /** Number of the line read last, from 1. */
    long lineNumber() {
        return lineNumber;
    }

    void countTuple() {
        lineNumber++;
    }

    private void append(int value) {
        if (length == line.length) {
            line = Arrays.copyOf(line, length * 2);
        }
        line[length++] = (byte) value;
    }

    /** Reads one line; false at the end of the data. */
    boolean nextLine() {
        if (at == chunk.length && !fill()) {
            return false;
        }
        boolean csv = options.format() == CopyOptions.Format.CSV;
        return !csv && nextPlainLine() || nextLine(csv);
    }

    /** Most lines of text lie whole in a chunk and have nothing escaped. False, with nothing read, if the next does not. */
    private boolean nextPlainLine() {
        for (int i = at; i < chunk.length && chunk[i] != '\\'; i++) {
            if (chunk[i] == '\n') {
                source = chunk;
                from = at;
                length = i - at;
                at = i + 1;
                endLine();
                return true;
            }
        }
        return false;
    }

    private void endLine() {
        lineNumber++;
        if (length > 0 && source[from + length - 1] == '\r') {
            length--;
        }
    }

    private boolean nextLine(boolean csv) {
        length = 0;
        boolean quoted = false;
        byte quote = (byte) options.quote();
        byte escape = (byte) options.escape();
        boolean escaped = false;
        while (at < chunk.length || fill()) {
            byte value = chunk[at++];
            if (csv) {
                if (escaped) {
                    escaped = false;
                } else if (quoted && value == escape && escape != quote) {
                    escaped = true;
                } else if (value == quote) {
                    quoted = !quoted;
                }
                if (!quoted && value == '\n') {
                    break;
                }
            } else {
                if (value == '\n' && !escaped) {
                    break;
                }
                escaped = value == '\\' && !escaped;
            }
            append(value);
        }
        source = line;
        from = 0;
        endLine();
        if (length == 2 && line[0] == '\\' && line[1] == '.') {
            drain();
            lineNumber--;
            return false;
        }
        if (csv && quoted) {
            throw new DatabaseException(ErrorCode.BAD_COPY_FILE_FORMAT, "unterminated CSV quoted field");
        }
        return true;
    }

    private boolean fill() {
        if (ended) {
            return false;
        }
        chunk = input.next();
        at = 0;
        ended = chunk.length == 0;
        return !ended;
    }

    /** Reads to the end of what the client sends. */
    void drain() {
        while (!ended) {
            fill();
        }
        at = chunk.length;
    }

    /** The line as text, for error contexts. */
    String lineText() {
        return new String(source, from, length, StandardCharsets.UTF_8);
    }

    /** Fields of the line; null elements are SQL nulls. */
    List<@Nullable String> fields(boolean[] forceNotNull, boolean[] forceNull) {
        if (options.format() == CopyOptions.Format.CSV) {
            return csvFields(forceNotNull, forceNull);
        }
        return source == line ? textFields() : plainFields();
    }

    /** Of a line without escapes. */
    private List<@Nullable String> plainFields() {
        List<@Nullable String> fields = new ArrayList<>();
        byte delimiter = (byte) options.delimiter();
        int end = from + length;
        int start = from;
        for (int i = from; i <= end; i++) {
            if (i == end || source[i] == delimiter) {
                String value = text(source, start, i - start);
                fields.add(value.equals(options.nullText()) ? null : value);
                start = i + 1;
            }
        }
        return fields;
    }

    private List<@Nullable String> textFields() {
        List<@Nullable String> fields = new ArrayList<>();
        byte delimiter = (byte) options.delimiter();
        byte[] value = new byte[length];
        int size = 0;
        int start = 0;
        int i = 0;
        while (true) {
            if (i == length || line[i] == delimiter) {
                String raw = i - start == options.nullText().length() ? text(line, start, i - start) : "";
                boolean isNull = i - start == options.nullText().length() && raw.equals(options.nullText());
                fields.add(isNull ? null : text(value, 0, size));
                if (i == length) {
                    return fields;
                }
                i++;
                start = i;
                size = 0;
                continue;
            }
            byte c = line[i++];
            if (c != '\\' || i == length) {
                value[size++] = c;
                continue;
            }
            byte next = line[i++];
            switch (next) {
                case 'b' -> value[size++] = '\b';
                case 'f' -> value[size++] = '\f';
                case 'n' -> value[size++] = '\n';
                case 'r' -> value[size++] = '\r';
                case 't' -> value[size++] = '\t';
                case 'v' -> value[size++] = 11;
                case 'x' -> {
                    int digits = 0;
                    int number = 0;
                    while (digits < 2 && i < length && Character.digit(line[i], 16) >= 0) {
                        number = number * 16 + Character.digit(line[i++], 16);
                        digits++;
                    }
                    value[size++] = digits == 0 ? next : (byte) number;
                }
                case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                    int number = next - '0';
                    for (int digits = 1; digits < 3 && i < length && line[i] >= '0' && line[i] <= '7'; digits++) {
                        number = number * 8 + line[i++] - '0';
                    }
                    value[size++] = (byte) number;
                }
                default -> value[size++] = next;
            }
        }
    }

    private List<@Nullable String> csvFields(boolean[] forceNotNull, boolean[] forceNull) {
        List<@Nullable String> fields = new ArrayList<>();
        byte delimiter = (byte) options.delimiter();
        byte quote = (byte) options.quote();
        byte escape = (byte) options.escape();
        byte[] value = new byte[length];
        int size = 0;
        boolean inQuotes = false;
        boolean sawQuote = false;
        int i = 0;
        while (true) {
            if (i == length || (line[i] == delimiter && !inQuotes)) {
                String text = text(value, 0, size);
                int index = fields.size();
                boolean notNull = index < forceNotNull.length && forceNotNull[index];
                boolean nullIfQuoted = index < forceNull.length && forceNull[index];
                boolean isNull = text.equals(options.nullText()) && (sawQuote ? nullIfQuoted : !notNull);
                fields.add(isNull ? null : text);
                if (i == length) {
                    return fields;
                }
                i++;
                size = 0;
                sawQuote = false;
                continue;
            }
            byte c = line[i++];
            if (inQuotes) {
                if (c == escape && i < length && (line[i] == quote || line[i] == escape)) {
                    value[size++] = line[i++];
                } else if (c == quote) {
                    inQuotes = false;
                } else {
                    value[size++] = c;
                }
            } else if (c == quote) {
                inQuotes = true;
                sawQuote = true;
            } else {
                value[size++] = c;
            }
        }
    }

    private String text(byte[] bytes, int start, int size) {
        boolean ascii = true;
        for (int i = start; i < start + size && ascii; i++) {
            ascii = bytes[i] > 0;
        }
        if (ascii) {
            return new String(bytes, start, size, StandardCharsets.ISO_8859_1);
        }
        try {
            String text = decoder.decode(ByteBuffer.wrap(bytes, start, size)).toString();
            if (text.indexOf('\0') >= 0) {
                throw new DatabaseException(
                        ErrorCode.CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\": 0x00");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw ErrorReport.error(
                            ErrorCode.CHARACTER_NOT_IN_REPERTOIRE, "invalid byte sequence for encoding \"UTF8\"")
                    .exception(e);
        }
    }

    /** Fills a buffer from the raw data; false if the data ends before its first byte. */
    boolean readFully(byte[] into) {
        int filled = 0;
        while (filled < into.length) {
            if (at == chunk.length && !fill()) {
                if (filled == 0) {
                    return false;
                }
                throw new DatabaseException(ErrorCode.BAD_COPY_FILE_FORMAT, "unexpected EOF in COPY data");
            }
            int part = Math.min(into.length - filled, chunk.length - at);
            System.arraycopy(chunk, at, into, filled, part);
            at += part;
            filled += part;
        }
        return true;
    }
}
