package dev.strongroom.client;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.jdbc.ClientSettings;
import dev.strongroom.client.key.KeyProviders;
import dev.strongroom.client.key.TrustedPaths;
import dev.strongroom.client.provider.CommandProvider;
import dev.strongroom.client.provider.JavaKeyStoreProvider;
import dev.strongroom.client.provider.PemDirectoryProvider;
import dev.strongroom.client.provider.Pkcs11Provider;
import dev.strongroom.client.provider.Secret;
import dev.strongroom.client.provider.VaultTransitProvider;
import dev.strongroom.client.statement.RequiredColumns;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A URL and properties of this driver, taken apart into what pgjdbc gets and what stays here. Secrets stay here, so no
 * URL that pgjdbc shows holds one.
 */
final class DriverProperties {
    static final String PREFIX = "jdbc:strongroom:";

    /** Names of our own properties, in lower case, with what they are for. */
    static final Map<String, String> OWN = Map.ofEntries(
            Map.entry("columnEncryption", "enabled, results or disabled"),
            Map.entry("columnEncryptionSetting", "alias of columnEncryption"),
            Map.entry("keyStoreAuthentication", "JavaKeyStorePassword"),
            Map.entry("keyStoreLocation", "PKCS#12 or JKS file of the Java key store provider"),
            Map.entry("keyStoreSecret", "password of that file"),
            Map.entry("keyStoreSecretFile", "file that holds the password"),
            Map.entry("keyStoreKeySecret", "password of its keys if different"),
            Map.entry("pemDirectory", "directory of the PEM_FILE provider"),
            Map.entry("pemSecret", "password of encrypted PEM keys"),
            Map.entry("pemSecretFile", "file that holds it"),
            Map.entry("pkcs11Library", "library of the PKCS11 provider"),
            Map.entry("pkcs11Slot", "index of the token's slot, 0 by default"),
            Map.entry("pkcs11Pin", "PIN of the token"),
            Map.entry("pkcs11PinFile", "file that holds it"),
            Map.entry("keyCommand", "program of the COMMAND provider and its arguments, between spaces"),
            Map.entry("keyCommandPaths", "beginning of key paths it is used for"),
            Map.entry("keyCommandTimeout", "seconds after which it is killed, 30 by default"),
            Map.entry("vaultAddress", "address of the VAULT_TRANSIT provider"),
            Map.entry("vaultMount", "mount of the transit engine, transit by default"),
            Map.entry("vaultToken", "token"),
            Map.entry("vaultTokenFile", "file that holds it"),
            Map.entry("vaultKeys", "beginning of key names it is used for"),
            Map.entry("trustedKeyPaths", "registered-only, any, or key paths between commas"),
            Map.entry("columnKeyCacheTtl", "seconds an opened column key is kept, 7200 by default, 0 = not at all"),
            Map.entry("requireEncrypted", "columns that must be encrypted whatever the server says"));

    private static final Duration TIME_TO_LIVE = Duration.ofHours(2);

    private final Map<String, String> own = new HashMap<>();
    private final Properties passed = new Properties();
    private final String urlBelow;

