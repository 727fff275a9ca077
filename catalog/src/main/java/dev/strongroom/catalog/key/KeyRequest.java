package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.FixedRoles;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for a key operation, where, and where notices go. The rights are SQL Server's, by roles of this server (TDE-108):
 * CONTROL SERVER is a superuser or a member of {@code sr_control_server}; CONTROL on a database or certificate is its owner's
 * or is granted.
 *
 * @param databaseOid the session's database
 * @param userOid the current user
 */
public record KeyRequest(
        int databaseOid, int userOid, SharedSnapshot shared, KeySession session, Consumer<ErrorReport> notices) {
    /** The same request for another database. */
    public KeyRequest in(int otherDatabaseOid) {
        return new KeyRequest(otherDatabaseOid, userOid, shared, session, notices);
    }

    public boolean controlsServer() {
        return shared.superuser(userOid)
                || shared.role(FixedRoles.CONTROL_SERVER)
                        .map(role -> shared.memberOf(userOid, role.oid()))
                        .orElse(false);
    }

    public void requireControlServer() {
        if (!controlsServer()) {
            throw denied();
        }
    }

    /** CONTROL on the session's database. */
    public void requireControl() {
        require(CertificatePermission.CONTROL);
    }

    /** A permission on the session's database. */
    void require(CertificatePermission permission) {
        if (!has(permission, databaseOid)) {
            throw denied();
        }
    }

    public boolean controls(int database) {
        return has(CertificatePermission.CONTROL, database);
    }

    /** Whether the user has a permission on a database: by controlling the server, by owning it, or by a grant. */
    private boolean has(CertificatePermission permission, int database) {
        return controlsServer()
                || shared.database(database)
                        .map(definition -> owns(definition.ownerOid())
                                || allow(held(definition.keyGrants()), permission.included(), permission))
                        .orElse(false);
    }

    /** Whether the user has the rights of this owner. */
    public boolean owns(int ownerOid) {
        return controlsServer() || shared.inherited(userOid).contains(ownerOid);
    }

    /** Whether the user has a permission on a certificate: by owning it, by CONTROL on it or its database, or by a grant. */
    public boolean has(CertificatePermission permission, Grantable entry) {
        return holds(permission.included(), permission, entry);
    }

    /** Whether the user may know of a certificate (TDE-36): any permission on it will do, unless VIEW DEFINITION is denied. */
    public boolean sees(Grantable entry) {
        return holds(CertificatePermission.ALL, CertificatePermission.VIEW_DEFINITION, entry);
    }

    private boolean holds(int bits, CertificatePermission asked, Grantable entry) {
        if (owns(entry.ownerOid()) || controls(entry.databaseOid())) {
            return true;
        }
        int onDatabase = shared.database(entry.databaseOid())
                .map(definition -> held(definition.keyGrants()))
                .orElse(0);
        return allow(held(entry.grants()) | onDatabase, bits, asked);
    }

    /** What is granted and denied to the user, to the roles whose rights are the user's, and to everybody. */
    private int held(Map<Integer, Integer> grants) {
        if (grants.isEmpty()) {
            return 0;
        }
        Set<Integer> roles = shared.inherited(userOid);
        return grants.entrySet().stream()
                .filter(grant -> grant.getKey() == 0 || roles.contains(grant.getKey()))
                .mapToInt(Map.Entry::getValue)
                .reduce(0, (one, other) -> one | other);
    }

    /** What is denied counts more than what is granted. */
    private static boolean allow(int held, int bits, CertificatePermission asked) {
        return (held >> CertificatePermission.DENIED & asked.included()) == 0 && (held & bits) != 0;
    }

    public String databaseName() {
        return shared.database(databaseOid).map(DatabaseDefinition::name).orElseGet(() -> "database " + databaseOid);
    }

    /**
     * The role of a CREATE … AUTHORIZATION clause, or the user itself. Another's name needs IMPERSONATE on it (TDE-133,
     * TDE-144), which is here the right to SET ROLE to it; who controls the server has it. 15151 without.
     */
    int ownerNamed(@Nullable String name) {
        if (name == null) {
            return userOid;
        }
        Role role = shared.role(name)
                .filter(found -> controlsServer() || shared.memberOf(userOid, found.oid()))
                .orElseThrow(() -> CryptographicProviders.notFound("user", name));
        if (!role.attributes().login()) {
            throw NumberedError.OWNER_KIND.exception(
                    "an entity of this type cannot be owned by a role that cannot log in");
        }
        return role.oid();
    }

    public static DatabaseException denied() {
        return NumberedError.NO_PERMISSION.exception("user does not have permission to perform this action");
    }
}
