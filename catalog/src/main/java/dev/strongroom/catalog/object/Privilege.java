package dev.strongroom.catalog.object;

import java.util.Optional;

/** A privilege with its letter in an ACL item (PostgreSQL manual, table 5.1), in the order of PostgreSQL's bits. */
public enum Privilege {
    INSERT('a', "INSERT"),
    SELECT('r', "SELECT"),
    UPDATE('w', "UPDATE"),
    DELETE('d', "DELETE"),
    TRUNCATE('D', "TRUNCATE"),
    REFERENCES('x', "REFERENCES"),
    TRIGGER('t', "TRIGGER"),
    EXECUTE('X', "EXECUTE"),
    USAGE('U', "USAGE"),
    CREATE('C', "CREATE"),
    TEMPORARY('T', "TEMPORARY"),
    CONNECT('c', "CONNECT"),
    SET('s', "SET"),
    ALTER_SYSTEM('A', "ALTER SYSTEM");

    private final char letter;
    private final String sqlName;

    Privilege(char letter, String sqlName) {
        this.letter = letter;
        this.sqlName = sqlName;
    }

    public char letter() {
        return letter;
    }

    public String sqlName() {
        return sqlName;
    }

    /** Bit in an {@link AclItem}. */
    public int bit() {
        return 1 << ordinal();
    }

    /** By SQL name, any case; TEMP is TEMPORARY. */
    public static Optional<Privilege> named(String name) {
        for (Privilege privilege : values()) {
            if (privilege.sqlName.equalsIgnoreCase(name)) {
                return Optional.of(privilege);
            }
        }
        return "TEMP".equalsIgnoreCase(name) ? Optional.of(TEMPORARY) : Optional.empty();
    }
}
