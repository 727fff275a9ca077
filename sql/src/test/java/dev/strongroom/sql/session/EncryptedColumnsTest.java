package dev.strongroom.sql.session;

import static dev.strongroom.common.cell.CellEnvelope.DETERMINISTIC;
import static dev.strongroom.common.cell.CellEnvelope.RANDOMIZED;
import static dev.strongroom.sql.session.CellClient.cell;
import static dev.strongroom.sql.session.CellClient.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.cell.CellEnvelope;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encrypted columns from statement to row: types, envelopes, what is possible on them and what is refused (section 7). */
final class EncryptedColumnsTest {
    private TestingServer server;
    private TestingServer.Client admin;
    private CellClient client;

    @BeforeEach
    void makeTables() {
        server = new TestingServer();
        admin = server.connect();
        admin.run(CellClient.MASTER_KEY);
        admin.run(CellClient.createKey("cek"));
        admin.run(CellClient.createKey("cek2"));
        admin.run("CREATE TABLE p (id int PRIMARY KEY, ssn varchar(11) " + with("cek", "DETERMINISTIC")
                + ", note varchar(11) " + with("cek", "RANDOMIZED") + " NOT NULL, other varchar(11) "
                + with("cek2", "DETERMINISTIC") + ", plain varchar(11), alt varchar(11) " + with("cek", "DETERMINISTIC")
                + ", flag bool " + with("cek", "RANDOMIZED") + ")");
        TestingServer.Client session = server.connect();
        session.run("SET strongroom.column_encryption = on");
        client = new CellClient(session);
    }

    private static String with(String key, String type) {
        return "ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = " + key + ", ENCRYPTION_TYPE = " + type
                + ", ALGORITHM = 'AEAD_AES_256_CBC_HMAC_SHA_256')";
    }

    private String det(int number) {
        return hex(client.envelope("cek", DETERMINISTIC).wrap(cell(number)));
    }

    private String rnd(int number) {
        return hex(client.envelope("cek", RANDOMIZED).wrap(cell(number)));
    }

    private void insert(int id, int ssn, int note) {
        assertThat(client.run(
                        "INSERT INTO p (id, ssn, note) VALUES ($1, $2, $3)", Integer.toString(id), det(ssn), rnd(note)))
                .isEqualTo("INSERT 0 1");
    }

    /** AE-22, AE-34, AE-35, AE-106, AE-108: cells are stored bare and come back in their envelope. */
    @Test
    void cellsComeBackInTheirEnvelope() {
        insert(1, 21, 31);
        assertThat(client.run("SELECT ssn, note FROM p WHERE id = 1")).isEqualTo("SELECT 1");
        assertThat(client.rows()).containsExactly(det(21) + "|" + rnd(31));
        assertThat(client.typeOids()).containsExactly(15801, 15802);
        assertThat(admin.query("SELECT ssn, note FROM p")).containsExactly(hex(cell(21)) + "|" + hex(cell(31)));
    }

    /** AE-105, AE-131, decision A-2: off means bytea and no parameters; results means envelopes and no parameters. */
    @Test
    void sessionSwitchDecidesWhatClientsSee() {
        insert(1, 21, 31);
        CellClient off = new CellClient(admin);
        assertThat(off.run("SELECT ssn FROM p")).isEqualTo("SELECT 1");
        assertThat(off.typeOids()).containsExactly(17);
        assertThat(off.run("SELECT id FROM p WHERE ssn = $1", det(21))).startsWith("SR206");
        admin.run("SET strongroom.column_encryption = results");
        assertThat(off.run("SELECT ssn FROM p")).isEqualTo("SELECT 1");
        assertThat(off.rows()).containsExactly(det(21));
        assertThat(off.run("SELECT id FROM p WHERE ssn = $1", det(21))).startsWith("SR206");
        client.client.session().parse("d", "SELECT id FROM p WHERE ssn = $1", new int[0]);
        assertThat(client.client.session().describeStatement("d").parameterOids())
                .containsExactly(17);
    }

