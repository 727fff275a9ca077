package dev.strongroom.catalog.object;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A role.
 *
 * @param attributes what the role itself may do
 * @param verifier SCRAM-SHA-256 verifier in PostgreSQL's text form, null where the role has no password
 * @param validUntilMicros end of the password's validity, microseconds since 2000-01-01 UTC; {@link Long#MAX_VALUE} for
 *     {@code infinity}, null for none
 * @param memberOf roles this one is a member of
 * @param settings ALTER ROLE … SET by database OID, 0 for all databases
 */
public record Role(
        int oid,
        String name,
        Attributes attributes,
        int connectionLimit,
        @Nullable String verifier,
        @Nullable Long validUntilMicros,
        List<Membership> memberOf,
        Map<Integer, Map<String, String>> settings)
        implements CatalogObject {
    /** The bootstrap superuser, {@code postgres}. */
    public static final int POSTGRES = 10;

    /** What a role itself may do. */
    public record Attributes(
            boolean superuser,
            boolean inherit,
            boolean createRole,
            boolean createDatabase,
            boolean login,
            boolean replication,
            boolean bypassRowSecurity) {
        /** Defaults of CREATE ROLE. */
        public static final Attributes NONE = new Attributes(false, true, false, false, false, false, false);

        /** The bootstrap superuser's. */
        public static final Attributes ALL = new Attributes(true, true, true, true, true, true, true);
    }

    /** Membership in a role, and who granted it. */
    public record Membership(int roleOid, int grantorOid, boolean adminOption) {}

    public Role {
        memberOf = List.copyOf(memberOf);
        settings = Map.copyOf(settings);
    }

    public static Role of(int oid, String name, Attributes attributes) {
        return new Role(oid, name, attributes, -1, null, null, List.of(), Map.of());
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.ROLE;
    }

    public boolean superuser() {
        return attributes.superuser();
    }

    @Override
    public Role withName(String name) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    public Role withAttributes(Attributes attributes) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    public Role withConnectionLimit(int connectionLimit) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    public Role withVerifier(@Nullable String verifier) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    public Role withValidUntil(@Nullable Long validUntilMicros) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    public Role withMemberOf(List<Membership> memberOf) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    public Role withSettings(Map<Integer, Map<String, String>> settings) {
        return new Role(oid, name, attributes, connectionLimit, verifier, validUntilMicros, memberOf, settings);
    }

    @Override
    public String toString() {
        return "role " + name;
    }
}
