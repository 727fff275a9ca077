package dev.strongroom.common.time;

/**
 * Thrown instead of waiting where {@link NoWait} forbids it. Carries nothing and is made once. Not an exception, so that
 * nobody's handling of failures takes it for one; whoever holds something lets go of it on the way, as for any throwable.
 */
public final class WouldBlock extends Error {
    private static final long serialVersionUID = 1;
    static final WouldBlock INSTANCE = new WouldBlock();

    private WouldBlock() {
        super("would wait", null, false, false);
    }
}
