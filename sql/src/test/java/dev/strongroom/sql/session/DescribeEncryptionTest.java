package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server tells an encrypting client about statements and keys (sections 6.1 and 6.2, decisions ). */
final class DescribeEncryptionTest {
    private TestingServer server;
    private TestingServer.Client client;

    @BeforeEach
    void makeTables() {
        server = new TestingServer();
        client = server.connect();
        client.run(CellClient.MASTER_KEY);
        client.run(CellClient.createKey("cek"));
        client.run("CREATE TABLE p (id int PRIMARY KEY, ssn varchar(11) ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek,"
                + " ENCRYPTION_TYPE = DETERMINISTIC), pay numeric(19,4) ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = cek,"
                + " ENCRYPTION_TYPE = RANDOMIZED), name text)");
    }

    private List<String> describe(String columns, String... statements) {
        StringBuilder array = new StringBuilder("ARRAY[");
        for (int i = 0; i < statements.length; i++) {
            array.append(i == 0 ? "" : ", ")
                    .append('\'')
                    .append(statements[i].replace("'", "''"))
                    .append('\'');
        }
        return client.query(
                "SELECT " + columns + " FROM sys.describe_parameter_encryption(" + array + "]::text[], NULL)");
    }

    /** AE-23 to AE-25, AE-101. */
    @Test
    void everyParameterIsListedWithItsEncryption() {
        assertThat(describe(
                        "statement_index, kind, parameter_name, column_encryption_algorithm, column_encryption_type,"
                                + " column_encryption_key_ordinal, usage, base_type_name, base_typmod, target_column,"
                                + " column_encryption_key_name, column_master_key_store_provider_name,"
                                + " column_master_key_path",
                        "INSERT INTO p VALUES ($1, $2, $3, $4)",
                        "SELECT id, ssn FROM p WHERE ssn = $1 AND name = $2"))
                .containsExactly(
                        "1|P|$1|0|0|||integer|-1||||",
                        "1|P|$2|2|1|1|assign|character varying(11)|15|public.p.ssn|cek|MSSQL_JAVA_KEYSTORE|alias",
                        "1|P|$3|2|2|1|assign|numeric(19,4)|1245192|public.p.pay|cek|MSSQL_JAVA_KEYSTORE|alias",
                        "1|P|$4|0|0|||text|-1||||",
                        "2|P|$1|2|1|1|compare|character varying(11)|15||cek|MSSQL_JAVA_KEYSTORE|alias",
                        "2|P|$2|0|0|||text|-1||||",
                        "2|R|ssn|2|1|1||character varying(11)|15||cek|MSSQL_JAVA_KEYSTORE|alias");
    }

    /** Decision A-1. */
    @Test
    void assigningAndComparingIsBoth() {
        assertThat(describe("parameter_name, usage", "UPDATE p SET ssn = $1 WHERE ssn = $1 AND id = $2"))
                .containsExactly("$1|both", "$2|");
    }

    /** AE-53, AE-86: a key being moved to another master key has two values, one row each. */
    @Test
    void keyWithTwoValuesGivesTwoRows() {
        client.run(CellClient.MASTER_KEY.replace("KEY cmk", "KEY cmk2").replace("alias", "second"));
        client.run("ALTER COLUMN ENCRYPTION KEY cek ADD VALUE (COLUMN_MASTER_KEY = cmk2, ALGORITHM = 'RSA_OAEP',"
                + " ENCRYPTED_VALUE = " + CellClient.keyValue(8) + ")");
        assertThat(describe("parameter_name, column_master_key_path", "SELECT 1 FROM p WHERE ssn = $1"))
                .containsExactly("$1|alias", "$1|second");
        assertThat(client.query(
                        "SELECT column_encryption_key_ordinal, column_encryption_key_name, column_master_key_path,"
                                + " length(column_encryption_key_metadata_version), length(column_encryption_key_encrypted_value)"
                                + " FROM sys.column_encryption_key_info(NULL)"))
                .containsExactly("1|cek|alias|8|527", "1|cek|second|8|527");
    }

    /** Decision A-5: what does not analyse is a row, the others are described all the same. */
    @Test
    void errorsAreRows() {
        assertThat(describe(
                        "statement_index, kind, error_sqlstate",
                        "SELECT nonsense FROM p",
                        "SELECT 1 FROM p WHERE ssn = 'x'",
                        "SELECT (",
                        "SELECT 1 FROM p WHERE id = $1"))
                .containsExactly("1|E|42703", "2|E|SR206", "3|E|42601", "4|P|");
    }

