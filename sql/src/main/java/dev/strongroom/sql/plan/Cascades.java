package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tables that a plan may change by the actions of foreign keys: they are locked as those it names are, so that nobody who waits
 * for their writers goes on without it.
 */
final class Cascades {
    private Cascades() {}

    /** The uses, and those of the tables that a change of theirs may reach. */
    static List<RelationUse> with(List<RelationUse> uses, CatalogSnapshot catalog) {
        Set<Integer> reached = new HashSet<>();
        for (RelationUse use : uses) {
            boolean deletes = use.privileges().containsKey(Privilege.DELETE);
            Set<Integer> updated = use.privileges().get(Privilege.UPDATE);
            if (use.lock() != TableLockMode.ROW_EXCLUSIVE || !deletes && updated == null) {
                continue;
            }
            for (Constraint.ForeignKey key : catalog.referencing(use.oid())) {
                boolean moves = updated != null && !Collections.disjoint(updated, key.referencedColumns());
                if (deletes && writes(key.onDelete()) || moves && writes(key.onUpdate())) {
                    reach(key.tableOid(), catalog, reached);
                }
            }
        }
        if (reached.isEmpty()) {
            return uses;
        }
        List<RelationUse> all = new ArrayList<>(uses);
        reached.forEach(oid -> all.add(new RelationUse(oid, Map.of(), false, TableLockMode.ROW_EXCLUSIVE, 0)));
        return all;
    }

    private static void reach(int oid, CatalogSnapshot catalog, Set<Integer> reached) {
        if (reached.add(oid)) {
            for (Constraint.ForeignKey key : catalog.referencing(oid)) {
                if (writes(key.onDelete()) || writes(key.onUpdate())) {
                    reach(key.tableOid(), catalog, reached);
                }
            }
        }
    }

    private static boolean writes(Constraint.Action action) {
        return switch (action) {
            case NO_ACTION, RESTRICT -> false;
            case CASCADE, SET_NULL, SET_DEFAULT -> true;
        };
    }
}
