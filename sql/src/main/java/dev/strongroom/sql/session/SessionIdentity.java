package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.Role;

/**
 * Who a session acts as.
 *
 * @param authenticatedOid the role that logged in
 * @param sessionOid {@code session_user}
 * @param currentOid {@code current_user}
 */
record SessionIdentity(int authenticatedOid, int sessionOid, int currentOid) {
    static SessionIdentity of(Role role) {
        return new SessionIdentity(role.oid(), role.oid(), role.oid());
    }

    SessionIdentity withCurrent(int oid) {
        return new SessionIdentity(authenticatedOid, sessionOid, oid);
    }

    SessionIdentity withSession(int oid) {
        return new SessionIdentity(authenticatedOid, oid, oid);
    }
}
