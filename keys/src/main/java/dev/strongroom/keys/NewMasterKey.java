package dev.strongroom.keys;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.provider.Secret;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes a new RSA key in a store this tool can write to. */
final class NewMasterKey {
    private static final int YEARS = 100;
    private static final int SERIAL_BITS = 120;

    private final StoreOptions store;
    private final int bits;

    NewMasterKey(StoreOptions store, int bits) {
        if (bits < 2048) {
            throw new UsageException("a column master key has at least 2048 bits, got " + bits);
        }
        this.store = store;
        this.bits = bits;
    }

    private KeyPair generate() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    /** A PKCS#8 file below the configured directory, readable by its owner only. */
    void inPemDirectory(String path) throws GeneralSecurityException, IOException {
        Path directory =
                Path.of(store.property("pemDirectory")).toAbsolutePath().normalize();
        Path file = directory.resolve(path).normalize();
        if (!file.startsWith(directory)) {
            throw new UsageException("key path " + path + " leads out of " + directory);
        }
        Files.createDirectories(file.getParent());
        byte[] encoded = generate().getPrivate().getEncoded();
        byte[] body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(encoded);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
            out.write("-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.write("\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII));
        } finally {
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(body, (byte) 0);
        }
    }

    /** An entry with a self-signed certificate in a PKCS#12 file, which is made if it does not exist. */
    void inKeyStore(String alias)
            throws GeneralSecurityException, IOException, OperatorCreationException, ColumnEncryptionException {
        Path file = Path.of(store.property("keyStoreLocation"));
        char[] password = secret();
        try {
            boolean exists = Files.exists(file);
            KeyStore keys = exists ? KeyStore.getInstance(file.toFile(), password) : KeyStore.getInstance("PKCS12");
            if (!exists) {
                keys.load(null, password);
            } else if (keys.containsAlias(alias)) {
                throw new UsageException("key store " + file + " already has a key \"" + alias + "\"");
            }
            KeyPair pair = generate();
            keys.setKeyEntry(alias, pair.getPrivate(), password, new Certificate[] {certificate(alias, pair)});
            Path fresh = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "keys",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (OutputStream out = Files.newOutputStream(fresh)) {
                keys.store(out, password);
            }
            Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private char[] secret() throws ColumnEncryptionException {
        Object text = store.properties().get("keyStoreSecret");
        return text != null
                ? text.toString().toCharArray()
                : Secret.inFile(Path.of(store.property("keyStoreSecretFile"))).reveal();
    }

    private static Certificate certificate(String alias, KeyPair pair)
            throws GeneralSecurityException, OperatorCreationException {
        X500Name name = new X500Name("CN=" + alias.replaceAll("[^A-Za-z0-9 _.-]", "_"));
        Date from = Date.from(InstantSource.system().instant());
        Date to = Date.from(from.toInstant().plus(365L * YEARS, ChronoUnit.DAYS));
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom());
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(name, serial, from, to, name, pair.getPublic())
                        .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
    }
}
