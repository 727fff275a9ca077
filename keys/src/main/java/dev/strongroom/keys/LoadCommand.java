package dev.strongroom.keys;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys load}: a CSV file into a table, encrypted here (AE-47, AE-158). */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Load a CSV file with a header line; encrypted columns are encrypted on the way. All or nothing.")
final class LoadCommand extends KeyCommand {
    @Mixin
    private final WorkOptions work = new WorkOptions();

    @Option(names = "--table", required = true, description = "[schema.]table")
    private String table = "";

    @Option(names = "--file", required = true, description = "CSV file in UTF-8; an empty unquoted field is NULL.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        try (BufferedReader text = Files.newBufferedReader(file)) {
            CsvReader csv = new CsvReader(text);
            List<@Nullable String> header =
                    csv.next().orElseThrow(() -> new UsageException(file + " has no header line"));
            String insert = insert(header);
            out().println(insert + ";");
            if (work.isDryRun()) {
                return 0;
            }
            try (Connection connection = database.encrypting(store)) {
                connection.setAutoCommit(false);
                long rows = load(connection, insert, csv, header.size());
                connection.commit();
                out().println(rows + " rows loaded");
            }
        }
        return 0;
    }

    private String insert(List<@Nullable String> header) {
        return "INSERT INTO " + Ddl.table(table) + " ("
                + header.stream().map(name -> Ddl.name(String.valueOf(name))).collect(Collectors.joining(", "))
                + ") VALUES (" + "?, ".repeat(header.size() - 1) + "?)";
    }

    private long load(Connection connection, String sql, CsvReader csv, int width) throws SQLException, IOException {
        long rows = 0;
        // In UTF-8 a file has at least as many bytes as characters: near enough for a bar.
        Progress progress = new Progress(out(), "load", Files.size(file), "characters");
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (Optional<List<@Nullable String>> row = csv.next(); row.isPresent(); row = csv.next()) {
                List<@Nullable String> fields = row.get();
                if (fields.size() != width) {
                    throw new UsageException(
                            "line " + csv.line() + " has " + fields.size() + " fields, expected " + width);
                }
                for (int i = 0; i < width; i++) {
                    insert.setObject(i + 1, fields.get(i), Types.OTHER);
                }
                insert.addBatch();
                if (++rows % work.batch() == 0) {
                    insert.executeBatch();
                    progress.add(csv.taken() - progress.done());
                }
            }
            insert.executeBatch();
            progress.add(csv.taken() - progress.done());
        }
        progress.end();
        return rows;
    }
}
