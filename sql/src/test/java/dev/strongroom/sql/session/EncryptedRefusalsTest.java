package dev.strongroom.sql.session;

import static dev.strongroom.common.cell.CellEnvelope.DETERMINISTIC;
import static dev.strongroom.common.cell.CellEnvelope.RANDOMIZED;
import static dev.strongroom.sql.session.CellClient.cell;
import static dev.strongroom.sql.session.CellClient.hex;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 7 in places where a cell could be looked at unnoticed: rows, clauses, types, constraints (AE-6, AE-12). */
final class EncryptedRefusalsTest {
    private static TestingServer server;
    private static TestingServer.Client admin;
    private static CellClient client;

    private static String with(String key, String type) {
        return "ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = " + key + ", ENCRYPTION_TYPE = " + type + ")";
    }

    @BeforeAll
    static void makeTables() {
        server = new TestingServer();
        admin = server.connect();
        admin.run(CellClient.MASTER_KEY);
        admin.run(CellClient.createKey("cek"));
        admin.run(CellClient.createKey("cek2"));
        admin.run("CREATE TABLE p (id int PRIMARY KEY, ssn varchar(11) " + with("cek", "DETERMINISTIC")
                + ", note varchar(11) " + with("cek", "RANDOMIZED") + " NOT NULL, other varchar(11) "
                + with("cek2", "DETERMINISTIC") + ", plain varchar(11), alt varchar(11) " + with("cek", "DETERMINISTIC")
                + ", n int " + with("cek", "DETERMINISTIC") + ", m2 numeric(9,2) " + with("cek", "DETERMINISTIC")
                + ", m4 numeric(9,4) " + with("cek", "DETERMINISTIC") + ")");
        admin.run("CREATE TABLE r (n int " + with("cek", "DETERMINISTIC") + " UNIQUE)");
        admin.run("CREATE TABLE d (id int, ssn varchar(11) " + with("cek", "DETERMINISTIC") + ")");
        admin.run("CREATE VIEW whole AS SELECT p AS w FROM p");
        TestingServer.Client session = server.connect();
        session.run("SET strongroom.column_encryption = on");
        client = new CellClient(session);
        String ssn = hex(client.envelope("cek", DETERMINISTIC).wrap(cell(21)));
        client.run(
                "INSERT INTO p (id, ssn, note) VALUES (1, $1, $2)",
                ssn,
                hex(client.envelope("cek", RANDOMIZED).wrap(cell(31))));
        client.run("INSERT INTO d VALUES (1, $1), (1, $1), (2, $1)", ssn);
    }

