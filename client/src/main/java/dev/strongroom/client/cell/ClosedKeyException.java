package dev.strongroom.client.cell;

/** The column key was closed, because its time in the cache ended: ask the cache again. */
public final class ClosedKeyException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ClosedKeyException() {
        super("the column key is closed");
    }
}