    /** Section 7, deterministic: equality, IN, joins, grouping, DISTINCT, set operations, NULL tests, count. */
    @Test
    void deterministicCellsCompare() {
        insert(1, 21, 31);
        insert(2, 22, 32);
        insert(3, 21, 33);
        client.run("INSERT INTO p (id, ssn, note) VALUES (4, $1, $2)", null, rnd(34));
        assertThat(answers("SELECT id FROM p WHERE ssn = $1 ORDER BY id", det(21)))
                .containsExactly("1", "3");
        assertThat(answers("SELECT id FROM p WHERE $1 = ssn ORDER BY id", det(21)))
                .containsExactly("1", "3");
        assertThat(answers("SELECT id FROM p WHERE ssn <> $1", det(21))).containsExactly("2");
        assertThat(answers("SELECT id FROM p WHERE ssn IN ($1, $2) ORDER BY id", det(21), det(22)))
                .containsExactly("1", "2", "3");
        assertThat(answers("SELECT id FROM p WHERE ssn NOT IN ($1, $2)", det(21), det(23)))
                .containsExactly("2");
        assertThat(answers("SELECT id FROM p WHERE ssn IS DISTINCT FROM $1 ORDER BY id", det(21)))
                .containsExactly("2", "4");
        assertThat(answers("SELECT id FROM p WHERE ssn IS NULL")).containsExactly("4");
        assertThat(answers("SELECT id FROM p WHERE ssn IS NOT NULL AND note IS NOT NULL ORDER BY id"))
                .containsExactly("1", "2", "3");
        assertThat(answers("SELECT count(*), count(ssn), count(DISTINCT ssn), count(note) FROM p"))
                .containsExactly("4|3|2|4");
        assertThat(answers("SELECT count(*) FROM p GROUP BY ssn ORDER BY 1")).containsExactly("1", "1", "2");
        assertThat(answers("SELECT DISTINCT ssn FROM p WHERE ssn IS NOT NULL")).hasSize(2);
        assertThat(answers("SELECT a.id, b.id FROM p a JOIN p b ON a.ssn = b.ssn AND a.id < b.id"))
                .containsExactly("1|3");
        assertThat(answers("SELECT a.id FROM p a JOIN p b USING (ssn) WHERE b.id = 3 ORDER BY 1"))
                .containsExactly("1", "3");
        assertThat(answers("SELECT id FROM p a WHERE EXISTS (SELECT 1 FROM p b WHERE b.ssn = a.ssn AND b.id <> a.id)"
                        + " ORDER BY id"))
                .containsExactly("1", "3");
        assertThat(answers("SELECT id FROM p WHERE ssn IN (SELECT ssn FROM p WHERE id = 3) ORDER BY id"))
                .containsExactly("1", "3");
        assertThat(answers("SELECT ssn FROM p WHERE id = 1 UNION SELECT ssn FROM p WHERE id = 3"))
                .hasSize(1);
        assertThat(answers("SELECT ssn FROM p EXCEPT SELECT ssn FROM p WHERE id IN (1, 4)"))
                .containsExactly(det(22));
        assertThat(answers("SELECT id, count(*) OVER (PARTITION BY ssn) FROM p ORDER BY id"))
                .containsExactly("1|2", "2|1", "3|2", "4|1");
    }

    /** Section 7: values of one scheme merge, in CASE, COALESCE, UNION ALL, CTEs, views, sub-selects. */
    @Test
    void cellsOfOneSchemeMerge() {
        insert(1, 21, 31);
        insert(2, 22, 32);
        assertThat(answers("SELECT CASE WHEN id = 1 THEN ssn ELSE NULL END FROM p ORDER BY id"))
                .containsExactly(det(21), "");
        assertThat(answers("SELECT CASE WHEN id = $1 THEN $2 ELSE ssn END FROM p ORDER BY id", "1", det(29)))
                .containsExactly(det(29), det(22));
        assertThat(client.run("UPDATE p SET ssn = CASE WHEN id = $1 THEN $2 ELSE ssn END", "1", det(21)))
                .isEqualTo("UPDATE 2");
        assertThat(answers("SELECT coalesce(ssn, alt) FROM p WHERE id = 1")).containsExactly(det(21));
        assertThat(answers("SELECT coalesce(alt, $1) FROM p WHERE id = 1", det(25)))
                .containsExactly(det(25));
        assertThat(answers("SELECT nullif(ssn, $1) FROM p WHERE id = 2", det(21)))
                .containsExactly(det(22));
        assertThat(answers("SELECT note FROM p UNION ALL SELECT note FROM p")).hasSize(4);
        assertThat(answers("WITH w AS (SELECT ssn, id FROM p) SELECT id FROM w WHERE ssn = $1", det(22)))
                .containsExactly("2");
        admin.run("CREATE VIEW v AS SELECT id AS n, ssn AS s FROM p");
        assertThat(answers("SELECT n FROM v WHERE s = $1", det(22))).containsExactly("2");
        assertThat(answers("SELECT s FROM v WHERE n = 2")).containsExactly(det(22));
        assertThat(client.run("UPDATE p SET alt = ssn WHERE id = 2")).isEqualTo("UPDATE 1");
        assertThat(answers("SELECT id FROM p WHERE alt = ssn")).containsExactly("2");
        assertThat(client.run("INSERT INTO p (id, ssn, note) SELECT id + 10, ssn, note FROM p"))
                .isEqualTo("INSERT 0 2");
        assertThat(client.run("CREATE TABLE copy AS SELECT ssn FROM p")).isEqualTo("SELECT 4");
        assertThat(answers("SELECT count(*) FROM copy WHERE ssn = $1", det(21))).containsExactly("2");
        assertThat(answers(
                        "INSERT INTO p (id, ssn, note) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE SET ssn ="
                                + " excluded.ssn RETURNING ssn",
                        det(40),
                        rnd(41)))
                .containsExactly(det(40));
        assertThat(client.run("UPDATE p SET ssn = $1 WHERE ssn = $2", det(21), det(40)))
                .isEqualTo("UPDATE 1");
        assertThat(client.run("UPDATE p SET ssn = NULL WHERE id = 1")).isEqualTo("UPDATE 1");
        assertThat(client.run("DELETE FROM p WHERE ssn = $1", det(22))).isEqualTo("DELETE 2");
    }

    /** Decision A-2: a client that declares the bytea it sends may use it in CASE and COALESCE too. */
    @Test
    void declaredCellsMerge() {
        for (String text : List.of(
                "SELECT CASE WHEN id = $1 THEN $2 ELSE ssn END FROM p",
                "SELECT coalesce(ssn, $2) FROM p WHERE id = $1",
                "UPDATE p SET ssn = coalesce($2, ssn) WHERE id = $1")) {
            client.client.session().parse("d", text, new int[] {23, 17});
            assertThat(client.client.session().describeStatement("d").parameterOids())
                    .containsExactly(23, 17);
            client.client.session().closeStatement("d");
        }
        assertThat(client.run("SELECT coalesce(ssn, $1::text) FROM p", "x")).startsWith("SR206");
    }

