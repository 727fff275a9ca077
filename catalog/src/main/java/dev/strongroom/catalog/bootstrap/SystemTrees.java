package dev.strongroom.catalog.bootstrap;

import dev.strongroom.common.type.PgType;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.IndexLayout;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.TableLayout;
import java.util.List;

/**
 * The catalog's own trees. Ids below 1000 exist in every database without being created; 10–29 are the catalog's, 100–199 the
 * key tables'. Shared objects use the same two layouts under other ids, in {@code master} only.
 *
 * <pre>
 * objects   class | oid | scope | name | kind | owner | body      key (class, oid), unique (class, scope, name)
 * comments  class | oid | subid | text                            key (class, oid, subid)
 * facts     name | value                                          key (name)
 * </pre>
 *
 * {@code scope} is where the name is unique: the schema of a relation, the table of a constraint, 0 otherwise. {@code body}
 * is the rest of the object ({@link DefinitionEncoder}).
 */
public final class SystemTrees {
    /** Version of rows and bodies. */
    public static final int FORMAT_VERSION = 1;

    public static final TableLayout FACTS = new TableLayout(
            10,
            "sys",
            "catalog_facts",
            0,
            List.of(new ColumnLayout("name", PgType.TEXT), new ColumnLayout("value", PgType.INT8)),
            "catalog_facts_pkey",
            List.of(KeyPart.ascending(0)),
            List.of());

    public static final TableLayout OBJECTS = objects(11, 12, "catalog_objects");
    public static final TableLayout COMMENTS = comments(13, "catalog_comments");
    public static final TableLayout SHARED_OBJECTS = objects(20, 21, "catalog_shared_objects");
    public static final TableLayout SHARED_COMMENTS = comments(22, "catalog_shared_comments");

    /** Statistics of tables: see {@code catalog.statistics}. */
    public static final TableLayout STATISTICS = new TableLayout(
            14,
            "sys",
            "catalog_statistics",
            0,
            List.of(new ColumnLayout("relation", PgType.OID), new ColumnLayout("body", PgType.BYTEA)),
            "catalog_statistics_pkey",
            List.of(KeyPart.ascending(0)),
            List.of());

    private SystemTrees() {}

    /** Trees of every database. */
    public static List<TableLayout> local() {
        return List.of(FACTS, OBJECTS, COMMENTS, STATISTICS);
    }

    /** Trees of {@code master} besides. */
    public static List<TableLayout> shared() {
        return List.of(SHARED_OBJECTS, SHARED_COMMENTS);
    }

    private static TableLayout objects(int treeId, int nameTreeId, String name) {
        IndexLayout byName = new IndexLayout(
                nameTreeId,
                name + "_name_key",
                List.of(KeyPart.ascending(0), KeyPart.ascending(2), KeyPart.ascending(3)),
                true,
                false);
        return new TableLayout(
                treeId,
                "sys",
                name,
                0,
                List.of(
                        new ColumnLayout("class", PgType.OID),
                        new ColumnLayout("oid", PgType.OID),
                        new ColumnLayout("scope", PgType.OID),
                        new ColumnLayout("name", PgType.TEXT),
                        new ColumnLayout("kind", PgType.CHAR),
                        new ColumnLayout("owner", PgType.OID),
                        new ColumnLayout("body", PgType.BYTEA)),
                name + "_pkey",
                List.of(KeyPart.ascending(0), KeyPart.ascending(1)),
                List.of(byName));
    }

    private static TableLayout comments(int treeId, String name) {
        return new TableLayout(
                treeId,
                "sys",
                name,
                0,
                List.of(
                        new ColumnLayout("class", PgType.OID),
                        new ColumnLayout("oid", PgType.OID),
                        new ColumnLayout("subid", PgType.INT4),
                        new ColumnLayout("text", PgType.TEXT)),
                name + "_pkey",
                List.of(KeyPart.ascending(0), KeyPart.ascending(1), KeyPart.ascending(2)),
                List.of());
    }
}
