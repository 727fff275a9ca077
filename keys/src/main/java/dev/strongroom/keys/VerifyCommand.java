package dev.strongroom.keys;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keys verify}: opens every cell of a column, and checks the metadata of the master keys (AE-87, AE-155, B-15). */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Open every cell of a column and check the signatures of the master keys' metadata; exit code 1 if"
                        + " a cell does not open or a signature is wrong.")
final class VerifyCommand extends KeyCommand {
    @Mixin
    private final ColumnOptions column = new ColumnOptions();

    @Mixin
    private final WorkOptions work = new WorkOptions();

    @Override
    public Integer call() throws Exception {
        long[] cells = {0};
        long[] failures = {0};
        int wrongSignatures;
        AtomicReference<@Nullable String> first = new AtomicReference<>();
        try (Connection connection = database.encrypting(store)) {
            TableColumn found = column.find(connection);
            found.encryptionType();
            long rows = KeyOrder.count(connection, found);
            if (work.isDryRun()) {
                out().println("-- dry run: " + rows + " rows of " + found.qualifiedTable() + " would be read");
                return 0;
            }
            wrongSignatures = wrongSignatures(connection);
            Progress progress = new Progress(out(), "verify", rows);
            int index = found.key().size() + 1;
            new KeyOrder(connection, found, Ddl.name(found.column()), work.batch())
                    .read(
                            (row, key) -> {
                                try {
                                    cells[0] += row.getBytes(index) == null ? 0 : 1;
                                } catch (ColumnEncryptionException e) {
                                    if (!e.reason().concernsTheCell()) {
                                        // Without its key no cell can be judged, and each would ask the store again.
                                        throw e;
                                    }
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
        return failures[0] + wrongSignatures == 0 ? 0 : KeyTool.FAILED;
    }

    /** One line for each master key; only a signature that was checked can be wrong. */
    private int wrongSignatures(Connection connection) throws SQLException {
        int wrong = 0;
        for (KeyMetadata.MasterKey key : KeyMetadata.masterKeys(connection)) {
            byte[] signature = key.signature();
            String said;
            if (signature == null) {
                said = "not signed, so no enclave gets its column keys";
            } else {
                try {
                    boolean right =
                            store.provider(key.provider()).verifyColumnMasterKeyMetadata(key.path(), true, signature);
                    wrong += right ? 0 : 1;
                    said = right
                            ? "the signature of its metadata is right"
                            : "THE SIGNATURE OF ITS METADATA IS WRONG: it was not made with this key for this path";
                } catch (ColumnEncryptionException | UsageException e) {
                    said = "the signature of its metadata was not checked: " + e.getMessage();
                }
            }
            out().println("master key " + key.name() + ": " + said);
        }
        return wrong;
    }
}
