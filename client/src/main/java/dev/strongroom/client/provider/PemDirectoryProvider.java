package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.MasterKey;
import dev.strongroom.client.key.MasterKeyProvider;
import dev.strongroom.client.key.RsaMasterKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A directory of PKCS#8 private keys in PEM, plain or encrypted; the key path is a file below that directory. Links
 * that lead out of it are not followed.
 */
public final class PemDirectoryProvider extends MasterKeyProvider {
    public static final String NAME = "PEM_FILE";

    private static final int FILE_BYTES_MAX = 1 << 20;

    private final Path directory;
    private final boolean anywhere;
    private final @Nullable Secret password;

    /**
     * @param anywhere whether absolute paths outside the directory are allowed: only for {@code trustedKeyPaths=any}
     * @param password of encrypted keys, if there are any
     */
    public PemDirectoryProvider(Path directory, boolean anywhere, @Nullable Secret password) {
        this.directory = directory.toAbsolutePath().normalize();
        this.anywhere = anywhere;
        this.password = password;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public Object store() {
        return List.of(NAME, directory, anywhere, password == null ? "" : password.identity());
    }

    @Override
    public boolean trusts(String masterKeyPath) {
        try {
            return anywhere || resolve(masterKeyPath).startsWith(directory);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private Path resolve(String masterKeyPath) {
        return directory.resolve(masterKeyPath).normalize();
    }

    @Override
    protected MasterKey find(String masterKeyPath) throws ColumnEncryptionException {
        Path file = resolve(masterKeyPath);
        byte[] text = read(file);
        try {
            PrivateKey key = privateKey(text, file);
            if (!(key instanceof RSAPrivateCrtKey rsa)) {
                throw KeyStoreFault.of(file + " does not hold a complete RSA private key");
            }
            KeyFactory factory = KeyFactory.getInstance("RSA");
            return new RsaMasterKey(
                    factory.generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent())), key);
        } catch (GeneralSecurityException | IOException e) {
            throw KeyStoreFault.of("cannot read the private key in " + file + ": wrong password?", e);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }

    private byte[] read(Path file) throws ColumnEncryptionException {
        try {
            Path real = file.toRealPath();
            if (!anywhere && !real.startsWith(directory.toRealPath())) {
                throw KeyStoreFault.of(file + " leads out of " + directory);
            }
            if (Files.size(real) > FILE_BYTES_MAX) {
                throw KeyStoreFault.of(file + " is too large for a key");
            }
            return Files.readAllBytes(real);
        } catch (IOException e) {
            throw KeyStoreFault.of("cannot read column master key " + file, e);
        }
    }

    private PrivateKey privateKey(byte[] text, Path file)
            throws GeneralSecurityException, IOException, ColumnEncryptionException {
        KeyFactory factory = KeyFactory.getInstance("RSA");
        Optional<byte[]> plain = block(text, "PRIVATE KEY");
        if (plain.isPresent()) {
            return factory.generatePrivate(new PKCS8EncodedKeySpec(plain.get()));
        }
        byte[] encrypted = block(text, "ENCRYPTED PRIVATE KEY")
                .orElseThrow(() -> KeyStoreFault.of(file + " holds no PKCS#8 private key"));
        if (password == null) {
            throw KeyStoreFault.of(file + " is encrypted and no pemSecret is configured");
        }
        char[] secret = password.reveal();
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(encrypted);
            // PBES2 names its algorithms in the parameters, older schemes in the name.
            String scheme = info.getAlgParameters() == null
                    ? info.getAlgName()
                    : info.getAlgParameters().toString();
            SecretKeyFactory keys = SecretKeyFactory.getInstance(scheme.startsWith("PBE") ? scheme : info.getAlgName());
            return factory.generatePrivate(info.getKeySpec(keys.generateSecret(new PBEKeySpec(secret))));
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /** The bytes between BEGIN and END of a label. */
    private static Optional<byte[]> block(byte[] text, String label) {
        String all = new String(text, StandardCharsets.ISO_8859_1);
        String begin = "-----BEGIN " + label + "-----";
        int from = all.indexOf(begin);
        int to = all.indexOf("-----END " + label + "-----");
        return from < 0 || to < from
                ? Optional.empty()
                : Optional.of(Base64.getMimeDecoder().decode(all.substring(from + begin.length(), to)));
    }
}
