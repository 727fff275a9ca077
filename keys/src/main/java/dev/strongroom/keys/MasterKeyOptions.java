package dev.strongroom.keys;

import dev.strongroom.client.provider.JavaKeyStoreProvider;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A column master key: its name in the database and where its store has it. */
final class MasterKeyOptions {
    @Option(names = "--name", required = true, description = "Name in the database.")
    private String name = "";

    @Option(names = "--provider", description = "Key store provider; default ${DEFAULT-VALUE}.")
    private String provider = JavaKeyStoreProvider.NAME;

    @Option(names = "--path", required = true, description = "Key path: alias, file, label or name in the store.")
    private String path = "";

    String provider() {
        return provider;
    }

    String path() {
        return path;
    }

    /** The statement that makes it known; the signature is for enclaves. */
    String ddl(byte @Nullable [] signature) {
        return Ddl.createMasterKey(name, provider, path, signature);
    }
}
