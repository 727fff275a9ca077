package dev.strongroom.protocol.wire;

/**
 * How large a message may be.
 *
 * @param startupBytes start-up packet, before anything is known of the client
 * @param authenticationBytes any message before authentication is done
 * @param smallBytes messages that are never large (Describe, Execute, Close, Sync, …)
 * @param messageBytes Query, Parse, Bind, CopyData
 */
public record WireLimits(int startupBytes, int authenticationBytes, int smallBytes, int messageBytes) {
    /** PostgreSQL's limits, with a quarter of its largest message. */
    public static final WireLimits DEFAULT = new WireLimits(10_000, 65_535, 30_000, 256 << 20);
}