    /** Decision P-6: the scheme stays with a value through joins, sub-selects, projections and recursion. */
    @Test
    void schemeSurvivesWhatPlansDoWithColumns() {
        insert(1, 21, 31);
        insert(2, 22, 32);
        String one = det(21);
        assertThat(answers("SELECT b.ssn FROM p a LEFT JOIN p b ON b.id = a.id + 1 ORDER BY a.id"))
                .containsExactly(det(22), "");
        assertThat(client.typeOids()).containsExactly(15801);
        assertThat(answers("SELECT (SELECT q.x FROM (SELECT ssn AS x, id + 1 AS n FROM p) q WHERE q.n = 2)"))
                .containsExactly(one);
        assertThat(answers("SELECT ssn FROM p a FULL JOIN p b USING (ssn) WHERE a.id = 1"))
                .containsExactly(one);
        assertThat(answers(
                        "SELECT s FROM (SELECT id, ssn AS s FROM p UNION ALL SELECT id, alt FROM p) u WHERE u.s = $1",
                        one))
                .containsExactly(one);
        assertThat(answers(
                        "WITH RECURSIVE r(n, s) AS (SELECT id, ssn FROM p WHERE id = 1 UNION ALL SELECT n + 1, s FROM r"
                                + " WHERE n < 3) SELECT n FROM r WHERE s = $1",
                        one))
                .containsExactly("1", "2", "3");
        assertThat(answers("SELECT l.ssn FROM p, LATERAL (SELECT ssn FROM p q WHERE q.ssn = p.ssn LIMIT 1) l"
                        + " WHERE p.id = 1"))
                .containsExactly(one);
        assertThat(client.run("UPDATE p SET alt = q.ssn FROM p q WHERE q.id = 1 AND p.id = 2"))
                .isEqualTo("UPDATE 1");
        assertThat(client.run("DELETE FROM p USING p q WHERE p.alt = q.ssn AND q.id = 1"))
                .isEqualTo("DELETE 1");
    }

    /** AE-106, AE-144: SQL's own prepared statements and cursors carry envelopes too. */
    @Test
    void preparedStatementsAndCursorsCarryEnvelopes() {
        insert(1, 21, 31);
        TestingServer.Client session = client.client;
        session.run("PREPARE find AS SELECT id, ssn FROM p WHERE ssn = $1");
        assertThat(session.query("EXECUTE find('" + det(21) + "')")).containsExactly("1|" + det(21));
        assertThat(session.error("EXECUTE find('plain')")).startsWith("SR206");
        session.run("BEGIN; DECLARE c CURSOR FOR SELECT note FROM p");
        assertThat(session.query("FETCH ALL FROM c")).containsExactly(rnd(31));
        session.run("COMMIT");
    }

    /** B-13: what SQL Server refuses or leaves open. */
    @Test
    void moreThanSqlServerOffers() {
        insert(1, 21, 31);
        assertThat(answers("SELECT id FROM p WHERE ssn <> $1", det(22))).containsExactly("1");
        assertThat(answers("SELECT id FROM p WHERE ssn NOT IN ($1)", det(21))).isEmpty();
        assertThat(answers("SELECT ssn FROM p EXCEPT SELECT alt FROM p")).containsExactly(det(21));
        assertThat(answers("SELECT note FROM p UNION ALL SELECT note FROM p")).hasSize(2);
        admin.run("CREATE UNIQUE INDEX ON p (ssn)");
        assertThat(client.run(
                        "INSERT INTO p (id, ssn, note) VALUES (2, $1, $2) ON CONFLICT (ssn) DO NOTHING",
                        det(21),
                        rnd(32)))
                .isEqualTo("INSERT 0 0");
    }

    /** P-12: a script's [names] where encrypted columns are declared. */
    @Test
    void bracketsNameTablesAndColumns() {
        assertThat(admin.run(
                        "CREATE TABLE [public].[My Patients] ([Id] int, [SSN] char(11) COLLATE Latin1_General_BIN2 "
                                + with("[CEK]", "DETERMINISTIC") + " NULL)"))
                .isEqualTo("CREATE TABLE");
        assertThat(admin.query("SELECT \"SSN\" FROM \"My Patients\"")).isEmpty();
    }