    /** AE-102: declared types only help with parameters that are not encrypted. */
    @Test
    void declaredTypesAreHints() {
        String call = "SELECT parameter_name, column_encryption_type, base_type_name FROM"
                + " sys.describe_parameter_encryption('SELECT $1 + $2 FROM p WHERE ssn = $3', '$1 int4, $2 int4, $3 text')";
        assertThat(client.query(call)).containsExactly("$1|0|integer", "$2|0|integer", "$3|1|character varying(11)");
    }

    /** A declaration is read once through, however long it is: a statement may have 65535 parameters. */
    @Test
    void longDeclarationsAreReadInTime() {
        int count = 20_000;
        String parameters =
                IntStream.rangeClosed(1, count).mapToObj(i -> "$" + i).collect(Collectors.joining(","));
        String types = "int4, 0, numeric(10,2)" + ", int4".repeat(count - 3);
        assertThat(client.query("SELECT count(*) FROM sys.describe_parameter_encryption('INSERT INTO p (id) VALUES"
                        + " (coalesce(" + parameters + "))', '" + types + "')"))
                .containsExactly(Integer.toString(count));
    }

    /** AE-103, decision A-5: works where nothing may be written, and SET TRANSACTION may still follow. */
    @Test
    void describingLeavesTheTransactionUntouched() {
        client.run("BEGIN");
        assertThat(describe("usage", "SELECT 1 FROM p WHERE ssn = $1")).containsExactly("compare");
        assertThat(client.run("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY"))
                .isEqualTo("SET");
        assertThat(describe("usage", "UPDATE p SET ssn = $1")).containsExactly("assign");
        client.run("COMMIT");
    }

    /** AE-100: SQL Server's two result sets. */
    @Test
    void procedureReturnsTwoResultSets() {
        assertThat(client.query(
                        "CALL sys.sp_describe_parameter_encryption('SELECT 1 FROM p WHERE ssn = $1 AND id = $2')"))
                .hasSize(3)
                .first()
                .asString()
                .startsWith("1|5|");
        assertThat(client.rows.subList(1, 3))
                .containsExactly("1|$1|2|1|1|1|1043|15|character varying(11)|default|", "2|$2|0|0|||23|-1|integer||");
        CellClient extended = new CellClient(client);
        assertThat(extended.run("CALL sys.sp_describe_parameter_encryption('SELECT 1')"))
                .startsWith("55000");
        assertThat(client.error("CALL sys.sp_describe_parameter_encryption('SELECT nonsense')"))
                .startsWith("42703");
    }

    /** AE-100, section 6.1: names, order and types are SQL Server's, ours come after them; both NULL and none will do. */
    @Test
    void columnsOfTheTwoResultSetsAreThoseOfSqlServer() {
        List<String> described =
                client.answer("CALL sys.sp_describe_parameter_encryption('SELECT 1 FROM p WHERE ssn = $1', NULL)");
        assertThat(described)
                .contains("parameter_ordinal:int4 parameter_name:text column_encryption_algorithm:int2"
                        + " column_encryption_type:int2 column_encryption_key_ordinal:int4"
                        + " column_encryption_normalization_rule_version:int2 base_type_oid:oid base_typmod:int4"
                        + " base_type_name:text collation_name:text target_column:text");
    }

    /** AE-104: one key by its id, or all. */
    @Test
    void keysAreToldById() {
        client.run(CellClient.createKey("second"));
        String info = "SELECT column_encryption_key_name FROM sys.column_encryption_key_info(%) ORDER BY 1";
        assertThat(client.query(info.replace("%", "NULL"))).containsExactly("cek", "second");
        assertThat(client.query(info.replace(
                        "%",
                        "(SELECT column_encryption_key_id FROM sys.column_encryption_keys WHERE name = 'second')")))
                .containsExactly("second");
        assertThat(client.query(info.replace("%", "0"))).isEmpty();
    }

    /** AE-103: nothing of what is described runs. */
    @Test
    void describingRunsNothing() {
        client.run("CREATE SEQUENCE s");
        describe("kind", "INSERT INTO p (id, name) SELECT nextval('s'), $1", "DELETE FROM p WHERE name = $1");
        describe("kind", "DROP TABLE p", "SELECT nextval('s') WHERE $1");
        assertThat(client.query("SELECT count(*) FROM p")).containsExactly("0");
        assertThat(client.query("SELECT nextval('s')")).containsExactly("1");
    }

