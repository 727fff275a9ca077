package dev.strongroom.keys;

import dev.strongroom.client.StrongroomDriver;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.key.KeyProviders;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import picocli.CommandLine.Option;

/** Where the keys are: the driver's own connection properties. */
final class StoreOptions {
    @Option(
            names = {"-P", "--property"},
            paramLabel = "NAME=VALUE",
            description =
                    "A property of the driver that names a key store: keyStoreLocation, keyStoreSecretFile, pemDirectory,"
                            + " pkcs11Library, keyCommand, vaultAddress, ...")
    private Map<String, String> properties = new LinkedHashMap<>();

    Properties properties() {
        Properties all = new Properties();
        all.putAll(properties);
        return all;
    }

    String property(String name) {
        for (Map.Entry<String, String> entry : properties.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                return entry.getValue();
            }
        }
        throw new UsageException("-P " + name + "=... is missing");
    }

    ColumnKeyProvider provider(String name) throws ColumnEncryptionException {
        KeyProviders providers = StrongroomDriver.providers(properties());
        ColumnKeyProvider provider = providers.find(name);
        if (provider == null) {
            throw new UsageException("key store provider " + name + " is not configured: give its -P properties");
        }
        return provider;
    }
}
