package dev.strongroom.crypto.hierarchy;

import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.Jca;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** An X.509 certificate with an RSA key, as a value. Immutable. */
public final class Certificate {
    /** TDE encryptors have between 2048 and 4096 bits here (TDE-137). */
    public static final int MIN_TDE_BITS = 2048;

    public static final int MAX_TDE_BITS = 4096;

    private static final int SERIAL_SHOWN_BYTES = 16;

    private final byte[] der;
    private final X509CertificateHolder holder;
    private final RSAPublicKey publicKey;
    private final Thumbprint thumbprint;

    private Certificate(byte[] der, X509CertificateHolder holder, RSAPublicKey publicKey) {
        this.der = der;
        this.holder = holder;
        this.publicKey = publicKey;
        thumbprint = Thumbprint.ofCertificate(der);
    }

    /** Reads DER or PEM; 15297 if it is neither, 15464 if the key is not RSA. */
    public static Certificate parse(byte[] derOrPem) {
        byte[] der = unpackPem(derOrPem);
        X509CertificateHolder holder;
        try {
            holder = new X509CertificateHolder(der);
        } catch (IOException | RuntimeException e) {
            throw NumberedError.KEY_DATA_INVALID
                    .report("the certificate's data is not valid")
                    .exception(e);
        }
        try {
            byte[] encoded = holder.getSubjectPublicKeyInfo().getEncoded();
            RSAPublicKey key = (RSAPublicKey)
                    KeyFactory.getInstance("RSA", "SunRsaSign").generatePublic(new X509EncodedKeySpec(encoded));
            return new Certificate(holder.getEncoded(), holder, key);
        } catch (IOException | GeneralSecurityException | ClassCastException e) {
            throw NumberedError.KEY_FORMAT
                    .report("the certificate's key has an unsupported format")
                    .withHint("Use a certificate with an RSA key.")
                    .exception(e);
        }
    }

    private static byte[] unpackPem(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] == 0x30) {
            return bytes;
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        try (PemReader reader = new PemReader(new StringReader(text))) {
            PemObject object = reader.readPemObject();
            return object == null ? bytes : object.getContent();
        } catch (IOException | RuntimeException e) {
            return bytes;
        }
    }

    /** The DER encoding. */
    public byte[] encoded() {
        return der.clone();
    }

    public Thumbprint thumbprint() {
        return thumbprint;
    }

    /** Bound into the wrap of the private key (S-2) and shown by {@code sys.sr_certificates}. */
    public byte[] sha256() {
        return Jca.digest("SHA-256").digest(der);
    }

    public RSAPublicKey publicKey() {
        return publicKey;
    }

    public int keyBits() {
        return publicKey.getModulus().bitLength();
    }

    /** The common name where there is nothing else, the whole name otherwise. */
    public String subject() {
        return shown(holder.getSubject());
    }

    public String issuer() {
        return shown(holder.getIssuer());
    }

    private static String shown(X500Name name) {
        RDN[] parts = name.getRDNs();
        if (parts.length == 1
                && !parts[0].isMultiValued()
                && BCStyle.CN.equals(parts[0].getFirst().getType())) {
            return IETFUtils.valueToString(parts[0].getFirst().getValue()).replace("\\", "");
        }
        return name.toString();
    }

    /** The serial number in hex pairs, at most its first 16 bytes. */
    public String serial() {
        byte[] bytes = holder.getSerialNumber().toByteArray();
        int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
        int to = Math.min(bytes.length, from + SERIAL_SHOWN_BYTES);
        return HexFormat.ofDelimiter(" ").formatHex(bytes, from, to);
    }

    /** Start of validity, microseconds since 1970 UTC. */
    public long startMicros() {
        return holder.getNotBefore().getTime() * 1000;
    }

    public long expiryMicros() {
        return holder.getNotAfter().getTime() * 1000;
    }

    /** The same certificate as the JDK's object, for key stores and TLS. */
    public X509Certificate x509() {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509", Jca.DIGESTS)
                    .generateCertificate(new ByteArrayInputStream(der));
        } catch (GeneralSecurityException e) {
            throw Jca.broken(e);
        }
    }
}
