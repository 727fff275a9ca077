package dev.strongroom.keys;

import dev.strongroom.client.key.KeyEnvelope;
import java.security.SecureRandom;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys cek …}: column encryption keys (AE-150, AE-153). */
@Command(
        name = "cek",
        mixinStandardHelpOptions = true,
        description = "Column encryption keys.",
        subcommands = {ColumnKeyCommands.Create.class, ColumnKeyCommands.Rotate.class})
final class ColumnKeyCommands {
    private static final int KEY_BYTES = 32;

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Make a key under a master key; with --provider and --path no database is needed.")
    static final class Create extends KeyCommand {
        @Mixin
        private final ScriptOptions script = new ScriptOptions();

        @Option(names = "--name", required = true, description = "Name in the database.")
        private String name = "";

        @Option(names = "--cmk", required = true, description = "Name of the column master key.")
        private String masterKey = "";

        @Option(names = "--provider", description = "Its provider; default: what the database says.")
        private @Nullable String provider;

        @Option(names = "--path", description = "Its key path; default: what the database says.")
        private @Nullable String path;

        @Override
        public Integer call() throws Exception {
            KeyMetadata.MasterKey master = master();
            byte[] key = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(key);
            try {
                byte[] encrypted = store.provider(master.provider())
                        .encryptColumnEncryptionKey(master.path(), KeyEnvelope.ALGORITHM, key);
                script.deliver(database, List.of(Ddl.createColumnKey(name, Ddl.value(masterKey, encrypted))));
            } finally {
                Arrays.fill(key, (byte) 0);
            }
            return 0;
        }

        private KeyMetadata.MasterKey master() throws Exception {
            if (provider != null && path != null) {
                return new KeyMetadata.MasterKey(masterKey, provider, path, null);
            }
            try (Connection connection = database.plain()) {
                return KeyMetadata.masterKey(connection, masterKey);
            }
        }
    }

    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Encrypt every column of a key under another key, while the table is in use.")
    static final class Rotate extends KeyCommand {
        @Mixin
        private final WorkOptions work = new WorkOptions();

        @Option(names = "--from", required = true, description = "Column key to be replaced.")
        private String from = "";

        @Option(names = "--to", required = true, description = "Column key that replaces it.")
        private String to = "";

        @Override
        public Integer call() throws Exception {
            try (Connection connection = database.encrypting(store)) {
                List<TableColumn> columns = TableColumn.ofKey(connection, from);
                for (TableColumn column : columns) {
                    ColumnChange change = new ColumnChange(
                            connection, column, Ddl.encryptedWith(to, column.encryptionType()), work.batch(), out());
                    change.show();
                    if (!work.isDryRun()) {
                        change.run();
                    }
                }
                out().println("-- " + columns.size() + " column(s)"
                        + (work.isDryRun()
                                ? ""
                                : "; \"DROP COLUMN ENCRYPTION KEY " + Ddl.name(from) + "\" is possible now"));
            }
            return 0;
        }
    }

    private ColumnKeyCommands() {}
}