    /** A row with cells in it is compared and ordered no more than its cells are. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "SELECT DISTINCT p FROM p;SR299",
                "SELECT DISTINCT ROW(note) FROM p;SR299",
                "SELECT DISTINCT ROW(1, ROW(id, note)) FROM p;SR299",
                "SELECT count(DISTINCT (id, note)) FROM p;SR299",
                "SELECT DISTINCT w FROM whole;SR299",
                "SELECT DISTINCT x FROM (SELECT coalesce(p, p) AS x FROM p) q;SR299",
                "SELECT 1 FROM p GROUP BY p;SR299",
                "SELECT DISTINCT ON (p) id FROM p;SR299",
                "SELECT count(*) OVER (PARTITION BY p) FROM p;SR299",
                "SELECT p FROM p UNION SELECT p FROM p;SR299",
                "SELECT ROW(note) FROM p EXCEPT SELECT ROW(note) FROM p;SR299",
                "SELECT p FROM p INTERSECT SELECT p FROM p;SR299",
                "SELECT 1 FROM p a JOIN p b ON a = b;SR299",
                "SELECT 1 FROM p a, p b WHERE a IS DISTINCT FROM b;SR299",
                "SELECT 1 FROM p WHERE p IN (SELECT p FROM p);SR299",
                "SELECT 1 FROM p WHERE (id, note) IN (SELECT id, note FROM p);SR299",
                "SELECT nullif(p, p) FROM p;SR299",
                "SELECT CASE p WHEN p THEN 1 END FROM p;SR299",
                "SELECT 1 FROM d a JOIN d b ON a = b;SR206",
                "SELECT 1 FROM d WHERE ROW(ssn) IS DISTINCT FROM ROW('x');SR206",
                "SELECT 1 FROM p WHERE ROW(ssn, 1) = ROW(plain, 1);SR206",
                "SELECT 1 FROM p WHERE ROW(ssn, 1) = ROW(other, 1);SR278",
                "SELECT 1 FROM p ORDER BY p;SR277",
                "SELECT 1 FROM whole ORDER BY w;SR277",
                "SELECT 1 FROM d ORDER BY ROW(ssn);SR277",
                "SELECT p FROM p UNION ALL SELECT p FROM p ORDER BY 1;SR277",
                "SELECT rank() OVER (ORDER BY d) FROM d;SR277",
                "SELECT 1 FROM p WHERE (ssn, id) >= (alt, 1);SR277",
                "SELECT greatest(d, d) FROM d;SR277",
                "SELECT 1 FROM p a, p b WHERE a < b;SR277",
                "SELECT 1 FROM p WHERE (p).ssn = 'x';SR206",
                "SELECT 1 FROM p WHERE (p).ssn < (p).alt;SR277",
                "SELECT ARRAY[p] FROM p;SR206",
                "SELECT ARRAY(SELECT d FROM d);SR206",
                "SELECT array_agg(p) FROM p;SR206",
                "SELECT coalesce(p, ROW(1)) FROM p;SR206",
                "SELECT d FROM d UNION ALL SELECT p FROM p;SR206",
                "CREATE TABLE q AS SELECT p FROM p;SR283",
                "ALTER TABLE p ADD CHECK (p::text <> '');SR283",
            })
    void rowsAreComparedNoMoreThanTheirCells(String statement, String sqlState) {
        assertThat(client.run(statement)).startsWith(sqlState + " ");
    }

    /** What is left to do with rows: they are shown, their cells in hex, and rows of deterministic cells are grouped. */
    @Test
    void rowsWithCellsAreShownAndGrouped() {
        String bare = hex(cell(21)).replace("\\", "\\\\");
        assertThat(rows("SELECT row_to_json(x) FROM (SELECT id, ssn FROM p) x"))
                .containsExactly("{\"id\":1,\"ssn\":\"" + bare + "\"}");
        assertThat(rows("SELECT json_agg(x)::text FROM (SELECT ssn FROM p) x")).hasSize(1);
        assertThat(rows("SELECT ROW(id, ssn) FROM p")).containsExactly("(1,\"" + bare + "\")");
        assertThat(rows("SELECT x IS NULL FROM (SELECT p AS x FROM p) q")).containsExactly("f");
        assertThat(rows("SELECT (p).ssn IS NULL, count(p) FROM p GROUP BY 1")).containsExactly("f|1");
        assertThat(rows("SELECT DISTINCT d FROM d")).hasSize(2);
        assertThat(rows("SELECT count(*) FROM d GROUP BY d ORDER BY 1")).containsExactly("1", "2");
        assertThat(rows("SELECT d FROM d UNION SELECT d FROM d")).hasSize(2);
        assertThat(rows("SELECT DISTINCT ROW(id, plain) FROM p")).hasSize(1);
        assertThat(rows("SELECT 1 FROM p WHERE (id, ssn) IN (SELECT id, ssn FROM p)"))
                .containsExactly("1");
        client.run("SELECT p FROM p");
        assertThat(client.typeOids()).containsExactly(2249);
    }

    private static List<String> rows(String text) {
        assertThat(client.run(text)).startsWith("SELECT");
        return client.rows();
    }

