package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.storage.table.TableLockMode;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * A relation that a plan touches: what to lock and which privileges to check before running it.
 *
 * @param oid the relation
 * @param privileges wanted on it, each with the numbers of the columns it is wanted on; none: any column's will do
 * @param qualified whether it was named with its schema, on which the current user then needs USAGE
 * @param lock table lock to take
 * @param checkAs role whose privileges count, 0 for the current user (a view's relations are checked as the view's owner)
 */
public record RelationUse(
        int oid, Map<Privilege, Set<Integer>> privileges, boolean qualified, TableLockMode lock, int checkAs) {
    public RelationUse {
        Map<Privilege, Set<Integer>> copy = new EnumMap<>(Privilege.class);
        privileges.forEach((privilege, columns) -> copy.put(privilege, Set.copyOf(columns)));
        privileges = Collections.unmodifiableMap(copy);
    }
}