    /** AE-6, AE-32, the refusal table of section 7. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "SELECT 1 FROM p WHERE ssn = 'x';SR206",
                "SELECT 1 FROM p WHERE ssn = plain;SR206",
                "SELECT 1 FROM p WHERE ssn IN ('a', 'b');SR206",
                "SELECT 1 FROM p WHERE ssn = other;SR278",
                "SELECT 1 FROM p WHERE note = $1;SR299",
                "SELECT 1 FROM p WHERE note <> note;SR299",
                "SELECT 1 FROM p WHERE ssn < $1;SR277",
                "SELECT 1 FROM p WHERE ssn BETWEEN $1 AND $2;SR277",
                "SELECT 1 FROM p WHERE ssn LIKE 'a%';SR277",
                "SELECT 1 FROM p WHERE note LIKE $1;SR277",
                "SELECT 1 FROM p ORDER BY ssn;SR277",
                "SELECT ssn FROM p ORDER BY 1;SR277",
                "SELECT min(ssn) FROM p;SR277",
                "SELECT row_number() OVER (ORDER BY ssn) FROM p;SR277",
                "SELECT greatest(ssn, alt) FROM p;SR277",
                "SELECT upper(ssn) FROM p;SR206",
                "SELECT 1 FROM p WHERE flag;SR206",
                "SELECT NOT flag FROM p;SR206",
                "SELECT ssn || 'x' FROM p;SR206",
                "SELECT ssn::text FROM p;SR206",
                "SELECT cast(note AS bytea) FROM p;SR206",
                "SELECT array_agg(ssn) FROM p;SR206",
                "SELECT ARRAY[ssn] FROM p;SR206",
                "SELECT ARRAY(SELECT ssn FROM p);SR206",
                "SELECT 1 FROM p WHERE ssn = ANY ($1);SR206",
                "SELECT coalesce(ssn, 'x') FROM p;SR206",
                "SELECT coalesce(ssn, plain) FROM p;SR206",
                "SELECT coalesce(ssn, other) FROM p;SR278",
                "SELECT CASE WHEN id = 1 THEN ssn ELSE note END FROM p;SR278",
                "SELECT ssn FROM p UNION ALL SELECT plain FROM p;SR206",
                "SELECT ssn FROM p UNION ALL SELECT other FROM p;SR278",
                "SELECT note FROM p UNION SELECT note FROM p;SR299",
                "SELECT DISTINCT note FROM p;SR299",
                "SELECT count(DISTINCT note) FROM p;SR299",
                "SELECT 1 FROM p GROUP BY note;SR299",
                "SELECT count(*) OVER (PARTITION BY note) FROM p;SR299",
                "INSERT INTO p (id, ssn, note) VALUES (1, 'x', $1);SR206",
                "INSERT INTO p (id, ssn, note) SELECT id, other, note FROM p;SR206",
                "INSERT INTO p (id, ssn, note) SELECT id, plain, note FROM p;SR206",
                "INSERT INTO p (id, plain, note) SELECT id, ssn, note FROM p;SR206",
                "UPDATE p SET ssn = note;SR206",
                "UPDATE p SET plain = ssn;SR206",
                "UPDATE p SET ssn = 'x';SR206",
                "SELECT 1 FROM p WHERE ssn = $1 AND other = $1;SR278",
                "SELECT 1 FROM p WHERE plain = $1 AND ssn = $1;SR206",
                "SELECT 1 FROM p WHERE ssn = $1::text;SR206",
                "CREATE INDEX ON p (note);SR282",
                "ALTER TABLE p ADD UNIQUE (note);SR282",
                "ALTER TABLE p ADD CHECK (ssn = alt);SR283",
                "CREATE INDEX ON p (id) WHERE ssn = alt;SR283",
                "CREATE INDEX ON p (id) WHERE (p).ssn = alt;SR283",
                "ALTER TABLE p ALTER COLUMN ssn SET DEFAULT 'x';SR285",
                "ALTER TABLE p ALTER COLUMN ssn TYPE text;SR277",
                "ALTER TABLE p ADD FOREIGN KEY (ssn) REFERENCES r (other);SR281",
                "ALTER TABLE p ADD FOREIGN KEY (plain) REFERENCES r (other);SR281",
                "CREATE TABLE q (a serial ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE = RANDOMIZED));SR283",
                "CREATE TABLE q (a numeric ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE = DETERMINISTIC));SR280",
                "CREATE TABLE q (a oid ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE = RANDOMIZED));SR280",
                "CREATE TABLE q (a int DEFAULT 1 ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE = RANDOMIZED));SR285",
                "CREATE TABLE q (a sr_encrypted_det);42P16",
                "ALTER TABLE p ALTER plain TYPE text ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE = RANDOMIZED);"
                        + "SR277",
                "DROP COLUMN ENCRYPTION KEY cek;SR287",
            })
    void everythingElseIsRefused(String statement, String sqlState) {
        admin.run("CREATE TABLE r (other varchar(11) " + with("cek2", "DETERMINISTIC") + " PRIMARY KEY)");
        String answer = client.run(statement);
        assertThat(answer).startsWith(sqlState + " ");
        assertThat(client.run("SELECT 1")).isEqualTo("SELECT 1");
    }

    /** AE-142, AE-52: types outside the table of 5.2 are refused for columns, whatever the encryption type. */
    @ParameterizedTest
    @ValueSource(strings = {"oid", "name", "\"char\"", "regclass", "regtype", "xid", "tid"})
    void typesOutsideTheTableAreRefused(String type) {
        for (String how : List.of("DETERMINISTIC", "RANDOMIZED")) {
            assertThat(admin.error("CREATE TABLE q (a " + type + " " + with("cek", how) + ")"))
                    .startsWith("SR280 ");
        }
    }

    /** AE-1, AE-2: a server as it is unpacked has the feature; no setting, licence or edition stands before it. */
    @Test
    void nothingHasToBeUnlocked() {
        assertThat(admin.query("SELECT name FROM pg_settings WHERE name ~ 'edition|licen[cs]e|feature'"))
                .isEmpty();
        assertThat(new TestingServer().connect().run(CellClient.MASTER_KEY)).isEqualTo("CREATE COLUMN MASTER KEY");
        assertThat(admin.query("SELECT name, encryption_type_desc FROM sys.columns WHERE object_id = 'p'::regclass"
                        + " AND name IN ('ssn', 'note', 'plain') ORDER BY name"))
                .containsExactly("note|RANDOMIZED", "plain|", "ssn|DETERMINISTIC");
    }

