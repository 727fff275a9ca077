package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Roles and databases as one moment saw them. Immutable. */
public final class SharedSnapshot {
    private final ObjectSet objects;

    SharedSnapshot(ObjectSet objects) {
        this.objects = objects;
    }

    ObjectSet objects() {
        return objects;
    }

    public Optional<Role> role(int oid) {
        return Optional.ofNullable(objects.roles().get(oid));
    }

    public Optional<Role> role(String name) {
        return Optional.ofNullable(objects.roleNames().get(name));
    }

    /** The role, or UNDEFINED_OBJECT as PostgreSQL words it. */
    public Role requireRole(String name) {
        return role(name)
                .orElseThrow(() -> ErrorReport.error(ErrorCode.UNDEFINED_OBJECT, "role \"" + name + "\" does not exist")
                        .exception());
    }

    /** Name of a role, or {@code unknown (OID=n)} as {@code pg_get_userbyid} shows it. */
    public String roleName(int oid) {
        Role role = objects.roles().get(oid);
        return role == null ? "unknown (OID=" + Integer.toUnsignedString(oid) + ")" : role.name();
    }

    public Collection<Role> roles() {
        return objects.roles().values();
    }

    public Optional<DatabaseDefinition> database(int oid) {
        return Optional.ofNullable(objects.databases().get(oid));
    }

    public Optional<DatabaseDefinition> database(String name) {
        return Optional.ofNullable(objects.databaseNames().get(name));
    }

    /**
     * The database a T-SQL script means: the one of exactly this name, else the only one that differs in case alone, as
     * SQL Server's scripts write one name in several spellings.
     */
    public Optional<DatabaseDefinition> databaseInAnyCase(String name) {
        return database(name).or(() -> {
            List<DatabaseDefinition> alike = databases().stream()
                    .filter(candidate -> candidate.name().equalsIgnoreCase(name))
                    .toList();
            return alike.size() == 1 ? Optional.of(alike.get(0)) : Optional.empty();
        });
    }

    public Collection<DatabaseDefinition> databases() {
        return objects.databases().values();
    }

    public Optional<String> comment(ObjectRef target) {
        return Optional.ofNullable(objects.comments().get(target));
    }

    /** Comments on roles and databases. */
    public Map<ObjectRef, String> commentsByTarget() {
        return Collections.unmodifiableMap(objects.comments());
    }

    /** The role and every role it is a member of, directly or not, inherited privileges or not. */
    public Set<Integer> memberships(int roleOid) {
        return closure(roleOid, false);
    }

    /** The role and the roles whose privileges it has without SET ROLE (INHERIT). */
    public Set<Integer> inherited(int roleOid) {
        return closure(roleOid, true);
    }

    private Set<Integer> closure(int roleOid, boolean onlyInherited) {
        Set<Integer> found = new LinkedHashSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(roleOid);
        while (!open.isEmpty()) {
            int next = open.remove();
            Role role = objects.roles().get(next);
            if (found.add(next)
                    && role != null
                    && (!onlyInherited || role.attributes().inherit())) {
                role.memberOf().forEach(membership -> open.add(membership.roleOid()));
            }
        }
        return found;
    }

    public boolean superuser(int roleOid) {
        Role role = objects.roles().get(roleOid);
        return role != null && role.superuser();
    }

    /** Whether one role may act as another: superuser, itself, or a member. */
    public boolean memberOf(int roleOid, int ofRoleOid) {
        return superuser(roleOid) || memberships(roleOid).contains(ofRoleOid);
    }
}