    private DriverProperties(String url, Properties info) throws ColumnEncryptionException {
        Map<String, String> names = new HashMap<>();
        OWN.keySet().forEach(name -> names.put(name.toLowerCase(Locale.ROOT), name));
        int mark = url.indexOf('?');
        StringBuilder rest =
                new StringBuilder("jdbc:postgresql:" + url.substring(PREFIX.length(), mark < 0 ? url.length() : mark));
        String separator = "?";
        for (String pair : mark < 0 ? new String[0] : url.substring(mark + 1).split("&")) {
            int equals = pair.indexOf('=');
            String name = names.get((equals < 0 ? pair : pair.substring(0, equals)).toLowerCase(Locale.ROOT));
            if (name == null) {
                rest.append(separator).append(pair);
                separator = "&";
            } else {
                own.put(name, equals < 0 ? "" : URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        for (String key : info.stringPropertyNames()) {
            String name = names.get(key.toLowerCase(Locale.ROOT));
            if (name == null) {
                passed.setProperty(key, info.getProperty(key));
            } else {
                own.putIfAbsent(name, info.getProperty(key));
            }
        }
        urlBelow = rest.toString();
        if (setting() != ColumnEncryptionSetting.DISABLED) {
            enable();
        }
    }

    static DriverProperties of(String url, @Nullable Properties info) throws ColumnEncryptionException {
        return new DriverProperties(url, info == null ? new Properties() : info);
    }

    /** The session speaks about encryption, and cells come in binary (decision A-2). */
    private void enable() throws ColumnEncryptionException {
        if ("simple".equalsIgnoreCase(passedValue("preferQueryMode"))) {
            throw new ColumnEncryptionException(
                    Reason.NOT_SUPPORTED, "columnEncryption needs bound parameters: preferQueryMode=simple has none");
        }
        String options = passedValue("options");
        passed.setProperty("options", (options.isEmpty() ? "" : options + " ") + "-c strongroom.column_encryption=on");
        String binary = passedValue("binaryTransferEnable");
        passed.setProperty("binaryTransferEnable", (binary.isEmpty() ? "" : binary + ",") + "15801,15802");
    }

    /** A property of pgjdbc's, from the URL before the properties, as pgjdbc reads them. */
    private String passedValue(String name) {
        int mark = urlBelow.indexOf('?');
        for (String pair :
                mark < 0 ? new String[0] : urlBelow.substring(mark + 1).split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return passed.getProperty(name, "");
    }

    /** The URL for pgjdbc; what is set in {@link #passed} wins over it there only if the URL does not say it. */
    String urlBelow() {
        return urlBelow.replaceAll("([?&])(options|binaryTransferEnable)=[^&]*&?", "$1")
                .replaceAll("[?&]$", "");
    }

    Properties passed() {
        return passed;
    }

    String callMode() {
        return passedValue("escapeSyntaxCallMode");
    }

    ColumnEncryptionSetting setting() throws ColumnEncryptionException {
        String text = own.getOrDefault("columnEncryption", own.getOrDefault("columnEncryptionSetting", ""));
        return ColumnEncryptionSetting.of(text)
                .orElseThrow(() -> bad("columnEncryption", "enabled, results or disabled"));
    }

    /** Whether this client insists on anything, which holds with encryption off too. */
    boolean requiresEncryption() {
        return !own("requireEncrypted").isBlank();
    }

    ClientSettings settings(KeyProviders process) throws ColumnEncryptionException {
        TrustedPaths trusted = TrustedPaths.of(own.getOrDefault("trustedKeyPaths", ""));
        KeyProviders providers = process.inner(trusted);
        addProviders(providers, trusted.anywhere());
        String required = own.getOrDefault("requireEncrypted", "");
        int mark = urlBelow.indexOf('?');
        return new ClientSettings(
                setting(),
                providers,
                seconds("columnKeyCacheTtl", TIME_TO_LIVE),
                RequiredColumns.of(required),
                required,
                mark < 0 ? urlBelow : urlBelow.substring(0, mark));
    }

    private Duration seconds(String name, Duration usual) throws ColumnEncryptionException {
        try {
            long seconds = Long.parseLong(own.getOrDefault(name, Long.toString(usual.toSeconds())));
            if (seconds >= 0) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw bad(name, "seconds, 0 or more");
    }

    private void addProviders(KeyProviders providers, boolean anywhere) throws ColumnEncryptionException {
        String authentication = own.get("keyStoreAuthentication");
        if (authentication != null && !authentication.equalsIgnoreCase("JavaKeyStorePassword")) {
            throw bad("keyStoreAuthentication", "JavaKeyStorePassword");
        }
        if (own.containsKey("keyStoreLocation")) {
            Secret store = secret("keyStoreSecret").orElse(Secret.of(""));
            providers.add(new JavaKeyStoreProvider(
                    path("keyStoreLocation"), store, secret("keyStoreKeySecret").orElse(store)));
        }
        if (own.containsKey("pemDirectory")) {
            providers.add(new PemDirectoryProvider(
                    path("pemDirectory"), anywhere, secret("pemSecret").orElse(null)));
        }
        if (own.containsKey("pkcs11Library")) {
            providers.add(new Pkcs11Provider(
                    path("pkcs11Library"), slot(), secret("pkcs11Pin").orElse(Secret.of(""))));
        }
        if (own.containsKey("keyCommand")) {
            List<String> command = Arrays.asList(own("keyCommand").strip().split("\\s+"));
            providers.add(new CommandProvider(
                    command,
                    own.getOrDefault("keyCommandPaths", ""),
                    seconds("keyCommandTimeout", CommandProvider.TIMEOUT)));
        }
        if (own.containsKey("vaultAddress")) {
            providers.add(new VaultTransitProvider(
                    URI.create(own("vaultAddress")),
                    own.getOrDefault("vaultMount", "transit"),
                    secret("vaultToken").orElse(Secret.of("")),
                    own.getOrDefault("vaultKeys", "")));
        }
    }

    private String own(String name) {
        return own.getOrDefault(name, "");
    }

    private Path path(String name) {
        return Path.of(own(name));
    }

    private int slot() throws ColumnEncryptionException {
        try {
            return Integer.parseInt(own.getOrDefault("pkcs11Slot", "0"));
        } catch (NumberFormatException e) {
            throw bad("pkcs11Slot", "a number");
        }
    }

    private Optional<Secret> secret(String name) {
        if (own.containsKey(name)) {
            return Optional.of(Secret.of(own(name)));
        }
        return own.containsKey(name + "File") ? Optional.of(Secret.inFile(path(name + "File"))) : Optional.empty();
    }

    private static ColumnEncryptionException bad(String name, String wanted) {
        return new ColumnEncryptionException(Reason.INVALID_VALUE, "connection property " + name + " takes " + wanted);
    }
}
