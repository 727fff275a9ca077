package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.SystemTable;
import java.util.HashMap;
import java.util.Map;

/** Collects the relations while the registry is built. */
final class Registrar {
    private final SystemTables tables;
    private final Map<Integer, SystemRelation> relations = new HashMap<>();

    Registrar(SystemTables tables) {
        this.tables = tables;
    }

    SystemTables tables() {
        return tables;
    }

    Map<Integer, SystemRelation> relations() {
        return relations;
    }

    /** Rows that follow from the snapshot. */
    void catalog(String name, ComputedRelation.Source source) {
        add(new ComputedRelation(tables.get(name), true, source));
    }

    /** Rows that depend on session or server. */
    void live(String name, ComputedRelation.Source source) {
        add(new ComputedRelation(tables.get(name), false, source));
    }

    void builtin(String name) {
        add(ComputedRelation.builtin(tables.get(name), ResourceTable.load(name)));
    }

    void add(SystemRelation relation) {
        SystemTable table = relation.table();
        SystemRelation before = relations.put(table.oid(), relation);
        assert before == null : table.name() + " and " + before.table().name();
    }

    /** Everything not registered so far has no rows. */
    void addEmptyRest() {
        for (SystemTable table : tables.byName().values()) {
            relations.computeIfAbsent(table.oid(), ignored -> ComputedRelation.empty(table));
        }
    }
}