    /**
     * AE-13, AE-88, AE-10: a master key marked for enclaves keeps its signature, and still nothing is computed on its
     * cells here, since no enclave exists that could; a key without the mark has no signature to show.
     */
    @Test
    void aKeyForEnclavesOpensNothingHere() {
        admin.run("CREATE COLUMN MASTER KEY sealed WITH (KEY_STORE_PROVIDER_NAME = 'MSSQL_JAVA_KEYSTORE', KEY_PATH ="
                + " 'alias', ENCLAVE_COMPUTATIONS (SIGNATURE = 0x" + "ab".repeat(256) + "))");
        admin.run("CREATE COLUMN ENCRYPTION KEY inner_cek WITH VALUES (COLUMN_MASTER_KEY = sealed, ALGORITHM ="
                + " 'RSA_OAEP', ENCRYPTED_VALUE = " + CellClient.keyValue(9) + ")");
        admin.run("CREATE TABLE e (a varchar(11) " + with("inner_cek", "RANDOMIZED") + ")");
        assertThat(admin.query("SELECT name, allow_enclave_computations, length(signature)"
                        + " FROM sys.column_master_keys ORDER BY name"))
                .containsExactly("cmk|0|", "sealed|1|256");
        for (String statement : List.of(
                "SELECT 1 FROM e WHERE a = $1", "SELECT 1 FROM e ORDER BY a", "SELECT 1 FROM e WHERE a LIKE 'x%'")) {
            assertThat(client.run(statement)).as(statement).startsWith("SR");
        }
        assertThat(client.run("ALTER TABLE e ALTER a TYPE varchar(11)")).startsWith("SR277 ");
    }

    /** AE-141: equal means equal bytes, which is so under every collation there is; an unknown one is refused. */
    @Test
    void collationsOfDeterministicTextAreDeterministic() {
        assertThat(admin.query("SELECT collname FROM pg_collation WHERE NOT collisdeterministic"))
                .isEmpty();
        for (String collation : List.of("C", "POSIX", "ucs_basic", "default")) {
            assertThat(admin.run("CREATE TABLE \"c_" + collation + "\" (a text COLLATE \"" + collation + "\" "
                            + with("cek", "DETERMINISTIC") + ")"))
                    .isEqualTo("CREATE TABLE");
        }
        assertThat(admin.error("CREATE TABLE q (a text COLLATE \"none\" " + with("cek", "DETERMINISTIC") + ")"))
                .startsWith("SR289 ");
        assertThat(admin.error("CREATE COLLATION loose (provider = icu, locale = 'und', deterministic = false)"))
                .startsWith("0A000 ");
    }

    /**
     * AE-5, AE-143, AE-145: routines of users, publications and replication slots do not exist yet. They are refused by
     * name, so no routine with stale schemes and no feed of decrypted rows can come about unnoticed.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT id FROM p WHERE ssn = a'",
                "CREATE PROCEDURE f(a text) LANGUAGE sql AS 'UPDATE p SET ssn = a'",
                "CREATE PUBLICATION feed FOR TABLE p"
            })
    void routinesAndFeedsAreRefusedByName(String statement) {
        assertThat(admin.error(statement)).startsWith("0A000 ").contains("not supported yet");
        assertThat(admin.error("SELECT pg_create_logical_replication_slot('feed', 'pgoutput')"))
                .startsWith("42883 ");
    }

    /**
     * AE-6, AE-142: the rest of SQL Server's error table, 33284, 33286, 33294, 33515 and 33195, is about what does not exist
     * here: partitions, types and modules of users, enclave sessions. Each is refused by name before a column is looked at.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "CREATE TABLE q (a int ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek, ENCRYPTION_TYPE = DETERMINISTIC))"
                        + " PARTITION BY HASH (a);0A000",
                "CREATE TYPE mood AS ENUM ('good');0A000",
                "CREATE DOMAIN word AS text;0A000",
                "CREATE TRIGGER t BEFORE INSERT ON p EXECUTE FUNCTION f();0A000",
                "CALL sys.sp_refresh_parameter_encryption('p');0A000"
            })
    void whatOtherNumbersAreAboutDoesNotExist(String statement, String sqlState) {
        assertThat(admin.error(statement)).startsWith(sqlState + " ");
    }

    /** AE-92: no database has another encoding. */
    @Test
    void everyDatabaseIsUtf8() {
        assertThat(admin.error("CREATE DATABASE latin ENCODING 'LATIN1'")).contains("databases are UTF8");
        assertThat(admin.query("SELECT DISTINCT pg_encoding_to_char(encoding) FROM pg_database"))
                .containsExactly("UTF8");
    }

    /** AE-51. */
    @ParameterizedTest
    @CsvSource({"COLUMN_ENCRYPTION_KEY = cek, 42601", "ENCRYPTION_TYPE = RANDOMIZED, 42601"})
    void keyAndTypeAreMandatory(String options, String sqlState) {
        assertThat(admin.error("CREATE TABLE q (a int ENCRYPTED WITH (" + options + "))"))
                .startsWith(sqlState);
    }

