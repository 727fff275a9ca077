package dev.strongroom.catalog.pgview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.TestingCatalog;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SystemRelationsTest {
    private final TestingCatalog testing = new TestingCatalog();
    private final SystemRelations relations = testing.systemRelations;

    @Test
    void everyValueOfEveryRelationIsOfItsColumnsType() {
        fill();
        for (Relation relation : relations.tables()) {
            for (Row row : relations.rows(relation.oid(), context())) {
                for (Column column : relation.columns()) {
                    if (!row.isNull(column.slot())) {
                        assertThat(TypeCodecs.of(column.pgType()).format(row, column.slot(), TypeContext.DEFAULT))
                                .as("%s.%s", relation.name(), column.name())
                                .isNotNull();
                    }
                }
            }
        }
    }

    @Test
    void classAndAttributeDescribeATable() {
        TableDefinition table = fill();
        assertThat(select(
                        "pg_class",
                        "relname,relnamespace,relkind,relnatts,relhasindex,relhastriggers",
                        "oid",
                        table.oid()))
                .containsExactly("orders|2200|r|2|t|t");
        assertThat(select(
                        "pg_attribute",
                        "attname,atttypid,attnum,attnotnull,atttypmod,attlen,attalign",
                        "attrelid",
                        table.oid()))
                .containsExactly("id|23|1|t|-1|4|i", "name|25|2|f|-1|-1|i");
        assertThat(select("pg_index", "indkey,indclass,indoption,indisprimary,indisunique", "indrelid", table.oid()))
                .containsExactly("1|1978|0|t|t");
        assertThat(select("pg_constraint", "conname,contype,conkey,confkey,confdeltype", "conrelid", table.oid()))
                .containsExactlyInAnyOrder("orders_pkey|p|{1}|null| ", "orders_id_fkey|f|{1}|{1}|c");
        assertThat(select("pg_type", "typname,typtype,typrelid", "oid", table.rowTypeOid()))
                .containsExactly("orders|c|" + table.oid());
    }

    @Test
    void builtinRowsArePostgres() {
        assertThat(select("pg_type", "typname,typlen,typinput,typarray", "oid", 23))
                .containsExactly("int4|4|42|1007");
        assertThat(select("pg_proc", "proname,prorettype,proargtypes", "oid", 870))
                .containsExactly("lower|25|25");
        assertThat(select("pg_operator", "oprname,oprleft,oprright,oprcode", "oid", 96))
                .containsExactly("=|23|23|65");
        assertThat(select("pg_class", "relname,relkind,relisshared", "oid", 1262))
                .containsExactly("pg_database|r|t");
        assertThat(select("pg_am", "amname", "oid", 403)).containsExactly("btree");
    }

    @Test
    void informationSchemaDescribesKeys() {
        fill();
        assertThat(select("tables", "table_catalog,table_schema,table_type", "table_name", "orders"))
                .containsExactly("postgres|public|BASE TABLE");
        assertThat(select(
                        "columns",
                        "column_name,ordinal_position,is_nullable,data_type,udt_name",
                        "table_name",
                        "orders"))
                .containsExactly("id|1|NO|integer|int4", "name|2|YES|text|text");
        assertThat(select(
                        "key_column_usage",
                        "constraint_name,column_name,position_in_unique_constraint",
                        "table_name",
                        "orders"))
                .containsExactlyInAnyOrder("orders_pkey|id|null", "orders_id_fkey|id|1");
        assertThat(select(
                        "referential_constraints",
                        "unique_constraint_name,delete_rule",
                        "constraint_name",
                        "orders_id_fkey"))
                .containsExactly("customers_pkey|CASCADE");
    }

    @Test
    void objectsOfTheServerBelongToItsExtension() {
        assertThat(select("pg_depend", "deptype,refobjid", "objid", 15002)).containsExactly("e|15000");
        assertThat(select("pg_extension", "extname", "oid", 15000)).containsExactly("strongroom");
    }

    @Test
    void definitionsAreWrittenAsPostgresDoes() {
        TableDefinition table = fill();
        Definitions definitions = new Definitions(testing.catalog.head(), testing.path());
        List<String> texts = new ArrayList<>();
        for (Constraint constraint : testing.catalog.head().constraints(table.oid())) {
            texts.add(definitions.constraint(constraint));
        }
        assertThat(texts)
                .containsExactlyInAnyOrder(
                        "PRIMARY KEY (id)", "FOREIGN KEY (id) REFERENCES customers(id) ON DELETE CASCADE");
        assertThat(definitions.index(testing.catalog.head().indexes(table.oid()).getFirst()))
                .isEqualTo("CREATE UNIQUE INDEX orders_pkey ON public.orders USING btree (id)");
    }

    private TableDefinition fill() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition customers = TestingCatalog.createTable(ddl, "customers");
        TableDefinition orders = TestingCatalog.createTable(ddl, "orders");
        TestingCatalog.createForeignKey(ddl, "orders_id_fkey", orders, customers);
        TestingCatalog.createView(ddl, "names", customers);
        ddl.comment(ObjectRef.column(orders.oid(), 2), "a comment");
        ddl.commit();
        return orders;
    }

    private SystemContext context() {
        return new SystemContext(
                testing.session.snapshot(),
                testing.path(),
                Role.POSTGRES,
                Role.POSTGRES,
                testing.database,
                ServerState.NONE);
    }

    private List<String> select(String relation, String columns, String where, Object value) {
        SystemTable table = (SystemTable) relations.tables().stream()
                .filter(candidate -> candidate.name().equals(relation))
                .findFirst()
                .orElseThrow();
        List<String> found = new ArrayList<>();
        for (Row row : relations.rows(table.oid(), context())) {
            if (text(table, row, where).equals(value.toString())) {
                List<String> values = new ArrayList<>();
                for (String column : columns.split(",")) {
                    values.add(text(table, row, column));
                }
                found.add(String.join("|", values));
            }
        }
        return found;
    }

    private static String text(SystemTable table, Row row, String name) {
        Column column = table.column(name).orElseThrow();
        return row.isNull(column.slot())
                ? "null"
                : TypeCodecs.of(column.pgType()).format(row, column.slot(), TypeContext.DEFAULT);
    }
}
