package dev.strongroom.testkit.token;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test's own, for TLS with both sides known. Its certificates are valid to the year 2100. */
public final class TestAuthority {
    private static final Instant FROM = Instant.parse("2001-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2100-01-01T00:00:00Z");
    private static final char[] PASSWORD = "inside".toCharArray();

    private final X500Principal name;
    private final KeyPair pair = keyPair();
    private final X509Certificate certificate;
    private final AtomicInteger serial = new AtomicInteger(1);

    /** A key with its certificate. */
    public record Identity(KeyPair pair, X509Certificate certificate) {
        /** As a file for clients. */
        public byte[] pkcs12(String password) {
            try {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                store(password.toCharArray()).store(out, password.toCharArray());
                return out.toByteArray();
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private KeyStore store(char[] password) throws GeneralSecurityException, IOException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("key", pair.getPrivate(), password, new Certificate[] {certificate});
            return store;
        }
    }

    public TestAuthority(String name) {
        this.name = new X500Principal("CN=" + name);
        try {
            JcaX509v3CertificateBuilder builder = builder(this.name, pair, TO);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            certificate = signed(builder);
        } catch (CertIOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For those who are to trust it. */
    public byte[] pem() {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(certificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** A certificate for an IP address or a host name. */
    public Identity identity(String host) {
        return identity(host, TO);
    }

    public Identity expired(String host) {
        return identity(host, FROM.plusSeconds(1));
    }

    private Identity identity(String host, Instant to) {
        KeyPair own = keyPair();
        int type = Character.isDigit(host.charAt(0)) ? GeneralName.iPAddress : GeneralName.dNSName;
        try {
            JcaX509v3CertificateBuilder builder = builder(new X500Principal("CN=" + host), own, to);
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(type, host)));
            return new Identity(own, signed(builder));
        } catch (CertIOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a server shows, and whose clients it trusts: this authority's. */
    public SSLContext context(Identity identity) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity.store(PASSWORD), PASSWORD);
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("authority", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private JcaX509v3CertificateBuilder builder(X500Principal subject, KeyPair own, Instant to) {
        return new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(serial.getAndIncrement()),
                Date.from(FROM),
                Date.from(to),
                subject,
                own.getPublic());
    }

    private X509Certificate signed(JcaX509v3CertificateBuilder builder) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
