package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ColumnKeyObject;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Objects with their look-up tables, immutable once built. Applying changes copies; DDL is rare and catalogs are small enough
 * (a few thousand objects) for that to cost less than a page write.
 */
final class ObjectSet {
    static final ObjectSet EMPTY = new ObjectSet(Map.of(), Map.of());

    private final Map<ObjectRef, CatalogObject> objects;
    private final Map<ObjectRef, String> comments;
    private final Map<Integer, Schema> schemas = new HashMap<>();
    private final Map<String, Schema> schemaNames = new HashMap<>();
    private final Map<Integer, Relation> relations = new HashMap<>();
    private final Map<Integer, Map<String, Relation>> relationNames = new HashMap<>();
    private final Map<Integer, Relation> rowTypes = new HashMap<>();
    private final Map<Integer, List<IndexDefinition>> indexes = new HashMap<>();
    private final Map<Integer, List<Constraint>> constraints = new HashMap<>();
    private final Map<Integer, List<Constraint.ForeignKey>> references = new HashMap<>();
    private final Map<Integer, List<SequenceDefinition>> ownedSequences = new HashMap<>();
    private final Map<Integer, Role> roles = new HashMap<>();
    private final Map<String, Role> roleNames = new HashMap<>();
    private final Map<Integer, DatabaseDefinition> databases = new HashMap<>();
    private final Map<String, DatabaseDefinition> databaseNames = new HashMap<>();
    private final ColumnKeySet columnKeys = new ColumnKeySet();

    private ObjectSet(Map<ObjectRef, CatalogObject> objects, Map<ObjectRef, String> comments) {
        this.objects = objects;
        this.comments = comments;
        for (CatalogObject object : objects.values()) {
            add(object);
        }
        indexes.values().forEach(list -> list.sort(Comparator.comparingInt(IndexDefinition::oid)));
        constraints.values().forEach(list -> list.sort(Comparator.comparingInt(Constraint::oid)));
        references.values().forEach(list -> list.sort(Comparator.comparingInt(Constraint::oid)));
        ownedSequences.values().forEach(list -> list.sort(Comparator.comparingInt(SequenceDefinition::oid)));
    }

    private void add(CatalogObject object) {
        switch (object) {
            case Schema schema -> {
                schemas.put(schema.oid(), schema);
                schemaNames.put(schema.name(), schema);
            }
            case Relation relation -> addRelation(relation);
            case Constraint constraint -> {
                listOf(constraints, constraint.tableOid()).add(constraint);
                if (constraint instanceof Constraint.ForeignKey key) {
                    listOf(references, key.referencedTableOid()).add(key);
                }
            }
            case Role role -> {
                roles.put(role.oid(), role);
                roleNames.put(role.name(), role);
            }
            case DatabaseDefinition database -> {
                databases.put(database.oid(), database);
                databaseNames.put(database.name(), database);
            }
            case ColumnKeyObject key -> columnKeys.add(key);
        }
    }

    private void addRelation(Relation relation) {
        relations.put(relation.oid(), relation);
        relationNames
                .computeIfAbsent(relation.schemaOid(), ignored -> new HashMap<>())
                .put(relation.name(), relation);
        if (relation.rowTypeOid() != 0) {
            rowTypes.put(relation.rowTypeOid(), relation);
        }
        if (relation instanceof IndexDefinition index) {
            listOf(indexes, index.tableOid()).add(index);
        }
        if (relation instanceof SequenceDefinition sequence && sequence.ownedByTable() != 0) {
            listOf(ownedSequences, sequence.ownedByTable()).add(sequence);
        }
    }

    private static <T> List<T> listOf(Map<Integer, List<T>> map, int key) {
        return map.computeIfAbsent(key, ignored -> new ArrayList<>());
    }

    ObjectSet apply(Collection<CatalogChange> changes) {
        if (changes.isEmpty()) {
            return this;
        }
        Map<ObjectRef, CatalogObject> changedObjects = new HashMap<>(objects);
        Map<ObjectRef, String> changedComments = new HashMap<>(comments);
        for (CatalogChange change : changes) {
            switch (change) {
                case CatalogChange.Put put -> changedObjects.put(put.object().ref(), put.object());
                case CatalogChange.Remove remove ->
                    changedObjects.remove(remove.object().ref());
                case CatalogChange.Comment comment -> {
                    if (comment.text() == null) {
                        changedComments.remove(comment.target());
                    } else {
                        changedComments.put(comment.target(), comment.text());
                    }
                }
            }
        }
        return new ObjectSet(changedObjects, changedComments);
    }

    Map<ObjectRef, CatalogObject> objects() {
        return objects;
    }

    Map<ObjectRef, String> comments() {
        return comments;
    }

    Map<Integer, Schema> schemas() {
        return schemas;
    }

    Map<String, Schema> schemaNames() {
        return schemaNames;
    }

    Map<Integer, Relation> relations() {
        return relations;
    }

    Map<String, Relation> relationNames(int schemaOid) {
        return relationNames.getOrDefault(schemaOid, Map.of());
    }

    Map<Integer, Relation> rowTypes() {
        return rowTypes;
    }

    List<IndexDefinition> indexes(int tableOid) {
        return indexes.getOrDefault(tableOid, List.of());
    }

    List<Constraint> constraints(int tableOid) {
        return constraints.getOrDefault(tableOid, List.of());
    }

    List<Constraint.ForeignKey> references(int tableOid) {
        return references.getOrDefault(tableOid, List.of());
    }

    List<SequenceDefinition> ownedSequences(int tableOid) {
        return ownedSequences.getOrDefault(tableOid, List.of());
    }

    ColumnKeySet columnKeys() {
        return columnKeys;
    }

    Map<Integer, Role> roles() {
        return roles;
    }

    Map<String, Role> roleNames() {
        return roleNames;
    }

    Map<Integer, DatabaseDefinition> databases() {
        return databases;
    }

    Map<String, DatabaseDefinition> databaseNames() {
        return databaseNames;
    }
}
