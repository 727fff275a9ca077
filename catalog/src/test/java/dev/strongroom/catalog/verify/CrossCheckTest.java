package dev.strongroom.catalog.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.TestingCatalog;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CrossCheckTest {
    private final TestingCatalog testing = new TestingCatalog();

    private TableDefinition tableWithIndex() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition table = TestingCatalog.createTable(ddl, "t");
        ddl.create(new IndexDefinition(
                ddl.allocateOid(),
                Schema.PUBLIC,
                "t_name",
                Role.POSTGRES,
                table.oid(),
                ddl.createTree(),
                List.of(IndexDefinition.Part.of(table.columns().get(1))),
                List.of(),
                false,
                false,
                false,
                null,
                List.of(),
                true,
                List.of()));
        ddl.commit();
        return table;
    }

    private void insert(TableLayout layout, long id, String name) {
        Transaction transaction = testing.database.begin(TransactionOptions.readCommitted());
        transaction.beginStatement();
        Row row = new Row(2);
        row.setLong(0, id);
        row.setRef(1, name);
        testing.database.table(layout).insert(transaction, row);
        transaction.commit();
    }

    private List<String> findings() {
        List<String> findings = new ArrayList<>();
        new CrossCheck(testing.catalog::head, testing.database, findings::add).run();
        return findings;
    }

    @Test
    @DisplayName("TDE-517 level 4: a row that an index does not know is found, and nothing in a sound table")
    void aRowAnIndexMissesIsFound() {
        TableDefinition table = tableWithIndex();
        TableLayout whole = testing.catalog.head().layout(table);
        for (int i = 0; i < 10; i++) {
            insert(whole, i, "row " + i);
        }
        assertThat(findings()).isEmpty();
        TableLayout withoutIndex = new TableLayout(
                whole.treeId(),
                whole.schema(),
                whole.name(),
                whole.schemaStep(),
                whole.columns(),
                whole.primaryKeyName(),
                whole.primaryKey(),
                List.of());
        insert(withoutIndex, 10, "unknown to the index");
        assertThat(findings()).containsExactly("index \"t_name\" leads to 10 of 11 rows of table \"t\"");
    }
}
