package dev.strongroom.keys;

import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.key.KeyEnvelope;
import dev.strongroom.client.provider.JavaKeyStoreProvider;
import dev.strongroom.client.provider.PemDirectoryProvider;
import java.io.PrintWriter;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keys cmk …}: column master keys (AE-85, AE-150, AE-152). */
@Command(
        name = "cmk",
        mixinStandardHelpOptions = true,
        description = "Column master keys.",
        subcommands = {
            MasterKeyCommands.Create.class,
            MasterKeyCommands.Show.class,
            MasterKeyCommands.Sign.class,
            MasterKeyCommands.Rotate.class
        })
final class MasterKeyCommands {
    private static final int DEFAULT_BITS = 3072;

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Make a key and its metadata.")
    static final class Create extends KeyCommand {
        @Mixin
        private final ScriptOptions script = new ScriptOptions();

        @Mixin
        private final MasterKeyOptions key = new MasterKeyOptions();

        @Option(names = "--bits", description = "Size of the RSA key; default ${DEFAULT-VALUE}.")
        private int bits = DEFAULT_BITS;

        @Option(names = "--existing", description = "The key is in the store already.")
        private boolean existing;

        @Option(names = "--enclave", description = "Sign the metadata so that enclaves may use its column keys.")
        private boolean enclave;

        @Override
        public Integer call() throws Exception {
            if (!existing && !script.isDryRun()) {
                switch (key.provider().toUpperCase(Locale.ROOT)) {
                    case JavaKeyStoreProvider.NAME -> new NewMasterKey(store, bits).inKeyStore(key.path());
                    case PemDirectoryProvider.NAME -> new NewMasterKey(store, bits).inPemDirectory(key.path());
                    default ->
                        throw new UsageException(
                                "make the key with the tools of " + key.provider() + ", then use --existing");
                }
            }
            byte[] signature = enclave && !script.isDryRun()
                    ? store.provider(key.provider()).signColumnMasterKeyMetadata(key.path(), true)
                    : null;
            script.deliver(database, List.of(key.ddl(signature)));
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List the master keys of a database.")
    static final class Show extends ToolCommand {
        @Override
        public Integer call() throws Exception {
            PrintWriter out = out();
            try (Connection connection = database.plain()) {
                List<KeyMetadata.Value> values = KeyMetadata.values(connection);
                for (KeyMetadata.MasterKey key : KeyMetadata.masterKeys(connection)) {
                    String columnKeys = values.stream()
                            .filter(value -> value.masterKey().equals(key.name()))
                            .map(KeyMetadata.Value::columnKey)
                            .collect(Collectors.joining(", "));
                    out.println(key.name() + "  " + key.provider() + "  " + key.path()
                            + (key.signature() == null ? "" : "  enclave") + "  -> " + columnKeys);
                }
            }
            return 0;
        }
    }

    @Command(
            name = "sign",
            mixinStandardHelpOptions = true,
            description = "Print the signature of a key's metadata for ENCLAVE_COMPUTATIONS.")
    static final class Sign implements Callable<Integer> {
        @Mixin
        private final StoreOptions store = new StoreOptions();

        @Mixin
        private final ScriptOptions script = new ScriptOptions();

        @Mixin
        private final MasterKeyOptions key = new MasterKeyOptions();

        @Override
        public Integer call() throws Exception {
            byte[] signature = store.provider(key.provider()).signColumnMasterKeyMetadata(key.path(), true);
            script.deliver(new DatabaseOptions(), List.of(key.ddl(signature)));
            return 0;
        }
    }

    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Replace a master key; no cell is touched.",
            subcommands = {MasterKeyCommands.RotateStart.class, MasterKeyCommands.RotateFinish.class})
    static final class Rotate {}

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Add a value under the new master key to every column key of the old one.")
    static final class RotateStart extends KeyCommand {
        @Mixin
        private final ScriptOptions script = new ScriptOptions();

        @Option(names = "--from", required = true, description = "Master key to be replaced.")
        private String from = "";

        @Option(names = "--to", required = true, description = "Master key that replaces it.")
        private String to = "";

        @Override
        public Integer call() throws Exception {
            List<String> statements = new ArrayList<>();
            try (Connection connection = database.plain()) {
                KeyMetadata.MasterKey fresh = KeyMetadata.masterKey(connection, to);
                ColumnKeyProvider target = store.provider(fresh.provider());
                List<KeyMetadata.Value> values = KeyMetadata.values(connection);
                Set<String> done = values.stream()
                        .filter(value -> value.masterKey().equals(to))
                        .map(KeyMetadata.Value::columnKey)
                        .collect(Collectors.toSet());
                for (KeyMetadata.Value value : values) {
                    if (value.masterKey().equals(from) && !done.contains(value.columnKey())) {
                        byte[] key = store.provider(value.provider())
                                .decryptColumnEncryptionKey(value.path(), KeyEnvelope.ALGORITHM, value.encrypted());
                        try {
                            byte[] encrypted =
                                    target.encryptColumnEncryptionKey(fresh.path(), KeyEnvelope.ALGORITHM, key);
                            statements.add(Ddl.addValue(value.columnKey(), Ddl.value(to, encrypted)));
                        } finally {
                            Arrays.fill(key, (byte) 0);
                        }
                    }
                }
            }
            script.deliver(database, statements);
            out().println("-- next: give every application the new master key, then \"keys cmk rotate finish\"");
            return 0;
        }
    }

    @Command(
            name = "finish",
            mixinStandardHelpOptions = true,
            description = "Drop the values under the old master key, once every client has the new one.")
    static final class RotateFinish extends ToolCommand {
        @Mixin
        private final ScriptOptions script = new ScriptOptions();

        @Option(names = "--from", required = true, description = "Master key that was replaced.")
        private String from = "";

        @Option(names = "--drop", description = "Also drop the old master key's metadata.")
        private boolean drop;

        @Override
        public Integer call() throws Exception {
            List<String> statements = new ArrayList<>();
            try (Connection connection = database.plain()) {
                List<KeyMetadata.Value> values = KeyMetadata.values(connection);
                for (KeyMetadata.Value value : values) {
                    if (!value.masterKey().equals(from)) {
                        continue;
                    }
                    boolean another = values.stream()
                            .anyMatch(other -> other.columnKey().equals(value.columnKey())
                                    && !other.masterKey().equals(from));
                    if (!another) {
                        throw new UsageException("column key \"" + value.columnKey()
                                + "\" has no value under another master key: run \"keys cmk rotate start\" first");
                    }
                    statements.add(Ddl.dropValue(value.columnKey(), from));
                }
            }
            if (drop) {
                statements.add("DROP COLUMN MASTER KEY " + Ddl.name(from));
            }
            script.deliver(database, statements);
            return 0;
        }
    }

    private MasterKeyCommands() {}
}
