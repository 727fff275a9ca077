package dev.strongroom.catalog.pgview;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One resource file written by {@code extract.sh}: its columns, constants and rows in COPY's text format. */
record ResourceTable(List<String> columns, Map<String, String> constants, List<List<@Nullable String>> rows) {

    static ResourceTable load(String name) {
        String file = name + ".tsv";
        try (InputStream stream = Objects.requireNonNull(ResourceTable.class.getResourceAsStream(file), file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return read(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ResourceTable read(BufferedReader reader) throws IOException {
        List<String> columns = new ArrayList<>();
        Map<String, String> constants = new HashMap<>();
        for (String column : Objects.requireNonNull(reader.readLine()).split(",", -1)) {
            int equals = column.indexOf('=');
            if (equals < 0) {
                columns.add(column);
            } else {
                constants.put(column.substring(0, equals), column.substring(equals + 1));
            }
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            List<@Nullable String> row = new ArrayList<>();
            for (String field : line.split("\t", -1)) {
                row.add(unescape(field));
            }
            assert row.size() == columns.size() : line;
            rows.add(row);
        }
        return new ResourceTable(columns, constants, rows);
    }

    private static @Nullable String unescape(String field) {
        if (field.equals("\\N")) {
            return null;
        }
        return field.indexOf('\\') < 0 ? field : field.replace("\\\\", "\\");
    }
}
