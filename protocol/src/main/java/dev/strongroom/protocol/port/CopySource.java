package dev.strongroom.protocol.port;

/** What the client sends during COPY FROM STDIN. */
public interface CopySource {
    /**
     * Waits for the next piece.
     *
     * @return the bytes; an empty array once the client has sent CopyDone
     * @throws dev.strongroom.common.error.DatabaseException 57014 after CopyFail, 08P01 after anything unexpected
     */
    byte[] next();
}
