package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.storage.table.TableLockMode;
import java.util.Set;

/**
 * A relation that a plan touches: what to lock and which privileges to check before running it.
 *
 * @param oid the relation
 * @param privileges wanted on it
 * @param lock table lock to take
 * @param checkAs role whose privileges count, 0 for the current user (a view's relations are checked as the view's owner)
 */
public record RelationUse(int oid, Set<Privilege> privileges, TableLockMode lock, int checkAs) {
    public RelationUse {
        privileges = Set.copyOf(privileges);
    }
}
