package dev.strongroom.server.boot;

/** Who must use TLS. {@code auto}: preferred on a loopback address, required on any other. */
public enum TlsMode {
    AUTO,
    PREFERRED,
    REQUIRED
}
