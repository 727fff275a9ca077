package dev.strongroom.client.key;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The providers of one scope: those of a statement before those of its connection before those of the process (AE-89),
 * and the connection's rule on which key paths may be used (AE-127). Thread-safe.
 */
public final class KeyProviders {
    private static final String RESERVED = "MSSQL_";
    private static final int FOUND_MAX = 1000;

    private final @Nullable KeyProviders wider;
    private final TrustedPaths trusted;
    private final Map<String, ColumnKeyProvider> byName = new ConcurrentHashMap<>();
    /** Values already found trustworthy, by identity: this is asked for every cell. */
    private final Map<EncryptedKey.Value, ColumnKeyProvider> found = new ConcurrentHashMap<>();

    private KeyProviders(@Nullable KeyProviders wider, TrustedPaths trusted) {
        this.wider = wider;
        this.trusted = trusted;
    }

    /** The outermost scope, empty at first. */
    public static KeyProviders ofProcess() {
        return new KeyProviders(null, TrustedPaths.REGISTERED_ONLY);
    }

    /** A scope inside this one, with a rule of its own. */
    public KeyProviders inner(TrustedPaths rule) {
        return new KeyProviders(this, rule);
    }

    /** A scope inside this one, with the same rule. */
    public KeyProviders inner() {
        return inner(trusted);
    }

    /** Adds an application's own provider, whose name may not pretend to be one of Microsoft's (AE-54). */
    public void register(ColumnKeyProvider provider) throws ColumnEncryptionException {
        if (provider.getName().toUpperCase(Locale.ROOT).startsWith(RESERVED)) {
            throw new ColumnEncryptionException(
                    Reason.PROVIDER_UNKNOWN, "provider names beginning with " + RESERVED + " are reserved");
        }
        add(provider);
    }

    /** Adds one of the driver's own providers. */
    public void add(ColumnKeyProvider provider) {
        byName.put(provider.getName().toUpperCase(Locale.ROOT), provider);
        found.clear();
    }

    /** The provider of a name, or none. */
    public @Nullable ColumnKeyProvider find(String name) {
        String key = name.toUpperCase(Locale.ROOT);
        for (KeyProviders scope = this; scope != null; scope = scope.wider) {
            ColumnKeyProvider found = scope.byName.get(key);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The provider that may open a value; it has not been called yet. */
    ColumnKeyProvider trusted(EncryptedKey.Value value) throws ColumnEncryptionException {
        ColumnKeyProvider known = found.get(value);
        if (known != null) {
            return known;
        }
        ColumnKeyProvider provider = decide(value);
        if (found.size() >= FOUND_MAX) {
            found.clear();
        }
        found.put(value, provider);
        return provider;
    }

    /** The provider of a value that was found trustworthy before, or null. */
    @Nullable
    ColumnKeyProvider known(EncryptedKey.Value value) {
        return found.get(value);
    }

    private ColumnKeyProvider decide(EncryptedKey.Value value) throws ColumnEncryptionException {
        ColumnKeyProvider provider = find(value.provider());
        if (provider == null) {
            throw new ColumnEncryptionException(
                    Reason.PROVIDER_UNKNOWN,
                    "no key store provider \"" + value.provider() + "\" is configured on this connection (key path \""
                            + value.path() + "\"); configured are " + names());
        }
        if (!trusted.allow(value.path()) || !provider.trusts(value.path())) {
            throw new ColumnEncryptionException(
                    Reason.PATH_NOT_TRUSTED,
                    "the server names column master key \"" + value.path() + "\" of provider \"" + value.provider()
                            + "\", which this client does not trust");
        }
        return provider;
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        for (KeyProviders scope = this; scope != null; scope = scope.wider) {
            names.addAll(scope.byName.keySet());
        }
        return names.stream().distinct().sorted().toList();
    }
}
