package dev.strongroom.keys;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys unload}: a table into a CSV file, decrypted here; what {@code keys load} reads (AE-47). */
@Command(
        name = "unload",
        mixinStandardHelpOptions = true,
        description = "Write a table, decrypted, to a new CSV file that only its owner may read.")
final class UnloadCommand extends KeyCommand {
    @Mixin
    private final WorkOptions work = new WorkOptions();

    @Option(names = "--table", required = true, description = "[schema.]table")
    private String table = "";

    @Option(names = "--file", required = true, description = "CSV file to be made; NULL is an empty unquoted field.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
        String select = "SELECT * FROM " + Ddl.table(table);
        out().println(select + ";");
        if (work.isDryRun()) {
            return 0;
        }
        try (Connection connection = database.encrypting(store)) {
            // One snapshot, and rows a batch at a time.
            connection.setAutoCommit(false);
            try (PreparedStatement query = connection.prepareStatement(select)) {
                query.setFetchSize(work.batch());
                try (ResultSet rows = query.executeQuery();
                        Writer text = create()) {
                    out().println(writeOrRemove(rows, text) + " rows written to " + file);
                }
            }
        }
        return 0;
    }

    private Writer create() throws IOException {
        Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileAttribute<?>[] ownerOnly = file.toAbsolutePath()
                        .getFileSystem()
                        .supportedFileAttributeViews()
                        .contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try {
            SeekableByteChannel channel = Files.newByteChannel(file, options, ownerOnly);
            return Channels.newWriter(channel, StandardCharsets.UTF_8);
        } catch (FileAlreadyExistsException e) {
            throw new UsageException(file + " is there already");
        }
    }

    /** Half a table is no copy of it: what was written goes again if a row cannot be read. */
    private long writeOrRemove(ResultSet rows, Writer text) throws SQLException, IOException {
        try {
            return write(rows, text);
        } catch (SQLException | IOException e) {
            Files.delete(file);
            throw e;
        }
    }

    private long write(ResultSet rows, Writer text) throws SQLException, IOException {
        ResultSetMetaData shape = rows.getMetaData();
        List<@Nullable String> fields = new ArrayList<>();
        for (int i = 1; i <= shape.getColumnCount(); i++) {
            fields.add(shape.getColumnName(i));
        }
        text.write(line(fields));
        long count = 0;
        while (rows.next()) {
            for (int i = 0; i < fields.size(); i++) {
                fields.set(i, rows.getString(i + 1));
            }
            text.write(line(fields));
            count++;
        }
        text.flush();
        return count;
    }

    private static String line(List<@Nullable String> fields) {
        StringJoiner line = new StringJoiner(",", "", "\n");
        for (String field : fields) {
            line.add(field == null ? "" : quoted(field));
        }
        return line.toString();
    }

    /** Quoted where it must be: the empty text too, which would be NULL without. */
    private static String quoted(String field) {
        boolean plain =
                !field.isEmpty() && field.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? field : "\"" + field.replace("\"", "\"\"") + "\"";
    }
}
