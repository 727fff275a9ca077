package dev.strongroom.keys;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of a CSV file (RFC 4180); an empty field without quotes is NULL, with quotes the empty text. */
final class CsvReader {
    private final Reader text;
    private int ahead;
    private long line = 1;
    private long taken;

    CsvReader(Reader text) throws IOException {
        this.text = text;
        this.ahead = text.read();
    }

    /** Line the last row ended on, from 1. */
    long line() {
        return line;
    }

    /** Characters read so far. */
    long taken() {
        return taken;
    }

    /** The next row, or nothing at the end. */
    Optional<List<@Nullable String>> next() throws IOException {
        if (ahead < 0) {
            return Optional.empty();
        }
        List<@Nullable String> fields = new ArrayList<>();
        while (true) {
            fields.add(field());
            if (ahead == ',') {
                take();
                continue;
            }
            if (ahead == '\r') {
                take();
            }
            if (ahead == '\n') {
                take();
                line++;
            } else if (ahead >= 0) {
                throw new UsageException("line " + line + ": text after a closing quote");
            }
            return Optional.of(fields);
        }
    }

    private int take() throws IOException {
        int character = ahead;
        ahead = text.read();
        taken++;
        return character;
    }

    private @Nullable String field() throws IOException {
        StringBuilder field = new StringBuilder();
        if (ahead != '"') {
            while (ahead >= 0 && ahead != ',' && ahead != '\n' && ahead != '\r') {
                field.append((char) take());
            }
            return field.isEmpty() ? null : field.toString();
        }
        take();
        while (true) {
            if (ahead < 0) {
                throw new UsageException("line " + line + ": a quoted field does not end");
            }
            int c = take();
            if (c == '"') {
                if (ahead != '"') {
                    return field.toString();
                }
                take();
            } else if (c == '\n') {
                line++;
            }
            field.append((char) c);
        }
    }
}
