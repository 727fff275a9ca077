package dev.strongroom.sql.parse.statement;

/**
 * A role as written in GRANT, OWNER TO and the like.
 *
 * @param name the name; empty unless {@code kind} is NAMED
 */
public record RoleName(Kind kind, String name, int position) {
    /** How the role is given. */
    public enum Kind {
        NAMED,
        CURRENT_USER,
        SESSION_USER,
        PUBLIC
    }
}