    /** Cells where a clause, an aggregate or a function would look into them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "SELECT 1 FROM p WHERE note IS DISTINCT FROM $1;SR299",
                "SELECT 1 FROM p WHERE note NOT IN ($1, $2);SR299",
                "SELECT note FROM p INTERSECT ALL SELECT note FROM p;SR299",
                "SELECT note FROM p EXCEPT SELECT note FROM p;SR299",
                "SELECT 1 FROM p a JOIN p b USING (note);SR299",
                "SELECT 1 FROM p a NATURAL JOIN p b;SR299",
                "SELECT CASE note WHEN $1 THEN 1 END FROM p;SR299",
                "SELECT nullif(note, $1) FROM p;SR299",
                "SELECT 1 FROM p GROUP BY CUBE (note);SR299",
                "SELECT 1 FROM p GROUP BY (id, note);SR299",
                "DELETE FROM p WHERE note = $1;SR299",
                "SELECT note FROM p ORDER BY note DESC LIMIT 1;SR277",
                "SELECT max(note) FROM p;SR277",
                "SELECT 1 FROM p WHERE note < $1;SR277",
                "SELECT 1 FROM p WHERE ssn >= alt;SR277",
                "SELECT 1 FROM p WHERE ssn > ALL (SELECT ssn FROM p);SR277",
                "SELECT 1 FROM p WHERE ssn ILIKE $1;SR277",
                "SELECT 1 FROM p WHERE ssn ~ $1;SR277",
                "SELECT 1 FROM p WHERE ssn SIMILAR TO 'x';SR277",
                "SELECT 1 FROM p WHERE ssn NOT LIKE 'x';SR277",
                "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY n) FROM p;SR277",
                "SELECT json_agg(p ORDER BY ssn) FROM p;SR277",
                "SELECT sum(n) FROM p;SR206",
                "SELECT avg(n) FROM p;SR206",
                "SELECT n + 1 FROM p;SR206",
                "SELECT -n FROM p;SR206",
                "SELECT string_agg(ssn, ',') FROM p;SR206",
                "SELECT json_agg(ssn) FROM p;SR206",
                "SELECT to_json(ssn) FROM p;SR206",
                "SELECT concat(ssn, 'x') FROM p;SR206",
                "SELECT length(ssn) FROM p;SR206",
                "SELECT md5(ssn) FROM p;SR206",
                "SELECT substring(ssn FROM 1 FOR 2) FROM p;SR206",
                "SELECT lag(ssn) OVER (ORDER BY id) FROM p;SR206",
                "SELECT generate_series(1, n) FROM p;SR206",
                "SELECT count(*) FILTER (WHERE ssn = 'x') FROM p;SR206",
                "SELECT ssn, count(*) FROM p GROUP BY ssn HAVING ssn = 'x';SR206",
                "SELECT nullif(ssn, 'x') FROM p;SR206",
                "SELECT 1 FROM p WHERE ssn IS NULL OR ssn = 'x';SR206",
                "SELECT 1 FROM p WHERE ssn = current_user;SR206",
                "SELECT 1 FROM p WHERE ssn = (SELECT 'x');SR206",
                "SELECT 1 FROM p, (VALUES ('x')) v(c) WHERE ssn = c;SR206",
                "SELECT 1 FROM p WHERE ssn IN (SELECT plain FROM p);SR206",
                "SELECT 1 FROM p WHERE plain IN (SELECT ssn FROM p);SR206",
                "SELECT 1 FROM p WHERE n = 5;SR206",
                "SELECT 1 FROM p WHERE n = id;SR206",
                "EXPLAIN SELECT id FROM p WHERE ssn = 'x';SR206",
                "SELECT 1 FROM p WHERE ssn IN (SELECT other FROM p);SR278",
                "SELECT 1 FROM p WHERE m2 = m4;SR278",
                "SELECT 1 FROM p WHERE n = ssn;SR278",
                "SELECT a.id FROM p a JOIN p b ON a.ssn = b.other;SR278",
                "INSERT INTO p (id, note) VALUES (9, $1), (10, 'x');SR206",
                "INSERT INTO p (id, note) SELECT 9, 'x';SR206",
                "INSERT INTO p (id, m2) SELECT id + 5, m4 FROM p;SR206",
                "INSERT INTO p (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET ssn = 'x';SR206",
                "INSERT INTO p (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET ssn = excluded.plain;SR206",
                "INSERT INTO p (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET ssn = excluded.other;SR206",
                "UPDATE p SET n = n + 1;SR206",
                "UPDATE p SET ssn = upper($1);SR206",
                "UPDATE p SET ssn = (SELECT plain FROM p WHERE id = 1);SR206",
                "CREATE TABLE q AS SELECT upper(ssn) FROM p;SR206",
                "CREATE VIEW v AS SELECT id FROM p WHERE ssn = 'x';SR206",
                "CREATE VIEW v AS SELECT DISTINCT note FROM p;SR299",
                "CREATE INDEX ON p (upper(ssn));SR206",
                "CREATE INDEX ON p (id) WHERE ssn = 'x';SR206",
                "ANALYZE p (id, note);SR282",
                "ALTER TABLE p ADD FOREIGN KEY (note) REFERENCES r (n);SR282",
                "ALTER TABLE p ALTER COLUMN note ADD GENERATED ALWAYS AS IDENTITY;SR283",
                "ALTER TABLE p ADD COLUMN z int DEFAULT 3 ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek,"
                        + " ENCRYPTION_TYPE = RANDOMIZED);SR285",
                "DROP COLUMN ENCRYPTION KEY cek2;SR287",
            })
    void nothingLooksIntoACell(String statement, String sqlState) {
        assertThat(client.run(statement)).startsWith(sqlState + " ");
    }

    /** Section 7's constraints and section 5.2's types, as columns are declared. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "a int RANDOMIZED PRIMARY KEY;SR282",
                "a int RANDOMIZED UNIQUE;SR282",
                "a int RANDOMIZED, PRIMARY KEY (a);SR282",
                "a int RANDOMIZED REFERENCES r (n);SR282",
                "a bigint DETERMINISTIC REFERENCES r (n);SR281",
                "a int REFERENCES r (n);SR281",
                "a int GENERATED ALWAYS AS IDENTITY RANDOMIZED;SR283",
                "a int RANDOMIZED GENERATED BY DEFAULT AS IDENTITY;SR283",
                "a int, b int RANDOMIZED GENERATED ALWAYS AS (a) STORED;SR283",
                "a int RANDOMIZED, b int GENERATED ALWAYS AS (a) STORED;SR283",
                "a int RANDOMIZED, b bool GENERATED ALWAYS AS (a IS NULL) STORED;SR283",
                "a int RANDOMIZED, CHECK (a > 5);SR283",
                "a int CHECK (a > 0) RANDOMIZED;SR283",
                "a int[] DETERMINISTIC;SR280",
                "a jsonb DETERMINISTIC;SR280",
                "a interval DETERMINISTIC;SR280",
                "a timetz DETERMINISTIC;SR280",
                "a numeric(39,2) DETERMINISTIC;SR280",
                "a numeric(5,-2) DETERMINISTIC;SR280",
                "a text COLLATE \"x-icu\" DETERMINISTIC;SR289",
            })
    void columnsAreDeclaredWithinTheTable(String columns, String sqlState) {
        String all = columns.replaceAll("RANDOMIZED|DETERMINISTIC", with("cek", "$0"));
        assertThat(admin.error("CREATE TABLE q (" + all + ")")).startsWith(sqlState + " ");
    }

    /** The other side: what the table allows is allowed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a int RANDOMIZED CHECK (a IS NOT NULL)",
                "a int DEFAULT NULL RANDOMIZED",
                "a text COLLATE \"x-icu\" RANDOMIZED",
                "a int DETERMINISTIC REFERENCES r (n)",
                "a int DETERMINISTIC PRIMARY KEY, b int[] RANDOMIZED, c jsonb RANDOMIZED, d interval RANDOMIZED"
            })
    void columnsWithinTheTableAreMade(String columns) {
        String all = columns.replaceAll("RANDOMIZED|DETERMINISTIC", with("cek", "$0"));
        admin.run("BEGIN");
        assertThat(admin.run("CREATE TABLE fine (" + all + ")")).isEqualTo("CREATE TABLE");
        admin.run("ROLLBACK");
    }

    /** Unknown algorithms and keys. */
    @Test
    void unknownAlgorithmsAndKeysAreRefused() {
        String column =
                "CREATE TABLE q (a int ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = %s, ENCRYPTION_TYPE = RANDOMIZED%s))";
        assertThat(admin.error(String.format(
                        java.util.Locale.ROOT, column, "cek", ", ALGORITHM = 'AEAD_AES_256_CBC_HMAC_SHA256'")))
                .startsWith("SR292 ");
        assertThat(admin.error(String.format(java.util.Locale.ROOT, column, "nokey", "")))
                .startsWith("42704 ");
        assertThat(admin.error("CREATE TABLE q (a int ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE ="
                        + " PLAINTEXT))"))
                .startsWith("42601 ");
    }
}
