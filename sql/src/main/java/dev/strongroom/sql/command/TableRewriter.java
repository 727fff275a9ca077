package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.storage.table.RowLoader;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Moves the rows of a table into a new tree: for another key order, changed types, or new columns whose values differ by row. */
final class TableRewriter {
    private final CommandSession session;

    TableRewriter(CommandSession session) {
        this.session = session;
    }

    /** Organises a table by a new primary key; the index is added to the catalog. */
    void cluster(TableDefinition table, IndexDefinition index) {
        try (PlanCursor rows = open(table, Map.of())) {
            long tree = session.ddl().createTree();
            move(table, table, tree, index, rows);
        }
    }

    /** Has the rows under a hidden row id; the index that organised them becomes one like others. */
    void uncluster(TableDefinition table) {
        try (PlanCursor rows = open(table, Map.of())) {
            long tree = session.ddl().createTree();
            move(table, table.withStorage(table.treeId(), 0, table.schemaStep()), tree, null, rows);
        }
    }

    /**
     * Rewrites with changed columns.
     *
     * @param changed definition with the new columns
     * @param expressions SQL for columns (by number) whose values change; others keep theirs
     */
    void rewrite(TableDefinition table, TableDefinition changed, Map<Integer, String> expressions) {
        try (PlanCursor rows = open(table, expressions)) {
            long tree = session.ddl().createTree();
            move(table, changed, tree, null, rows);
        }
    }

    /** A scan of the old rows in the new shape: slot i is column i + 1, null for dropped ones. */
    private PlanCursor open(TableDefinition table, Map<Integer, String> expressions) {
        List<String> items = new ArrayList<>();
        int last = table.columns().size();
        for (int number : expressions.keySet()) {
            last = Math.max(last, number);
        }
        for (int number = 1; number <= last; number++) {
            String expression = expressions.get(number);
            if (expression != null) {
                items.add(expression);
            } else if (table.column(number).dropped()) {
                items.add("NULL");
            } else {
                items.add(Identifiers.quote(table.column(number).name()));
            }
        }
        String text = "SELECT " + String.join(", ", items) + " FROM " + Names.sql(table, session.snapshot());
        return InternalQuery.open(text, session);
    }

    private void move(
            TableDefinition old,
            TableDefinition changed,
            long tree,
            @Nullable IndexDefinition cluster,
            PlanCursor rows) {
        Transaction transaction = session.ddl().storage();
        List<Column> columns = new ArrayList<>();
        for (Column column : changed.columns()) {
            columns.add(column.withMissing(0, null));
        }
        int clusterOid = cluster == null ? changed.clusterIndexOid() : cluster.oid();
        Set<Long> oldTrees = new HashSet<>();
        oldTrees.add(old.treeId());
        for (IndexDefinition index : session.snapshot().indexes(old.oid())) {
            if (index.oid() == clusterOid) {
                session.ddl().replace(index.withTree(tree));
            } else {
                oldTrees.add(index.treeId());
                session.ddl().replace(index.withTree(session.ddl().createTree()));
            }
        }
        session.ddl().replace(changed.withColumns(columns, 0).withStorage(tree, clusterOid, 0));
        if (cluster != null) {
            session.ddl().create(cluster.withTree(tree));
        }
        TableDefinition now = Names.current(old.oid(), session);
        Table target = session.database().table(session.snapshot().layout(now));
        Row row = new Row(columns.size());
        try (RowLoader loader = target.loader(transaction)) {
            while (rows.next()) {
                row.copySlots(0, rows.row(), 0, columns.size());
                loader.add(row);
            }
            loader.finish();
        }
        oldTrees.forEach(gone -> session.database().dropTree(transaction, gone));
    }
}