    /** Section 6.1, decision A-1: every place a parameter meets a column in, and what it is used for. */
    @Test
    void usageFollowsThePlace() {
        client.run("CREATE VIEW v AS SELECT id, ssn AS s, pay FROM p");
        assertThat(describe(
                        "statement_index, parameter_name, usage, base_type_name",
                        "INSERT INTO p (id, pay, ssn) VALUES ($1, $2, $3), ($4, NULL, $3)",
                        "SELECT 1 FROM p WHERE ssn IN ($1, $2) OR ssn <> $3 OR NOT ssn IS DISTINCT FROM $4",
                        "SELECT id FROM v WHERE s = $1",
                        "WITH w AS (SELECT ssn FROM p WHERE id = $1) SELECT 1 FROM w WHERE ssn = $2",
                        "UPDATE p SET pay = CASE WHEN ssn = $1 THEN $2 ELSE pay END",
                        "INSERT INTO p (id, ssn) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET ssn = $3 RETURNING ssn",
                        "SELECT coalesce(ssn, $1) FROM p",
                        "DELETE FROM p USING p q WHERE p.ssn = q.ssn AND q.ssn = $1",
                        "SELECT ssn FROM p WHERE id = $1 UNION SELECT $2"))
                .contains(
                        "1|$1||integer",
                        "1|$2|assign|numeric(19,4)",
                        "1|$3|assign|character varying(11)",
                        "1|$4||integer")
                .contains("2|$1|compare|character varying(11)", "2|$2|compare|character varying(11)")
                .contains("2|$3|compare|character varying(11)", "2|$4|compare|character varying(11)")
                .contains("3|$1|compare|character varying(11)")
                .contains("4|$1||integer", "4|$2|compare|character varying(11)")
                .contains("5|$1|compare|character varying(11)", "5|$2|assign|numeric(19,4)")
                .contains("6|$1||integer", "6|$2|assign|character varying(11)", "6|$3|assign|character varying(11)")
                .contains("7|$1|assign|character varying(11)")
                .contains("8|$1|compare|character varying(11)")
                .contains("9|$1||integer", "9|$2|assign|character varying(11)");
    }

    /** AE-111, decision A-7: moves with committed DDL once the database has a key, for every session. */
    @Test
    void epochMovesWithDdl() {
        TestingServer.Client other = server.connect();
        other.session().beforeReady(other);
        String before = other.parameters.get("strongroom.ae_epoch");
        client.run("CREATE TABLE q (a int)");
        other.session().beforeReady(other);
        String after = other.parameters.get("strongroom.ae_epoch");
        assertThat(after).isNotEqualTo(before).isNotEqualTo("0");
        client.run("CREATE TEMP TABLE r (a int)");
        client.run("INSERT INTO q VALUES (1)");
        other.session().beforeReady(other);
        assertThat(other.parameters.get("strongroom.ae_epoch")).isEqualTo(after);
        assertThat(server.connect("postgres", "master").parameters.get("strongroom.ae_epoch"))
                .isEqualTo("0");
    }

    /** Decision A-7: what only one session sees, temporary and uncommitted, moves that session's epoch and no other's. */
    @Test
    void whatOneSessionSeesMovesItsOwnEpoch() {
        TestingServer.Client other = server.connect();
        String shared = epoch(other);
        assertThat(epoch(client)).isEqualTo(shared).doesNotContain(".");
        client.run("CREATE TEMP TABLE p (a int)");
        String temporary = epoch(client);
        assertThat(temporary).startsWith(shared + ".");
        client.run("INSERT INTO p VALUES (1)");
        assertThat(epoch(client)).isEqualTo(temporary);
        client.run("DROP TABLE p");
        assertThat(epoch(client)).startsWith(shared + ".").isNotEqualTo(temporary);
        TestingServer.Client third = server.connect();
        third.run("BEGIN; CREATE TABLE q (a int)");
        String uncommitted = epoch(third);
        assertThat(uncommitted).startsWith(shared + ".");
        third.run("SELECT 1");
        assertThat(epoch(third)).isEqualTo(uncommitted);
        third.run("ROLLBACK");
        assertThat(epoch(third)).isEqualTo(shared);
        assertThat(epoch(other)).isEqualTo(shared);
    }

    private static String epoch(TestingServer.Client of) {
        of.session().beforeReady(of);
        return Objects.requireNonNull(of.parameters.get("strongroom.ae_epoch"));
    }
}
