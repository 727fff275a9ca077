package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.TableLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One database's catalog as one moment (or one transaction with uncommitted DDL) sees it, with roles and databases beside it.
 * Immutable, shared between threads.
 */
public final class CatalogSnapshot {
    private final long version;
    private final boolean privateView;
    private final int databaseOid;
    private final ObjectSet objects;
    private final SharedSnapshot shared;
    private final IndexExpressions indexExpressions;
    private final ConcurrentHashMap<Integer, TableLayout> layouts = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Object, Object> derived = new ConcurrentHashMap<>();

    CatalogSnapshot(
            long version,
            boolean privateView,
            int databaseOid,
            ObjectSet objects,
            SharedSnapshot shared,
            IndexExpressions indexExpressions) {
        this.version = version;
        this.privateView = privateView;
        this.databaseOid = databaseOid;
        this.objects = objects;
        this.shared = shared;
        this.indexExpressions = indexExpressions;
    }

    ObjectSet objects() {
        return objects;
    }

    /** Unique in this process for each committed state and each overlay: the plan cache's key (decision P-9). */
    public long version() {
        return version;
    }

    /** True for an overlay only one session sees: plans over it are not shared. */
    public boolean privateView() {
        return privateView;
    }

    public int databaseOid() {
        return databaseOid;
    }

    public SharedSnapshot shared() {
        return shared;
    }

    public Optional<CatalogObject> object(ObjectRef ref) {
        Map<ObjectRef, CatalogObject> from =
                ref.objectClass().shared() ? shared.objects().objects() : objects.objects();
        return Optional.ofNullable(from.get(ref.whole()));
    }

    /** Every object of the database, in no order. */
    public Collection<CatalogObject> all() {
        return objects.objects().values();
    }

    public Optional<Schema> schema(int oid) {
        return Optional.ofNullable(objects.schemas().get(oid));
    }

    public Optional<Schema> schema(String name) {
        return Optional.ofNullable(objects.schemaNames().get(name));
    }

    /** The schema, or INVALID_SCHEMA_NAME. */
    public Schema requireSchema(String name) {
        return schema(name)
                .orElseThrow(
                        () -> ErrorReport.error(ErrorCode.INVALID_SCHEMA_NAME, "schema \"" + name + "\" does not exist")
                                .exception());
    }

    /** Name of a schema, empty if there is none. */
    public String schemaName(int oid) {
        Schema schema = objects.schemas().get(oid);
        return schema == null ? "" : schema.name();
    }

    public Collection<Schema> schemas() {
        return objects.schemas().values();
    }

    public Optional<Relation> relation(int oid) {
        return Optional.ofNullable(objects.relations().get(oid));
    }

    public Optional<Relation> relation(int schemaOid, String name) {
        return Optional.ofNullable(objects.relationNames(schemaOid).get(name));
    }

    public Collection<Relation> relations() {
        return objects.relations().values();
    }

    public Collection<Relation> relationsIn(int schemaOid) {
        return objects.relationNames(schemaOid).values();
    }

    /**
     * Finds a relation.
     *
     * @param schema schema name, null to search the path and then {@code sys} (decision P-1)
     */
    public Optional<Relation> relation(@Nullable String schema, String name, SearchPath path) {
        if (schema != null) {
            if (schema.equals("pg_temp")) {
                return temporary(name, path);
            }
            return schema(schema).flatMap(found -> relation(found.oid(), name));
        }
        for (int schemaOid : path.schemas()) {
            Relation found = objects.relationNames(schemaOid).get(name);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return relation(Schema.SYS, name);
    }

    private Optional<Relation> temporary(String name, SearchPath path) {
        for (int schemaOid : path.schemas()) {
            if (schemaName(schemaOid).startsWith("pg_temp_")) {
                return relation(schemaOid, name);
            }
        }
        return Optional.empty();
    }

    /** The relation, or UNDEFINED_TABLE as PostgreSQL words it. */
    public Relation requireRelation(@Nullable String schema, String name, SearchPath path) {
        return relation(schema, name, path).orElseThrow(() -> {
            String shown = schema == null ? name : schema + "." + name;
            return ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "relation \"" + shown + "\" does not exist")
                    .exception();
        });
    }

    /** Whether the relation is found by its bare name ({@code pg_table_is_visible}). */
    public boolean visible(Relation relation, SearchPath path) {
        for (int schemaOid : path.schemas()) {
            Relation found = objects.relationNames(schemaOid).get(relation.name());
            if (found != null) {
                return found.oid() == relation.oid();
            }
        }
        return false;
    }

    /** The relation whose rows have this composite type. */
    public Optional<Relation> relationOfRowType(int typeOid) {
        return Optional.ofNullable(objects.rowTypes().get(typeOid));
    }

    /** Indexes of a table by OID, the one it is clustered by included. */
    public List<IndexDefinition> indexes(int tableOid) {
        return objects.indexes(tableOid);
    }

    /** Constraints of a table by OID. */
    public List<Constraint> constraints(int tableOid) {
        return objects.constraints(tableOid);
    }

    public Optional<Constraint> constraint(int tableOid, String name) {
        return constraints(tableOid).stream()
                .filter(constraint -> constraint.name().equals(name))
                .findFirst();
    }

    /** Foreign keys that point at a table. */
    public List<Constraint.ForeignKey> referencing(int tableOid) {
        return objects.references(tableOid);
    }

