package dev.strongroom.catalog.object;

/**
 * Whether a database can be used: {@code ALTER DATABASE … SET OFFLINE | ONLINE | READ_ONLY | READ_WRITE}.
 *
 * @param offline it is closed, and nobody can connect
 * @param readOnly nothing in it can be changed
 */
public record Availability(boolean offline, boolean readOnly) {
    /** Open for reading and writing. */
    public static final Availability ONLINE = new Availability(false, false);

    private static final int OFFLINE_BIT = 1;
    private static final int READ_ONLY_BIT = 2;

    /** The number in stored definitions. */
    public int code() {
        return (offline ? OFFLINE_BIT : 0) | (readOnly ? READ_ONLY_BIT : 0);
    }

    /** What {@link #code} was made of. */
    public static Availability of(int code) {
        return new Availability((code & OFFLINE_BIT) != 0, (code & READ_ONLY_BIT) != 0);
    }

    public Availability withOffline(boolean now) {
        return new Availability(now, readOnly);
    }

    public Availability withReadOnly(boolean now) {
        return new Availability(offline, now);
    }
}
