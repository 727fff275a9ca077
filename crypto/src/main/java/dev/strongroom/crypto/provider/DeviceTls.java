package dev.strongroom.crypto.provider;

import dev.strongroom.crypto.provider.TokenFailure.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS to key services: whom to trust, and in one sentence why a service was not. */
final class DeviceTls {
    private DeviceTls() {}

    /**
     * A context that trusts the certificates of a PEM file, and nobody else.
     *
     * @param identity what this side shows; null for nothing
     */
    static SSLContext trusting(byte[] pem, KeyManager @Nullable [] identity) {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                anchors.setCertificateEntry(Integer.toString(number++), certificate);
            }
            if (number == 0) {
                throw new TokenFailure(Reason.LIBRARY, "there is no certificate in the trust anchors");
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(identity, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new TokenFailure(Reason.LIBRARY, "the trust anchors cannot be used", e);
        }
    }

    /**
     * Why a service could not be talked to.
     *
     * @param service by its name and place
     */
    static TokenFailure unreachable(String service, Throwable failure) {
        String problem = null;
        for (Throwable cause = failure; cause != null && problem == null; cause = cause.getCause()) {
            problem = switch (cause) {
                case CertificateExpiredException _ -> "has expired";
                case CertificateNotYetValidException _ -> "is not valid yet";
                case CertPathBuilderException _, SignatureException _ -> "is vouched for by none of the trust anchors";
                // The exception of a host name that differs has no type of its own.
                case CertificateException named
                when named.getClass() == CertificateException.class -> "is for another host";
                default -> null;
            };
        }
        if (problem != null) {
            return new TokenFailure(Reason.SESSION, "the certificate of " + service + " " + problem, failure);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return new TokenFailure(Reason.SESSION, "there is no TLS connection to " + service, failure);
            }
        }
        return new TokenFailure(Reason.SESSION, service + " cannot be reached", failure);
    }
}
