package dev.strongroom.catalog.object;

/** Who may connect to a database: {@code ALTER DATABASE … SET SINGLE_USER | RESTRICTED_USER | MULTI_USER}. */
public enum UserAccess {
    /** Everyone with the right to. */
    MULTI_USER(0),
    /** One session at a time. */
    SINGLE_USER(1),
    /** Those who control the server or the database, and those who may create databases. */
    RESTRICTED_USER(2);

    private final int code;

    UserAccess(int code) {
        this.code = code;
    }

    /** Column {@code user_access} of {@code sys.databases}, and the number in stored definitions. */
    public int code() {
        return code;
    }

    /** @throws IllegalArgumentException if there is none of this number */
    public static UserAccess of(int code) {
        for (UserAccess access : values()) {
            if (access.code == code) {
                return access;
            }
        }
        throw new IllegalArgumentException("user access " + code);
    }
}
