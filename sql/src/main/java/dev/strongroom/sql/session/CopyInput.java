package dev.strongroom.sql.session;

/** What the client sends during COPY FROM STDIN. */
public interface CopyInput {
    /**
     * Waits for the next piece of data.
     *
     * @return the bytes; an empty array once the client has sent CopyDone
     * @throws dev.strongroom.common.error.DatabaseException QUERY_CANCELED after CopyFail
     */
    byte[] next();
}
