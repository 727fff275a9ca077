package dev.strongroom.catalog.key;

import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.crypto.hierarchy.Thumbprint;
import dev.strongroom.crypto.provider.InstanceKeys;
import java.util.function.Predicate;

/**
 * What the key operations work with; made once when the server starts.
 *
 * @param keptForBackups which encryptors are kept for backups of the history (TDE-121)
 * @param afterServiceKeyChange wraps anew what the server itself keeps under the service master key
 */
public record KeyServices(
        InstanceKeys instance,
        KeyCatalog catalog,
        Encryptors encryptors,
        DatabaseEncryptions databases,
        Randomness randomness,
        Clock clock,
        KeySettings settings,
        Predicate<Thumbprint> keptForBackups,
        Runnable afterServiceKeyChange) {
    KeyFiles files() {
        return new KeyFiles(settings);
    }

    PasswordWraps passwords() {
        return new PasswordWraps(databases);
    }

    public MasterKeys masterKeys() {
        return new MasterKeys(this);
    }

    public Certificates certificates() {
        return new Certificates(this);
    }

    public DatabaseKeys databaseKeys() {
        return new DatabaseKeys(this);
    }

    public BackupKeys backupKeys() {
        return new BackupKeys(this);
    }

    public ServiceKeys serviceKeys() {
        return new ServiceKeys(this);
    }

    public CryptographicProviders providers() {
        return new CryptographicProviders(this);
    }

    public Credentials credentials() {
        return new Credentials(this);
    }

    public AsymmetricKeys asymmetricKeys() {
        return new AsymmetricKeys(this);
    }

    public ServerOptions options() {
        return new ServerOptions(this);
    }

    public KeyGrants grants() {
        return new KeyGrants(this);
    }
}