    /** AE-140: number, scheme and hint travel with the error. */
    @Test
    void errorsNameNumberAndScheme() {
        assertThat(client.client.answer("SELECT 1 FROM p WHERE ssn = 'x'"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("ERROR SR206: operand type clash: a literal is incompatible with character"
                                + " varying(11) encrypted with"))
                .contains("DETAIL: error 206, severity 16, state 1; scheme (encryption_type = 'DETERMINISTIC',"
                        + " encryption_algorithm_name = 'AEAD_AES_256_CBC_HMAC_SHA_256', column_encryption_key_name ="
                        + " 'cek')")
                .anySatisfy(line -> assertThat(line).startsWith("HINT: Values for encrypted columns are parameters"));
    }

    /** AE-109, decision A-4: what is no cell is SR206, what is a cell for something else SR514. */
    @Test
    void wrongEnvelopesAreRefused() {
        String sql = "INSERT INTO p (id, ssn, note) VALUES (9, $1, $2)";
        CellEnvelope good = client.envelope("cek", DETERMINISTIC);
        assertThat(client.run(sql, "plain text", rnd(1))).startsWith("SR206");
        assertThat(client.run(sql, hex(cell(1)), rnd(1))).startsWith("SR206");
        assertThat(client.run(sql, hex(good.wrap(new byte[64])), rnd(1))).startsWith("SR206");
        assertThat(client.run(sql, hex(good.wrap(new byte[65])), rnd(1))).startsWith("SR206");
        for (CellEnvelope wrong : List.of(
                client.envelope("cek2", DETERMINISTIC),
                client.envelope("cek", RANDOMIZED),
                changed(good, 4711, good.keyVersion(), good.baseOid(), good.baseTypmod()),
                changed(good, good.keyId(), 1, good.baseOid(), good.baseTypmod()),
                changed(good, good.keyId(), good.keyVersion(), 25, good.baseTypmod()),
                changed(good, good.keyId(), good.keyVersion(), good.baseOid(), -1))) {
            assertThat(client.run(sql, hex(wrong.wrap(cell(1))), rnd(1)))
                    .as(wrong.toString())
                    .startsWith("SR514");
        }
        // Magic, envelope version, encryption type, algorithm and rule, one after the other, and a cut in the header.
        for (int position : new int[] {0, 3, 4, 5, 6, 7}) {
            byte[] bytes = good.wrap(cell(1));
            bytes[position] ^= 0x40;
            assertThat(client.run(sql, hex(bytes), rnd(1)))
                    .as("byte %d", position)
                    .matches("SR(206|514) .*");
        }
        assertThat(client.run(sql, hex(Arrays.copyOf(good.wrap(cell(1)), 27)), rnd(1)))
                .startsWith("SR206");
        assertThat(answers("SELECT count(*) FROM p")).containsExactly("0");
        // Decision A-1: comparing does not look at the length.
        CellEnvelope longer = changed(good, good.keyId(), good.keyVersion(), good.baseOid(), -1);
        assertThat(client.run("SELECT 1 FROM p WHERE ssn = $1", hex(longer.wrap(cell(1)))))
                .isEqualTo("SELECT 0");
    }

    private static CellEnvelope changed(CellEnvelope from, int key, long version, int base, int typmod) {
        return new CellEnvelope(
                from.encryptionType(), from.algorithm(), from.normalizationRule(), key, version, base, typmod);
    }

    /** Decision A-4: cells under an older version of the key's metadata stay welcome. */
    @Test
    void olderKeyVersionsAreAccepted() {
        String old = det(21);
        admin.run(CellClient.MASTER_KEY.replace("KEY cmk", "KEY cmk2"));
        admin.run("ALTER COLUMN ENCRYPTION KEY cek ADD VALUE (COLUMN_MASTER_KEY = cmk2, ALGORITHM = 'RSA_OAEP',"
                + " ENCRYPTED_VALUE = " + CellClient.keyValue(8) + ")");
        assertThat(det(21)).isNotEqualTo(old);
        assertThat(client.run("INSERT INTO p (id, ssn, note) VALUES (1, $1, $2)", old, rnd(3)))
                .isEqualTo("INSERT 0 1");
        assertThat(answers("SELECT ssn FROM p WHERE ssn = $1", old)).containsExactly(det(21));
    }

    /** Section 7: keys, unique constraints, foreign keys and indexes over deterministic cells. */
    @Test
    void deterministicCellsAreKeys() {
        admin.run("CREATE TABLE parent (ssn varchar(11) " + with("cek", "DETERMINISTIC") + " PRIMARY KEY, n int)");
        admin.run("CREATE TABLE child (id int, ssn varchar(11) " + with("cek", "DETERMINISTIC")
                + " REFERENCES parent ON DELETE CASCADE)");
        assertThat(client.run("INSERT INTO parent VALUES ($1, 1)", det(21))).isEqualTo("INSERT 0 1");
        assertThat(client.run("INSERT INTO parent VALUES ($1, 1)", det(21))).startsWith("23505");
        assertThat(client.run("INSERT INTO parent VALUES ($1, 2) ON CONFLICT (ssn) DO UPDATE SET n = 2", det(21)))
                .isEqualTo("INSERT 0 1");
        assertThat(client.run("INSERT INTO child VALUES (1, $1)", det(21))).isEqualTo("INSERT 0 1");
        assertThat(client.run("INSERT INTO child VALUES (1, $1)", det(22))).startsWith("23503");
        assertThat(answers("SELECT n FROM parent WHERE ssn = $1", det(21))).containsExactly("2");
        assertThat(client.run("DELETE FROM parent WHERE ssn = $1", det(21))).isEqualTo("DELETE 1");
        assertThat(answers("SELECT count(*) FROM child")).containsExactly("0");
        assertThat(admin.run("CREATE INDEX i ON p (ssn)")).isEqualTo("CREATE INDEX");
        assertThat(admin.run("CREATE UNIQUE INDEX j ON p (alt) WHERE alt IS NOT NULL"))
                .isEqualTo("CREATE INDEX");
        insert(1, 21, 31);
        assertThat(answers("SELECT id FROM p WHERE ssn = $1", det(21))).containsExactly("1");
        assertThat(admin.run("CREATE INDEX ON p (id) WHERE ssn IS NOT NULL")).isEqualTo("CREATE INDEX");
        assertThat(admin.run("ALTER TABLE p ADD CHECK (ssn IS NOT NULL OR id > 100)"))
                .isEqualTo("ALTER TABLE");
        assertThat(client.run("INSERT INTO p (id, note) VALUES (2, $1)", rnd(3)))
                .startsWith("23514");
        assertThat(admin.run("ALTER TABLE p ADD late varchar(11) " + with("cek", "RANDOMIZED")))
                .isEqualTo("ALTER TABLE");
        assertThat(client.run("UPDATE p SET late = $1", rnd(9))).isEqualTo("UPDATE 1");
        assertThat(answers("SELECT late FROM p")).containsExactly(rnd(9));
    }

    /** AE-144: messages about keys show a cell's beginning at most. */
    @Test
    void messagesDoNotShowCells() {
        admin.run("CREATE TABLE k (ssn varchar(11) " + with("cek", "DETERMINISTIC") + " PRIMARY KEY)");
        client.run("INSERT INTO k VALUES ($1)", det(21));
        List<String> lines = client.client.answer("INSERT INTO k SELECT ssn FROM k");
        assertThat(lines.toString())
                .contains("23505")
                .contains("cell(65 bytes, 15151515…)")
                .doesNotContain("1515151515");
    }

    /** AE-144: plans show cells by length and beginning, statistics count them without keeping any; indexes are used. */
    @Test
    void plansAndStatisticsDoNotShowCells() {
        admin.run("CREATE INDEX i ON p (ssn)");
        for (int i = 1; i <= 40; i++) {
            insert(i, i % 8, i);
        }
        admin.run("ANALYZE p");
        assertThat(admin.query("SELECT attname, n_distinct, most_common_vals, histogram_bounds FROM pg_stats"
                        + " WHERE tablename = 'p' AND attname IN ('ssn', 'note')"))
                .containsExactly("ssn|-0.2||");
        admin.run("SET strongroom.allow_encrypted_value_modifications = on");
        String plan = String.join("\n", admin.query("EXPLAIN SELECT id FROM p WHERE ssn = '" + hex(cell(3)) + "'"));
        assertThat(plan)
                .contains("cell(65 bytes, 03030303…)")
                .doesNotContain("0303030303")
                .contains("i on p");
    }

    /** AE-60, section 2.2, decision A-8. */
    @Test
    void catalogShowsSchemeAndPlainType() {
        assertThat(admin.query("SELECT name, encryption_type, encryption_type_desc, encryption_algorithm_name,"
                        + " column_encryption_key_id = k.id, base_type_oid, base_typmod, max_length FROM sys.columns c,"
                        + " (SELECT column_encryption_key_id AS id FROM sys.column_encryption_keys WHERE name = 'cek') k"
                        + " WHERE object_id = 'p'::regclass::oid::int AND name IN ('ssn', 'note', 'plain') ORDER BY 1"))
                .containsExactly(
                        "note|2|RANDOMIZED|AEAD_AES_256_CBC_HMAC_SHA_256|t|1043|15|11",
                        "plain|||||1043|15|11",
                        "ssn|1|DETERMINISTIC|AEAD_AES_256_CBC_HMAC_SHA_256|t|1043|15|11");
        assertThat(admin.query("SELECT atttypid, format_type(atttypid, atttypmod) FROM pg_attribute"
                        + " WHERE attrelid = 'p'::regclass AND attname = 'ssn'"))
                .containsExactly("15801|character varying(11) " + with("cek", "DETERMINISTIC"));
        assertThat(admin.query("SELECT data_type, character_maximum_length FROM information_schema.columns"
                        + " WHERE table_name = 'p' AND column_name = 'ssn'"))
                .containsExactly("character varying|11");
    }

    /** AE-62, AE-64: key definitions must be visible to whoever queries cells, and privileges on the table count too. */
    @Test
    void queryingCellsNeedsTheKeysDefinitions() {
        insert(1, 21, 31);
        admin.run("CREATE USER u");
        CellClient other = new CellClient(server.connect("u", "postgres"));
        assertThat(other.run("SELECT ssn FROM p")).startsWith("42501 permission denied for table p");
        admin.run("GRANT SELECT, INSERT ON p TO u");
        assertThat(other.run("SELECT ssn FROM p")).isEqualTo("SELECT 1");
        admin.run("REVOKE VIEW ANY COLUMN ENCRYPTION KEY DEFINITION FROM PUBLIC");
        assertThat(other.run("SELECT ssn FROM p")).startsWith("42501 permission denied for encrypted columns");
        assertThat(other.run("SELECT id FROM p")).isEqualTo("SELECT 1");
        assertThat(other.run("COPY p TO STDOUT")).startsWith("42501 permission denied for encrypted columns");
        assertThat(other.run("COPY p (id) TO STDOUT")).isEqualTo("COPY 1");
        assertThat(other.run("COPY p FROM STDIN")).startsWith("42501 permission denied for encrypted columns");
        String describe = "SELECT kind FROM sys.describe_parameter_encryption('SELECT 1 FROM p WHERE ssn = $1', NULL)";
        for (String kind : List.of("MASTER", "ENCRYPTION")) {
            admin.run("GRANT VIEW ANY COLUMN ENCRYPTION KEY DEFINITION TO PUBLIC");
            admin.run("GRANT VIEW ANY COLUMN MASTER KEY DEFINITION TO PUBLIC");
            assertThat(other.run(describe)).isEqualTo("SELECT 1");
            admin.run("REVOKE VIEW ANY COLUMN " + kind + " KEY DEFINITION FROM PUBLIC");
            for (String refused : List.of(
                    "SELECT ssn FROM p",
                    "SELECT row_to_json(p) FROM p",
                    "INSERT INTO p (id, note) SELECT id + 1, note FROM p",
                    describe)) {
                assertThat(other.run(refused)).as(kind + " " + refused).startsWith("42501 permission denied for");
            }
        }
    }

    /** AE-64: privileges on a column are asked for whoever sees the keys. */
    @Test
    void privilegesOnColumnsAreAskedForToo() {
        insert(1, 21, 31);
        admin.run("CREATE USER narrow");
        admin.run("GRANT SELECT (id, ssn), UPDATE (ssn) ON p TO narrow");
        TestingServer.Client session = server.connect("narrow", "postgres");
        session.run("SET strongroom.column_encryption = on");
        CellClient other = new CellClient(session);
        assertThat(other.run("SELECT id, ssn FROM p")).isEqualTo("SELECT 1");
        assertThat(other.run("SELECT note FROM p")).startsWith("42501 permission denied for table p");
        assertThat(other.run("SELECT id FROM p WHERE ssn = $1", det(21))).isEqualTo("SELECT 1");
        assertThat(other.run("UPDATE p SET ssn = $1 WHERE ssn = $2", det(22), det(21)))
                .isEqualTo("UPDATE 1");
        assertThat(other.run("UPDATE p SET note = $1", rnd(1))).startsWith("42501 permission denied for table p");
    }

    /** AE-151: whoever writes a column empties its shadow, and nothing else does. */
    @Test
    void writingAColumnEmptiesItsShadow() {
        insert(1, 21, 31);
        insert(2, 22, 32);
        admin.run("ALTER TABLE p ADD COLUMN sr_shadow_note varchar(11) " + with("cek", "RANDOMIZED"));
        admin.run("UPDATE p SET sr_shadow_note = note");
        String left = "SELECT id FROM p WHERE sr_shadow_note IS NULL AND note IS NOT NULL";
        admin.run("UPDATE p SET id = id");
        assertThat(admin.query(left)).isEmpty();
        admin.run("UPDATE p SET note = note WHERE id = 2");
        assertThat(admin.query(left)).containsExactly("2");
        admin.run("UPDATE p SET note = note, sr_shadow_note = note");
        assertThat(admin.query(left)).isEmpty();
    }

    /** AE-48, AE-118, AE-156, AE-157, decision A-8: COPY carries bare cells with the switch off and envelopes with it on. */
    @Test
    void copyCarriesCells() {
        insert(1, 21, 31);
        admin.run("COPY p (id, ssn) TO STDOUT");
        assertThat(admin.copied.toString()).isEqualTo("1\t\\" + hex(cell(21)) + "\n");
        client.client.run("COPY p (id, ssn) TO STDOUT");
        assertThat(client.client.copied.toString()).isEqualTo("1\t\\" + det(21) + "\n");
        client.client.copyData.add("2\t\\" + det(22) + "\t\\" + rnd(32) + "\n");
        assertThat(client.client.run("COPY p (id, ssn, note) FROM STDIN")).isEqualTo("COPY 1");
        assertThat(admin.error("COPY p (id, ssn, note) FROM STDIN")).startsWith("SR206");
        admin.run("SET strongroom.allow_encrypted_value_modifications = on");
        admin.copyData.add("3\t\\" + hex(cell(23)) + "\t\\" + hex(cell(33)) + "\n");
        assertThat(admin.run("COPY p (id, ssn, note) FROM STDIN")).isEqualTo("COPY 1");
        admin.copyData.add("4\tsecret plain text\t\\" + hex(cell(33)) + "\n");
        List<String> lines = admin.answer("COPY p (id, ssn, note) FROM STDIN");
        assertThat(lines.toString()).contains("SR206").doesNotContain("secret plain");
        assertThat(admin.run(
                        "INSERT INTO p (id, ssn, note) VALUES (5, '" + hex(cell(25)) + "', '" + hex(cell(35)) + "')"))
                .isEqualTo("INSERT 0 1");
        assertThat(answers("SELECT id FROM p WHERE ssn IN ($1, $2, $3) ORDER BY id", det(22), det(23), det(25)))
                .containsExactly("2", "3", "5");
    }

    private List<String> answers(String text, String... values) {
        assertThat(client.run(text, values)).doesNotMatch("[0-9A-Z]{5} .*").as(text);
        return client.rows();
    }
}
