package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.MasterKey;
import dev.strongroom.client.key.MasterKeyProvider;
import dev.strongroom.client.key.RsaMasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.List;

/**
 * A PKCS#12 or JKS file; the key path is an alias. Same name and meaning as Microsoft's provider, so key metadata moves
 * between the two. The file is read for each call, so no private key stays in memory.
 */
public final class JavaKeyStoreProvider extends MasterKeyProvider {
    public static final String NAME = "MSSQL_JAVA_KEYSTORE";

    private final Path file;
    private final Secret storePassword;
    private final Secret keyPassword;

    public JavaKeyStoreProvider(Path file, Secret storePassword, Secret keyPassword) {
        this.file = file;
        this.storePassword = storePassword;
        this.keyPassword = keyPassword;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public Object store() {
        return List.of(NAME, file.toAbsolutePath(), storePassword.identity(), keyPassword.identity());
    }

    /** Every alias: the file was made for these keys, and nothing outside it can be reached. */
    @Override
    public boolean trusts(String masterKeyPath) {
        return true;
    }

    @Override
    protected MasterKey find(String alias) throws ColumnEncryptionException {
        char[] keySecret = keyPassword.reveal();
        try {
            KeyStore store = open();
            Key key = store.getKey(alias, keySecret);
            Certificate certificate = store.getCertificate(alias);
            if (!(key instanceof PrivateKey privateKey) || certificate == null) {
                throw KeyStoreFault.of("key store " + file + " has no private key \"" + alias + "\"");
            }
            return new RsaMasterKey(certificate.getPublicKey(), privateKey);
        } catch (GeneralSecurityException e) {
            throw KeyStoreFault.of(
                    "cannot use key \"" + alias + "\" of key store " + file + ": wrong key password?", e);
        } finally {
            Arrays.fill(keySecret, '\0');
        }
    }

    private KeyStore open() throws ColumnEncryptionException {
        if (!Files.isReadable(file) || !Files.isRegularFile(file)) {
            throw KeyStoreFault.of("cannot read key store " + file);
        }
        char[] secret = storePassword.reveal();
        try {
            return KeyStore.getInstance(file.toFile(), secret);
        } catch (IOException | GeneralSecurityException e) {
            throw KeyStoreFault.of("cannot open key store " + file + ": wrong password or not a key store", e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }
}
