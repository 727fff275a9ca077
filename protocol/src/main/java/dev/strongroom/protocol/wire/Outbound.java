package dev.strongroom.protocol.wire;

/** Where finished bytes go: the connection's socket. */
@FunctionalInterface
public interface Outbound {
    /**
     * Takes a copy of the bytes; waits while the client reads too slowly.
     *
     * @param push true to put this and everything before it onto the network now
     * @throws dev.strongroom.common.error.DatabaseException 08006 once the connection is gone
     */
    void send(byte[] bytes, int length, boolean push);
}
