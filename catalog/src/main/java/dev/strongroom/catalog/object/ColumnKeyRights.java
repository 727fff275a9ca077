package dev.strongroom.catalog.object;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may do what with the column keys of a database (section 2.3). A database without this object has the defaults.
 *
 * @param granted permission bits by role, 0 for PUBLIC
 */
public record ColumnKeyRights(Map<Integer, Integer> granted) implements ColumnKeyObject {
    /** There is one in a database at most. */
    public static final int OID = 15820;

    /** Both kinds of metadata are everybody's to see (AE-63). */
    public static final ColumnKeyRights DEFAULT = new ColumnKeyRights(
            Map.of(0, ColumnKeyPermission.VIEW_MASTER_KEYS.bit() | ColumnKeyPermission.VIEW_ENCRYPTION_KEYS.bit()));

    /** Nobody but the database's owner sees or changes anything. */
    public static final ColumnKeyRights NONE = new ColumnKeyRights(Map.of());

    public ColumnKeyRights {
        granted = Map.copyOf(granted);
    }

    @Override
    public int oid() {
        return OID;
    }

    @Override
    public String name() {
        return "column key rights";
    }

    @Override
    public ObjectClass objectClass() {
        return ObjectClass.COLUMN_KEY_RIGHTS;
    }

    @Override
    public ColumnKeyRights withName(String name) {
        return this;
    }

    /** Whether any of the roles, or PUBLIC, has the permission. */
    public boolean has(ColumnKeyPermission permission, Set<Integer> roles) {
        return granted.entrySet().stream()
                .anyMatch(grant -> (grant.getValue() & permission.bit()) != 0
                        && (grant.getKey() == 0 || roles.contains(grant.getKey())));
    }

    /** With a permission given to a role (0 for PUBLIC) or taken from it. */
    public ColumnKeyRights with(int role, ColumnKeyPermission permission, boolean grant) {
        Map<Integer, Integer> changed = new HashMap<>(granted);
        int bits = changed.getOrDefault(role, 0);
        int now = grant ? bits | permission.bit() : bits & ~permission.bit();
        if (now == 0) {
            changed.remove(role);
        } else {
            changed.put(role, now);
        }
        return new ColumnKeyRights(changed);
    }
}
