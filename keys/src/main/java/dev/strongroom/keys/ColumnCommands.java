package dev.strongroom.keys;

import java.sql.Connection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys column …}: the encryption of columns that exist (AE-150, AE-151). */
@Command(
        name = "column",
        mixinStandardHelpOptions = true,
        description = "Encrypt, decrypt or re-encrypt a column while the table is in use.",
        subcommands = {ColumnCommands.Encrypt.class, ColumnCommands.Decrypt.class, ColumnCommands.Reencrypt.class})
final class ColumnCommands {
    private abstract static class Change extends KeyCommand {
        @Mixin
        private final ColumnOptions column = new ColumnOptions();

        @Mixin
        private final WorkOptions work = new WorkOptions();

        /** The new ENCRYPTED WITH clause for a column that was found. */
        abstract String clause(TableColumn found);

        /** Whether a plain column becomes an encrypted one. */
        boolean encrypts() {
            return false;
        }

        @Override
        public final Integer call() throws Exception {
            try (Connection connection = database.encrypting(store)) {
                TableColumn found = column.find(connection);
                PlainRest rest = new PlainRest(connection, found, work.batch(), out());
                if (encrypts() && found.columnKey() != null && rest.isThere()) {
                    out().println("-- going on with erasing what an earlier run left in plain");
                    rest.show();
                    if (!work.isDryRun()) {
                        rest.run();
                    }
                    return 0;
                }
                ColumnChange change = new ColumnChange(connection, found, clause(found), work.batch(), out());
                change.show();
                if (!work.isDryRun()) {
                    change.run();
                }
            }
            return 0;
        }

        static String clause(String columnKey, String type) {
            String upper = type.toUpperCase(Locale.ROOT);
            if (!upper.equals("DETERMINISTIC") && !upper.equals("RANDOMIZED")) {
                throw new UsageException("--type is deterministic or randomized, got " + type);
            }
            return Ddl.encryptedWith(columnKey, upper);
        }
    }

    @Command(name = "encrypt", mixinStandardHelpOptions = true, description = "Encrypt a plain column.")
    static final class Encrypt extends Change {
        @Option(names = "--cek", required = true, description = "Column encryption key.")
        private String columnKey = "";

        @Option(names = "--type", required = true, description = "deterministic or randomized")
        private String type = "";

        @Override
        boolean encrypts() {
            return true;
        }

        @Override
        String clause(TableColumn found) {
            if (found.columnKey() != null) {
                throw new UsageException("the column is encrypted already: use reencrypt");
            }
            return clause(columnKey, type);
        }
    }

    @Command(name = "decrypt", mixinStandardHelpOptions = true, description = "Make an encrypted column plain.")
    static final class Decrypt extends Change {
        @Override
        String clause(TableColumn found) {
            found.encryptionType();
            return "";
        }
    }

    @Command(
            name = "reencrypt",
            mixinStandardHelpOptions = true,
            description = "Encrypt an encrypted column under another key or type.")
    static final class Reencrypt extends Change {
        @Option(names = "--cek", required = true, description = "Column encryption key.")
        private String columnKey = "";

        @Option(names = "--type", description = "deterministic or randomized; default: as before")
        private @Nullable String type;

        @Override
        String clause(TableColumn found) {
            String before = found.encryptionType();
            return clause(columnKey, type == null ? before : type);
        }
    }

    private ColumnCommands() {}
}
