package dev.strongroom.keys;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys verify}: opens every cell of a column (AE-155, B-15). */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Open every cell of a column; exit code 1 if one does not open.")
final class VerifyCommand extends KeyCommand {
    @Mixin
    private final ColumnOptions column = new ColumnOptions();

    @Mixin
    private final WorkOptions work = new WorkOptions();

    @Override
    public Integer call() throws Exception {
        long[] cells = {0};
        long[] failures = {0};
        AtomicReference<@Nullable String> first = new AtomicReference<>();
        try (Connection connection = database.encrypting(store)) {
            TableColumn found = column.find(connection);
            found.encryptionType();
            long rows = KeyOrder.count(connection, found);
            if (work.isDryRun()) {
                out().println("-- dry run: " + rows + " rows of " + found.qualifiedTable() + " would be read");
                return 0;
            }
            Progress progress = new Progress(out(), "verify", rows);
            int index = found.key().size() + 1;
            new KeyOrder(connection, found, Ddl.name(found.column()), work.batch())
                    .read(
                            (row, key) -> {
                                try {
                                    cells[0] += row.getBytes(index) == null ? 0 : 1;
                                } catch (ColumnEncryptionException e) {
                                    failures[0]++;
                                    first.compareAndSet(null, key + ": " + e.getMessage());
                                }
                            },
                            progress::add);
            progress.end();
        }
        out().println(cells[0] + " cells opened, " + failures[0] + " did not");
        if (failures[0] > 0) {
            out().println("first failure at key " + first.get());
        }
        return failures[0] == 0 ? 0 : KeyTool.FAILED;
    }
}
