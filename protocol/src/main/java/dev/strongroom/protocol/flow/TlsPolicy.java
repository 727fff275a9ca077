package dev.strongroom.protocol.flow;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * How connections are encrypted.
 *
 * @param context null where TLS is off
 * @param endPointBinding {@code tls-server-end-point} hash of the certificate (RFC 5929), null where TLS is off
 * @param required refuse a plain StartupMessage (decision P-13)
 */
public record TlsPolicy(@Nullable SslContext context, byte @Nullable [] endPointBinding, boolean required) {
    public static final TlsPolicy OFF = new TlsPolicy(null, null, false);
}
