package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.ColumnKeyObject;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Who needs whom in one database, derived from the objects themselves: nothing is stored twice. Built when a DROP or a look at
 * {@code pg_depend} asks for it.
 */
public final class DependencyGraph {
    private final List<Dependency> edges = new ArrayList<>();
    private final Map<ObjectRef, List<Dependency>> byReferenced = new HashMap<>();
    private final Map<ObjectRef, List<Dependency>> byDependent = new HashMap<>();
    private final Map<Integer, ObjectRef> defaultColumns = new HashMap<>();
    private final CatalogSnapshot snapshot;

    public DependencyGraph(CatalogSnapshot snapshot) {
        this.snapshot = snapshot;
        for (CatalogObject object : snapshot.all()) {
            switch (object) {
                case Constraint constraint -> addConstraint(constraint);
                case Relation relation -> addRelation(relation, snapshot);
                case Schema ignored -> {}
                case Role ignored -> {}
                case DatabaseDefinition ignored -> {}
                case ColumnKeyObject ignored -> {}
            }
        }
    }

    /** All edges, in no order. */
    public List<Dependency> edges() {
        return edges;
    }

    /** Edges to an object; with a column number 0 those to its columns too. */
    public List<Dependency> dependents(ObjectRef referenced) {
        List<Dependency> all = byReferenced.getOrDefault(referenced.whole(), List.of());
        if (referenced.subId() == 0) {
            return all;
        }
        return all.stream().filter(edge -> concerns(edge, referenced)).toList();
    }

    /**
     * Whether an edge is about a column. A view that is known to read the relation, but not which columns, counts as a reader
     * of every column its text mentions.
     */
    private boolean concerns(Dependency edge, ObjectRef column) {
        if (edge.referenced().subId() == column.subId()) {
            return true;
        }
        boolean whole = edge.referenced().subId() == 0 && edge.dependent().subId() == 0;
        Relation dependent = whole ? snapshot.relation(edge.dependent().oid()).orElse(null) : null;
        Relation relation = snapshot.relation(column.oid()).orElse(null);
        return dependent instanceof ViewDefinition view
                && edge.dependent().objectClass() == ObjectClass.RELATION
                && relation != null
                && mentions(view.query(), relation.column(column.subId()).name());
    }

    private static boolean mentions(String query, String name) {
        return query.contains("*")
                || Pattern.compile("(?<![\\p{L}\\p{N}_])" + Pattern.quote(name) + "(?![\\p{L}\\p{N}_])")
                        .matcher(query)
                        .find();
    }

    /** Edges from an object. */
    public List<Dependency> references(ObjectRef dependent) {
        return byDependent.getOrDefault(dependent.whole(), List.of());
    }

    /** Column a default belongs to. */
    public ObjectRef columnOfDefault(int defaultOid) {
        return java.util.Objects.requireNonNull(defaultColumns.get(defaultOid));
    }

    private void addConstraint(Constraint constraint) {
        ObjectRef self = constraint.ref();
        for (int column : constraint.columns()) {
            add(self, ObjectRef.column(constraint.tableOid(), column), Dependency.Kind.AUTO);
        }
        if (constraint.columns().isEmpty()) {
            add(self, ObjectRef.relation(constraint.tableOid()), Dependency.Kind.AUTO);
        }
        switch (constraint) {
            case Constraint.Check check -> {
                for (ObjectRef reference : check.references()) {
                    if (reference.oid() != check.tableOid()) {
                        add(self, reference, Dependency.Kind.NORMAL);
                    }
                }
            }
            case Constraint.ForeignKey key -> {
                for (int column : key.referencedColumns()) {
                    add(self, ObjectRef.column(key.referencedTableOid(), column), Dependency.Kind.NORMAL);
                }
                add(self, ObjectRef.relation(key.referencedIndexOid()), Dependency.Kind.NORMAL);
            }
            case Constraint.Key key -> add(ObjectRef.relation(key.indexOid()), self, Dependency.Kind.INTERNAL);
        }
    }

    private void addRelation(Relation relation, CatalogSnapshot snapshot) {
        if (relation instanceof SystemTable) {
            return;
        }
        ObjectRef self = relation.ref();
        if (!(relation instanceof IndexDefinition)) {
            add(
                    self,
                    ObjectRef.of(dev.strongroom.catalog.object.ObjectClass.SCHEMA, relation.schemaOid()),
                    Dependency.Kind.NORMAL);
        }
        switch (relation) {
            case TableDefinition table -> addDefaults(table);
            case ViewDefinition view -> {
                view.references().forEach(reference -> add(self, reference, Dependency.Kind.NORMAL));
                addDefaults(view);
            }
            case IndexDefinition index -> addIndex(index, snapshot);
            case SequenceDefinition sequence -> {
                if (sequence.ownedByTable() != 0) {
                    add(
                            self,
                            ObjectRef.column(sequence.ownedByTable(), sequence.ownedByColumn()),
                            sequence.identity() ? Dependency.Kind.INTERNAL : Dependency.Kind.AUTO);
                }
            }
            case SystemTable ignored -> {}
        }
    }

    private void addDefaults(Relation relation) {
        for (Column column : relation.columns()) {
            ColumnDefault value = column.defaultValue();
            if (value == null) {
                continue;
            }
            ObjectRef own = ObjectRef.column(relation.oid(), column.number());
            defaultColumns.put(value.oid(), own);
            add(value.ref(), own, Dependency.Kind.AUTO);
            for (ObjectRef reference : value.references()) {
                if (!reference.equals(own)) {
                    boolean ownTable = reference.oid() == relation.oid();
                    add(value.ref(), reference, ownTable ? Dependency.Kind.AUTO : Dependency.Kind.NORMAL);
                }
            }
        }
    }

    private void addIndex(IndexDefinition index, CatalogSnapshot snapshot) {
        boolean ofConstraint = snapshot.constraints(index.tableOid()).stream()
                .anyMatch(constraint -> constraint instanceof Constraint.Key key && key.indexOid() == index.oid());
        if (ofConstraint) {
            return;
        }
        boolean plainColumn = false;
        for (IndexDefinition.Part part : index.parts()) {
            if (part.column() > 0) {
                plainColumn = true;
                add(index.ref(), ObjectRef.column(index.tableOid(), part.column()), Dependency.Kind.AUTO);
            }
        }
        for (int column : index.included()) {
            add(index.ref(), ObjectRef.column(index.tableOid(), column), Dependency.Kind.AUTO);
        }
        for (int column : index.mentioned()) {
            add(index.ref(), ObjectRef.column(index.tableOid(), column), Dependency.Kind.AUTO);
        }
        if (!plainColumn) {
            add(index.ref(), ObjectRef.relation(index.tableOid()), Dependency.Kind.AUTO);
        }
    }

    private void add(ObjectRef dependent, ObjectRef referenced, Dependency.Kind kind) {
        Dependency edge = new Dependency(dependent, referenced, kind);
        edges.add(edge);
        byReferenced
                .computeIfAbsent(referenced.whole(), ignored -> new ArrayList<>())
                .add(edge);
        byDependent
                .computeIfAbsent(dependent.whole(), ignored -> new ArrayList<>())
                .add(edge);
    }
}