    public Optional<Constraint.Key> primaryKey(int tableOid) {
        for (Constraint constraint : constraints(tableOid)) {
            if (constraint instanceof Constraint.Key key && key.primary()) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /** Sequences owned by columns of a table. */
    public List<SequenceDefinition> ownedSequences(int tableOid) {
        return objects.ownedSequences(tableOid);
    }

    /** Keys and schemes of Always Encrypted. */
    public ColumnKeySet columnKeys() {
        return objects.columnKeys();
    }

    /** Who may do what with the column keys; nobody sees them by default where the database is strict (AE-63). */
    public ColumnKeyRights columnKeyRights() {
        return columnKeys()
                .rights()
                .orElseGet(() -> strictKeyVisibility() ? ColumnKeyRights.NONE : ColumnKeyRights.DEFAULT);
    }

    private boolean strictKeyVisibility() {
        return shared.database(databaseOid)
                .map(database -> database.settings().get("strongroom.strict_column_key_visibility"))
                .filter("on"::equals)
                .isPresent();
    }

    /** Comment on an object or column. */
    public Optional<String> comment(ObjectRef target) {
        return target.objectClass().shared()
                ? shared.comment(target)
                : Optional.ofNullable(objects.comments().get(target));
    }

    Map<ObjectRef, String> comments() {
        return objects.comments();
    }

    /** How storage sees a table: its clustering key and its secondary indexes in {@link #storedIndexes} order. */
    public TableLayout layout(TableDefinition table) {
        return layouts.computeIfAbsent(table.oid(), ignored -> buildLayout(table, storedIndexes(table)));
    }

    /** As {@link #layout}, without indexes over expressions, over some rows only, or not valid: for reading, where no session is. */
    public TableLayout plainLayout(TableDefinition table) {
        return buildLayout(
                table,
                storedIndexes(table).stream()
                        .filter(index -> index.plain() && index.valid())
                        .toList());
    }

    /** Indexes that storage maintains beside the clustered one; element i is index i + 1 of the storage table. */
    public List<IndexDefinition> storedIndexes(TableDefinition table) {
        return indexes(table.oid()).stream()
                .filter(index -> index.oid() != table.clusterIndexOid())
                .toList();
    }

    /** Number of an index in the storage table, 0 for the clustered one, -1 if storage does not keep it. */
    public int storedIndexNumber(TableDefinition table, int indexOid) {
        if (indexOid == table.clusterIndexOid()) {
            return 0;
        }
        List<IndexDefinition> stored = storedIndexes(table);
        for (int i = 0; i < stored.size(); i++) {
            if (stored.get(i).oid() == indexOid) {
                return i + 1;
            }
        }
        return -1;
    }

    private TableLayout buildLayout(TableDefinition table, List<IndexDefinition> stored) {
        String keyName = "";
        List<KeyPart> key = List.of();
        for (IndexDefinition index : indexes(table.oid())) {
            if (index.oid() == table.clusterIndexOid()) {
                keyName = index.name();
                key = index.keyParts();
            }
        }
        List<IndexLayout> secondary = new ArrayList<>();
        for (IndexDefinition index : stored) {
            secondary.add(
                    index.plain() ? index.layout() : index.layout(indexExpressions.derivation(this, table, index)));
        }
        return new TableLayout(
                table.treeId(),
                schemaName(table.schemaOid()),
                table.name(),
                table.schemaStep(),
                table.columns().stream().map(column -> column.layout()).toList(),
                keyName,
                key,
                secondary);
    }

    /**
     * What follows from this snapshot alone, computed once: the rows of system relations, a dependency graph.
     *
     * @param key owner of the value, which always asks for the same kind of it
     */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> T derived(Object key, Supplier<T> compute) {
        Object known = derived.get(key);
        if (known == null) {
            known = Objects.requireNonNull(compute.get());
            derived.put(key, known);
        }
        return (T) known;
    }

    /** Who depends on whom, computed on first use. */
    public DependencyGraph dependencies() {
        return derived(DependencyGraph.class, () -> new DependencyGraph(this));
    }

    /** Comments on objects of this database. */
    public Map<ObjectRef, String> commentsByTarget() {
        return Collections.unmodifiableMap(objects.comments());
    }

    /**
     * Resolves a {@code search_path} setting.
     *
     * @param names as written, {@code $user} included; schemas that do not exist are passed over
     * @param roleName for {@code $user}
     * @param temporarySchemaOid the session's temporary schema, 0 while it has none
     */
    public SearchPath searchPath(List<String> names, String roleName, int temporarySchemaOid) {
        return searchPath(names, roleName, temporarySchemaOid, schema -> true);
    }

    /**
     * As {@link #searchPath(List, String, int)}, for somebody.
     *
     * @param usable whether they may look up names in a schema; the others are passed over as if they did not exist
     */
    public SearchPath searchPath(
            List<String> names, String roleName, int temporarySchemaOid, Predicate<Schema> usable) {
        List<Integer> listed = new ArrayList<>();
        boolean temporaryListed = false;
        for (String name : names) {
            String resolved = name.equals("$user") ? roleName : name;
            if (resolved.equals("pg_temp")) {
                temporaryListed = true;
                if (temporarySchemaOid != 0) {
                    listed.add(temporarySchemaOid);
                }
                continue;
            }
            schema(resolved)
                    .filter(schema -> !listed.contains(schema.oid()))
                    .filter(usable)
                    .ifPresent(schema -> listed.add(schema.oid()));
        }
        List<Integer> all = new ArrayList<>();
        if (temporarySchemaOid != 0 && !temporaryListed) {
            all.add(temporarySchemaOid);
        }
        if (!listed.contains(Schema.PG_CATALOG)) {
            all.add(Schema.PG_CATALOG);
        }
        all.addAll(listed);
        int creation = listed.isEmpty() ? 0 : listed.getFirst();
        return new SearchPath(all, creation, listed);
    }
}
