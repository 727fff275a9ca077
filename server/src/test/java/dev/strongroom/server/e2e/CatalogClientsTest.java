package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What psql and pgjdbc show of the catalog; the expected answers were recorded from PostgreSQL 15. */
final class CatalogClientsTest {
    private static ServerProcess server;

    @BeforeAll
    static void start(@TempDir Path directory) {
        server = ServerProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void psqlDescribesObjectsAsPostgresDoes() {
        server.psql("postgres", "create database described");
        ClientRun run = server.psql("described", resource("describe.sql"), "-q");
        assertThat(run.output()).isEqualTo(resource("describe.expected"));
    }

    @Test
    void pgjdbcDescribesASchemaAsOnPostgres() throws SQLException {
        server.psql("postgres", "create database shop");
        server.psql("shop", resource("shop.sql"), "-q");
        try (Connection connection = server.connect("shop")) {
            List<String> expected = resource("shop.expected").lines().toList();
            List<String> actual = MetadataText.of(connection).lines().toList();
            assertThat(actual.stream().filter(line -> !expected.contains(line)))
                    .as("new")
                    .isEmpty();
            assertThat(expected.stream().filter(line -> !actual.contains(line)))
                    .as("missing")
                    .isEmpty();
            assertThat(actual).hasSameSizeAs(expected);
        }
        server.psql("postgres", "drop database shop");
        server.psql("postgres", "drop role shopper");
    }

    @Test
    void pgjdbcReadsKeysIndexesAndColumns() throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create table c(id serial primary key, name varchar(40) not null unique)");
            statement.execute("create table o(a int references c on delete cascade, b int, primary key (b, a))");
            DatabaseMetaData data = connection.getMetaData();
            assertThat(rows(data.getPrimaryKeys(null, "public", "o"), "COLUMN_NAME", "KEY_SEQ", "PK_NAME"))
                    .containsExactly("b|1|o_pkey", "a|2|o_pkey");
            assertThat(rows(data.getImportedKeys(null, "public", "o"), "PKTABLE_NAME", "FKCOLUMN_NAME", "DELETE_RULE"))
                    .containsExactly("c|a|0");
            assertThat(rows(data.getIndexInfo(null, "public", "c", true, true), "INDEX_NAME", "COLUMN_NAME"))
                    .containsExactly("c_name_key|name", "c_pkey|id");
            assertThat(rows(
                            data.getColumns(null, "public", "c", "%"),
                            "COLUMN_NAME",
                            "TYPE_NAME",
                            "COLUMN_SIZE",
                            "IS_NULLABLE",
                            "IS_AUTOINCREMENT"))
                    .containsExactly("id|serial|10|NO|YES", "name|varchar|40|NO|NO");
            assertThat(rows(data.getTables(null, "public", "%", new String[] {"TABLE"}), "TABLE_NAME"))
                    .containsExactly("c", "o");
        }
    }

    @Test
    void viewLendsItsOwnersRightsToItselfOnly() throws SQLException {
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create role reader");
            statement.execute("create table secret(a int)");
            statement.execute("create view shown as select count(*) as n from secret");
            statement.execute("grant select on shown to reader");
            statement.execute("set role reader");
            statement.execute("select n from shown");
            assertThatThrownBy(() -> statement.execute("select s.a from shown, secret s"))
                    .hasMessageContaining("permission denied for table secret");
            statement.execute("reset role");
            statement.execute("drop table secret cascade");
            statement.execute("drop role reader");
        }
    }

    private static List<String> rows(ResultSet results, String... columns) throws SQLException {
        List<String> rows = new ArrayList<>();
        while (results.next()) {
            List<String> values = new ArrayList<>();
            for (String column : columns) {
                values.add(results.getString(column));
            }
            rows.add(String.join("|", values));
        }
        results.close();
        return rows;
    }

    private static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(CatalogClientsTest.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
