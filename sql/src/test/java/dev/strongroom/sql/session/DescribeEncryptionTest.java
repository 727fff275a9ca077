package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

    /** AE-102: a hint decides where the statement leaves a choice, and gives way where it is wrong. */
    @Test
    void hintsDecideOnlyWhereTheStatementDoesNot() {
        String call =
                "SELECT parameter_name, column_encryption_type, base_type_name FROM sys.describe_parameter_encryption('%s', '%s')";
        assertThat(client.query(call.formatted("SELECT $1, id FROM p WHERE ssn = $2", "$2 int4, $1 int8")))
                .containsExactly("$1|0|bigint", "$2|1|character varying(11)");
        assertThat(client.query(call.formatted("UPDATE p SET name = $1, id = $2", "nosuchtype, bytea")))
                .containsExactly("$1|0|text", "$2|0|integer");
        assertThat(client.query(call.formatted("SELECT $1 + $2 FROM p WHERE ssn = $3", "int4, int4, int4")))
                .containsExactly("$1|0|integer", "$2|0|integer", "$3|1|character varying(11)");
    }

    /** AE-102: JDBC's and T-SQL's marks, in one text of one or more statements that share their parameters. */
    @Test
    void questionMarksAndNamesAreParametersToo() {
        String call =
                "SELECT statement_index, parameter_ordinal, parameter_name, column_encryption_type, base_type_name FROM"
                        + " sys.describe_parameter_encryption('%s', %s) WHERE kind = 'P'";
        assertThat(client.query(call.formatted("UPDATE p SET name=? WHERE ssn=?/*?*/ AND name <> ''?''", "NULL")))
                .containsExactly("1|1|$1|0|text", "1|2|$2|1|character varying(11)");
        assertThat(client.query(
                        call.formatted("UPDATE p SET name = @n, ssn=@ssn WHERE id=@id AND ssn <> @SSN", "NULL")))
                .containsExactly("1|1|@n|0|text", "1|2|@ssn|1|character varying(11)", "1|3|@id|0|integer");
        assertThat(client.query(call.formatted(
                        "UPDATE p SET name = @n WHERE id = @id; UPDATE p SET ssn = @ssn WHERE id = @id",
                        "'@id int, @ssn nvarchar(11), @n varchar(20), @unused bigint'")))
                .containsExactlyInAnyOrder(
                        "1|1|@id|0|integer",
                        "1|3|@n|0|character varying",
                        "2|1|@id|0|integer",
                        "2|2|@ssn|1|character varying(11)",
                        "1|4|@unused|0|bigint");
        assertThat(client.query("SELECT kind, error_sqlstate, error_message FROM sys.describe_parameter_encryption("
                        + "'SELECT 1 FROM p WHERE ssn = @ssn', '@other int')"))
                .containsExactly("E|42P02|must declare the scalar variable \"@ssn\"");
    }

    /** Marks that are operators stay operators: beside $n, doubled, and where nothing else makes sense. */
    @Test
    void operatorsAreNotParameters() {
        String call = "SELECT parameter_name, column_encryption_type FROM"
                + " sys.describe_parameter_encryption('SELECT 1 FROM p WHERE %s', NULL) WHERE kind <> 'R'";
        assertThat(client.query(call.formatted("ssn = $1 AND to_jsonb(name) ? ''a''")))
                .containsExactly("$1|1");
        assertThat(client.query(call.formatted("ssn = ? AND to_jsonb(name) ?? ''a''")))
                .containsExactly("$1|1");
        assertThat(client.query(call.formatted("to_jsonb(name) ? ''a''"))).isEmpty();
        assertThat(client.query(call.formatted("ssn = @s AND id = @ -5"))).containsExactly("@s|1");
        assertThat(client.query(call.formatted("ssn = @s AND id = ?"))).containsExactly("|");
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

    /** AE-100: names, order and types are SQL Server's, and what is ours follows. */
    @Test
    void procedureNamesItsColumnsAsSqlServerDoes() {
        client.query("CALL sys.sp_describe_parameter_encryption("
                + "'UPDATE p SET ssn = @a WHERE id = @b; UPDATE p SET name = @c', NULL)");
        assertThat(client.headers)
                .containsExactly(
                        "column_encryption_key_ordinal:int4 database_id:int4 column_encryption_key_id:int4"
                                + " column_encryption_key_version:int4 column_encryption_key_metadata_version:bytea"
                                + " column_encryption_key_encrypted_value:bytea"
                                + " column_master_key_store_provider_name:text column_master_key_path:text"
                                + " column_encryption_key_encryption_algorithm_name:text",
                        "parameter_ordinal:int4 parameter_name:text column_encryption_algorithm:int2"
                                + " column_encryption_type:int2 column_encryption_key_ordinal:int4"
                                + " column_encryption_normalization_rule_version:int2 base_type_oid:oid base_typmod:int4"
                                + " base_type_name:text collation_name:text target_column:text");
        assertThat(client.rows.subList(1, 4))
                .containsExactly(
                        "1|@a|2|1|1|1|1043|15|character varying(11)|default|public.p.ssn",
                        "2|@b|0|0|||23|-1|integer||",
                        "3|@c|0|0|||25|-1|text||");
    }

    /** A parameter that is plain in one statement and encrypted in another would leave the client unencrypted. */
    @Test
    void aParameterHasOneMeaningInAllStatements() {
        String call = "CALL sys.sp_describe_parameter_encryption('UPDATE p SET name = $1; UPDATE p SET ssn = $%d')";
        assertThat(client.error(call.formatted(1))).startsWith("SR206");
        assertThat(client.query(call.formatted(2)).subList(1, 3))
                .containsExactly(
                        "1|$1|0|0|||25|-1|text||", "2|$2|2|1|1|1|1043|15|character varying(11)|default|public.p.ssn");
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
}
