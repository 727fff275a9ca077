package dev.strongroom.server.listen;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.file.StorageFile;
import dev.strongroom.common.file.StorageFiles;
import dev.strongroom.common.time.Clock;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.WrappingKey;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.protocol.flow.TlsPolicy;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's certificate: the administrator's files, or a self-signed ECDSA P-256 one (decision P-13) whose key lies in
 * the data directory wrapped by the service master key (S-23).
 *
 * ```
 * tls/server.crt           certificate, PEM
 * tls/server.key.wrapped   wrap of the PKCS#8 key, bound to the certificate's SHA-256
 * ```
 */
@SystemAccess
public final class TlsIdentity {
    private static final String CERTIFICATE = "tls/server.crt";
    private static final String WRAPPED_KEY = "tls/server.key.wrapped";
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final int VALID_DAYS = 3650;
    private static final UUID KEY_GUID = new UUID(0x5372546c734b6579L, 1);

    private final X509Certificate certificate;
    private final SslContext context;

    private TlsIdentity(X509Certificate certificate, SslContext context) {
        this.certificate = certificate;
        this.context = context;
    }

    /** The self-signed identity of a data directory, made on first use. */
    public static TlsIdentity selfSigned(
            StorageFiles files, WrappingKey serviceKey, Randomness randomness, Clock clock) {
        try {
            if (!files.exists(CERTIFICATE) || !files.exists(WRAPPED_KEY)) {
                create(files, serviceKey, randomness, clock);
            }
            X509Certificate certificate = parse(readAll(files, CERTIFICATE));
            byte[] context = sha256(certificate.getEncoded());
            KeyBuffer opened = serviceKey
                    .unwrap(readAll(files, WRAPPED_KEY), KeyObject.TLS_KEY, KEY_GUID, context)
                    .orElseThrow(() -> NumberedError.KEY_DAMAGED.exception(
                            "the TLS key in the data directory does not belong to this server or its certificate"));
            try (opened) {
                PrivateKey key = opened.use(TlsIdentity::ecKey);
                return new TlsIdentity(certificate, context(SslContextBuilder.forServer(key, certificate)));
            }
        } catch (GeneralSecurityException | IOException | OperatorCreationException failure) {
            throw unusable("the server's own TLS certificate cannot be used", failure);
        }
    }

    /**
     * Wraps the key of the self-signed identity under the newest service master key.
     *
     * @param openers the newest first
     */
    public static void rewrap(StorageFiles files, List<ServiceMasterKey> openers, Randomness randomness) {
        if (!files.exists(CERTIFICATE) || !files.exists(WRAPPED_KEY)) {
            return;
        }
        try {
            byte[] context = sha256(parse(readAll(files, CERTIFICATE)).getEncoded());
            byte[] wrapped = readAll(files, WRAPPED_KEY);
            for (ServiceMasterKey opener : openers) {
                Optional<KeyBuffer> key = opener.wrapping().unwrap(wrapped, KeyObject.TLS_KEY, KEY_GUID, context);
                if (key.isPresent()) {
                    try (KeyBuffer opened = key.get()) {
                        byte[] fresh = openers.get(0)
                                .wrapping()
                                .wrap(opened, KeyObject.TLS_KEY, KEY_GUID, context, randomness);
                        write(files, WRAPPED_KEY + ".new", fresh);
                        files.rename(WRAPPED_KEY + ".new", WRAPPED_KEY);
                        files.syncDirectory("tls");
                    }
                    return;
                }
            }
        } catch (GeneralSecurityException failure) {
            throw unusable("the key of the server's own TLS certificate could not be wrapped anew", failure);
        }
    }

    /** The administrator's certificate chain and key, PEM files. */
    public static TlsIdentity fromFiles(Path certificateFile, Path keyFile) {
        try {
            X509Certificate certificate = parse(Files.readAllBytes(certificateFile));
            return new TlsIdentity(
                    certificate, context(SslContextBuilder.forServer(certificateFile.toFile(), keyFile.toFile())));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException failure) {
            throw unusable("TLS certificate \"" + certificateFile + "\" or its key cannot be used", failure);
        }
    }

    private static RuntimeException unusable(String message, Exception cause) {
        return ErrorReport.fatal(ErrorCode.CONFIG_FILE_ERROR, message).exception(cause);
    }

    /** How connections are encrypted with this identity. */
    public TlsPolicy policy(boolean required) {
        return new TlsPolicy(context, endPointBinding(), required);
    }

    /** {@code tls-server-end-point}: hash of the certificate by its own signature's hash, at least SHA-256 (RFC 5929). */
    private byte[] endPointBinding() {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        String hash =
                signature.startsWith("SHA384") ? "SHA-384" : signature.startsWith("SHA512") ? "SHA-512" : "SHA-256";
        try {
            return MessageDigest.getInstance(hash, "SUN").digest(certificate.getEncoded());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static SslContext context(SslContextBuilder builder) throws SSLException {
        return builder.sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .build();
    }

    private static void create(StorageFiles files, WrappingKey serviceKey, Randomness randomness, Clock clock)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        long nowMillis = clock.epochMicros() / 1000;
        X500Name subject = new X500Name("CN=Strongroom");
        byte[] serial = new byte[16];
        randomness.fill(serial);
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                subject,
                new BigInteger(1, serial),
                new Date(nowMillis - MICROS_PER_DAY / 1000),
                new Date(nowMillis + VALID_DAYS * (MICROS_PER_DAY / 1000)),
                subject,
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(names().toArray(new GeneralName[0])));
        byte[] encoded = builder.build(new JcaContentSignerBuilder("SHA256withECDSA")
                        .setProvider("SunEC")
                        .build(pair.getPrivate()))
                .getEncoded();
        byte[] wrapped;
        try (KeyBuffer key = KeyBuffer.takeOver(pair.getPrivate().getEncoded())) {
            wrapped = serviceKey.wrap(key, KeyObject.TLS_KEY, KEY_GUID, sha256(encoded), randomness);
        }
        files.createDirectory("tls");
        write(files, CERTIFICATE, pem(encoded));
        write(files, WRAPPED_KEY, wrapped);
        files.syncDirectory("tls");
        files.syncDirectory("");
    }

    private static List<GeneralName> names() {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.dNSName, "localhost"));
        names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        names.add(new GeneralName(GeneralName.iPAddress, "::1"));
        try {
            String host = InetAddress.getLocalHost().getHostName();
            if (!host.equals("localhost") && host.matches("[A-Za-z0-9.-]+")) {
                names.add(new GeneralName(GeneralName.dNSName, host));
            }
        } catch (UnknownHostException nameless) {
            names.add(new GeneralName(GeneralName.dNSName, "strongroom"));
        }
        return names;
    }

    private static byte[] pem(byte[] encoded) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
        return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static X509Certificate parse(byte[] pem) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509", "SUN").generateCertificate(new ByteArrayInputStream(pem));
    }

    private static PrivateKey ecKey(byte[] encoded) {
        try {
            return KeyFactory.getInstance("EC", "SunEC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    private static byte[] sha256(byte[] data) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256", "SUN").digest(data);
    }

    private static void write(StorageFiles files, String path, byte[] content) {
        if (files.exists(path)) {
            files.delete(path);
        }
        try (StorageFile file = files.create(path)) {
            file.write(ByteBuffer.wrap(content), 0);
            file.sync();
        }
    }

    private static byte[] readAll(StorageFiles files, String path) {
        try (StorageFile file = files.open(path)) {
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.size(), 1 << 20));
            file.read(content, 0);
            return content.array();
        }
    }
}
