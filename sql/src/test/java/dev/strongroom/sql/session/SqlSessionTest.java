package dev.strongroom.sql.session;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SqlSessionTest {
    private TestingServer server;
    private TestingServer.Client client;

    @BeforeEach
    void connect() {
        server = new TestingServer();
        client = server.connect();
    }

    @Test
    void whoMakesRolesDoesNotBecomeASuperuser() {
        client.query("create role maker createrole login");
        TestingServer.Client maker = server.connect("maker", "postgres");
        assertThatThrownBy(() -> maker.query("grant postgres to maker"))
                .hasMessageContaining("must be superuser to alter superusers");
        client.query("create role ordinary");
        maker.query("grant ordinary to maker");
    }

    @Test
    @DisplayName("TDE-108: roles that carry rights by their name, and their members, are for superusers to change")
    void whoMakesRolesDoesNotMakeRights() {
        client.query("create role maker createrole login");
        client.query("create role sr_control_server; create role trusted login in role sr_control_server");
        TestingServer.Client maker = server.connect("maker", "postgres");
        String reserved = "42939 role name";
        for (String name : List.of("db_backupoperator", "sr_control_server2", "\"SR_Any\"", "sysadmin", "db_owner")) {
            assertThat(maker.error("create role " + name)).startsWith(reserved);
        }
        maker.query("create role plain");
        assertThat(maker.error("alter role plain rename to db_backupoperator")).startsWith(reserved);
        assertThat(maker.error("alter role sr_control_server rename to other")).startsWith(reserved);
        assertThat(maker.error("drop role sr_control_server")).startsWith(reserved);
        assertThat(maker.error("grant sr_control_server to maker")).startsWith("42501 must have admin option");
        assertThat(maker.error("create role x in role sr_control_server")).startsWith("42501 must have admin option");
        assertThat(maker.error("create role x in role postgres")).startsWith("42501 must be superuser");
        assertThat(maker.error("alter role trusted password 'N3w-password'")).startsWith("42501 must be superuser");
        assertThat(maker.error("drop role trusted")).startsWith("42501 must be superuser");
        assertThat(maker.error("alter role postgres password 'N3w-password'")).startsWith("42501 must be superuser");
        maker.query("drop role plain");
        client.query("grant sr_control_server to maker with admin option");
        maker.query("create role y in role sr_control_server");
    }

    @Test
    void applicationNamesAreCutToTheLengthOfAName() {
        client.query("set application_name = '" + "x".repeat(70_000) + "'");
        assertThat(client.query("show application_name")).containsExactly("x".repeat(63));
    }

    @Test
    void startReportsSettings() {
        assertThat(client.parameters)
                .containsEntry("server_encoding", "UTF8")
                .containsEntry("TimeZone", "UTC")
                .containsEntry("is_superuser", "on")
                .containsEntry("strongroom.database", "postgres")
                .containsKey("search_path");
    }

    @Test
    void tableIsMadeFilledAndRead() {
        assertThat(client.run("create table t (a serial primary key, b text not null default 'x', c numeric(10,2))"))
                .isEqualTo("CREATE TABLE");
        assertThat(client.run("insert into t (b, c) values ('one', 1.5), (default, 2.25)"))
                .isEqualTo("INSERT 0 2");
        assertThat(client.query("select a, b, c from t order by a")).containsExactly("1|one|1.50", "2|x|2.25");
        assertThat(client.tags).containsExactly("SELECT 2");
        assertThat(client.run("update t set c = 2.5 where a = 1")).isEqualTo("UPDATE 1");
        assertThat(client.query("delete from t where a = 1 returning a, c")).containsExactly("1|2.50");
        assertThat(client.tags).containsExactly("DELETE 1");
        assertThat(client.error("insert into t values (2, 'again')")).startsWith("23505 ");
        assertThat(client.error("insert into t (b) values (null)")).startsWith("23502 ");
    }

    @Test
    void statementsOfOneMessageAreOneTransaction() {
        client.run("create table t (a int primary key)");
        assertThat(client.error("insert into t values (1); insert into t values (1)"))
                .startsWith("23505");
        assertThat(client.query("select * from t")).isEmpty();
        assertThat(client.session().status()).isEqualTo('I');
        client.run("insert into t values (1); insert into t values (2)");
        assertThat(client.tags).containsExactly("INSERT 0 1", "INSERT 0 1");
    }

    @Test
    void failedTransactionRefusesUntilItEnds() {
        client.run("create table t (a int primary key)");
        client.run("begin");
        assertThat(client.session().status()).isEqualTo('T');
        assertThat(client.error("select nonsense")).startsWith("42703");
        assertThat(client.session().status()).isEqualTo('E');
        assertThat(client.error("select 1")).startsWith("25P02 current transaction is aborted");
        assertThat(client.run("commit")).isEqualTo("ROLLBACK");
        assertThat(client.session().status()).isEqualTo('I');
        client.run("commit");
        assertThat(client.notices).contains("WARNING there is no transaction in progress");
    }

    @Test
    void savepointsUndoRowsTablesAndSettings() {
        client.run("create table t (a int)");
        client.run("begin; insert into t values (1); savepoint s");
        client.run("insert into t values (2); create table u (a int); set datestyle = 'sql'");
        assertThat(client.error("select 1/0")).startsWith("22012");
        assertThat(client.run("rollback to s")).isEqualTo("ROLLBACK");
        assertThat(client.query("select a from t")).containsExactly("1");
        assertThat(client.query("show datestyle")).containsExactly("ISO, MDY");
        assertThat(client.error("select * from u")).startsWith("42P01");
        client.run("rollback to s");
        client.run("commit");
        assertThat(client.query("select a from t")).containsExactly("1");
    }

    @Test
    void localSettingsEndWithTheTransaction() {
        client.run("begin; set local work_mem = '8MB'; set lock_timeout = '2s'");
        assertThat(client.query("show work_mem")).containsExactly("8MB");
        client.run("commit");
        assertThat(client.query("show work_mem")).containsExactly("4MB");
        assertThat(client.query("show lock_timeout")).containsExactly("2s");
        assertThat(client.error("set work_mem = 'x'")).startsWith("22023");
        assertThat(client.error("set no_such = 1")).startsWith("42704");
        assertThat(client.error("set block_size = 1")).startsWith("55P02");
        assertThat(client.error("set standard_conforming_strings = off")).startsWith("22023");
        client.run("set datestyle = 'PostgreSQL, European'");
        assertThat(client.query("show datestyle")).containsExactly("Postgres, DMY");
    }

    /** As pgjdbc asks after it has set the level. */
    @Test
    void theNextTransactionsLevelIsShown() {
        client.run("set session characteristics as transaction isolation level serializable");
        assertThat(client.query("show transaction isolation level")).containsExactly("serializable");
        assertThat(client.query("show transaction_read_only")).containsExactly("off");
    }

    @Test
    void boundPortalsAreCursors() {
        SqlSession session = client.session();
        client.run("begin");
        session.parse("s", "select generate_series(1, 9)", new int[0]);
        session.bind("C_1", "s", new short[0], new byte[][] {});
        client.describe(session.describePortal("C_1"));
        session.execute("C_1", 2, client);
        session.sync();
        assertThat(client.query("select name, statement, is_holdable from pg_cursors"))
                .containsExactly("C_1|select generate_series(1, 9)|f");
        client.run("commit");
        assertThat(client.query("select count(*) from pg_cursors")).containsExactly("0");
    }

    @Test
    void cursorsFetchForwardAndBackward() {
        client.run("create table t (a int primary key)");
        client.run("insert into t values (1), (2), (3)");
        client.run("begin; declare c scroll cursor for select a from t order by a");
        assertThat(client.query("fetch 2 from c")).containsExactly("1", "2");
        assertThat(client.query("fetch prior from c")).containsExactly("1");
        assertThat(client.query("fetch all from c")).containsExactly("2", "3");
        assertThat(client.query("fetch absolute 2 from c")).containsExactly("2");
        assertThat(client.run("move last in c")).isEqualTo("MOVE 1");
        client.run("close c; commit");
        assertThat(client.error("fetch c")).startsWith("34000");
    }

    @Test
    void preparedStatementsTakeArguments() {
        client.run("create table t (a int primary key, b text)");
        client.run("prepare p (int, text) as insert into t values ($1, $2)");
        assertThat(client.run("execute p (1 + 1, 'two')")).isEqualTo("INSERT 0 1");
        client.run("prepare q as select b from t where a = $1");
        assertThat(client.query("execute q (2)")).containsExactly("two");
        assertThat(client.error("execute q")).startsWith("42601 wrong number of parameters");
        client.run("deallocate q");
        assertThat(client.error("execute q (2)")).startsWith("26000");
    }

    @Test
    void extendedProtocolSuspendsPortals() {
        client.run("create table t (a int primary key); insert into t values (1), (2), (3)");
        SqlSession session = client.session();
        client.tags.clear();
        client.rows.clear();
        session.parse("s", "select a from t where a > $1 order by a", new int[0]);
        assertThat(session.describeStatement("s").parameterOids()).containsExactly(23);
        session.bind("", "s", new short[0], new byte[][] {"0".getBytes(StandardCharsets.UTF_8)});
        client.describe(session.describePortal(""));
        session.execute("", 2, client);
        session.execute("", 2, client);
        session.sync();
        assertThat(client.rows).containsExactly("1", "2", "3");
        assertThat(client.tags).containsExactly("suspended", "SELECT 3");
        assertThat(session.status()).isEqualTo('I');
    }

    @Test
    void copyReadsAndWritesText() {
        client.run("create table t (a int primary key, b text)");
        client.copyData.add("1\tone\n2\t\\N\n3\ta\\tb\n\\.\n");
        assertThat(client.run("copy t from stdin")).isEqualTo("COPY 3");
        assertThat(client.run("copy t to stdout")).isEqualTo("COPY 3");
        assertThat(client.copied.toString()).isEqualTo("1\tone\n2\t\\N\n3\ta\\tb\n");
        client.run("copy (select a, b from t order by a) to stdout with (format csv, header)");
        assertThat(client.copied.toString()).isEqualTo("a,b\n1,one\n2,\n3,a\tb\n");
        client.copyData.add("4,\"x,\"\"y\"\"\"\n5,\n");
        assertThat(client.run("copy t from stdin csv")).isEqualTo("COPY 2");
        assertThat(client.query("select b from t where a = 4")).containsExactly("x,\"y\"");
        client.copyData.add("x\ty\n");
        assertThat(client.error("copy t from stdin")).startsWith("22P02");
    }

    @Test
    void alterTableChangesOldRows() {
        client.run("create table t (a int primary key, b text); insert into t values (1, 'x'), (2, '7')");
        client.run("alter table t add column c int default 5 not null, add d serial");
        assertThat(client.query("select a, c, d from t order by a")).containsExactly("1|5|1", "2|5|2");
        assertThat(client.error("alter table t alter b type int using b::int")).startsWith("22P02");
        client.run("update t set b = '6' where a = 1");
        client.run("alter table t alter b type int using b::int");
        assertThat(client.query("select b + 1 from t order by a")).containsExactly("7", "8");
        assertThat(client.error("alter table t add constraint k check (b > 6)")).startsWith("23514");
        client.run("alter table t drop column b");
        assertThat(client.query("select * from t where a = 1")).containsExactly("1|5|1");
        client.run("alter table t rename c to e; alter table t rename to u");
        assertThat(client.query("select e from u where a = 2")).containsExactly("5");
    }

    @Test
    void primaryKeyAddedLaterOrdersTheRows() {
        client.run("create table t (a int, b text); insert into t values (2, 'b'), (1, 'a')");
        assertThat(client.run("alter table t add primary key (a)")).isEqualTo("ALTER TABLE");
        assertThat(client.query("select b from t where a = 2")).containsExactly("b");
        assertThat(client.error("insert into t values (1, 'c')")).startsWith("23505");
        client.run("create unique index i on t (b)");
        assertThat(client.error("insert into t values (3, 'a')")).startsWith("23505");
    }

    @Test
    void foreignKeysAreCheckedAndNamed() {
        client.run("create table p (id int primary key); create table c (id int references p)");
        assertThat(client.error("insert into c values (1)"))
                .isEqualTo("23503 insert or update on table \"c\" violates foreign key constraint \"c_id_fkey\"");
        client.run("insert into p values (1); insert into c values (1)");
        assertThat(client.error("truncate p")).startsWith("0A000 cannot truncate a table referenced");
        assertThat(client.error("drop table p")).startsWith("2BP01");
        assertThat(client.run("drop table p cascade")).isEqualTo("DROP TABLE");
    }

    @Test
    void viewsSurviveAnotherSearchPath() {
        client.run("create schema s; create table s.t (a int); insert into s.t values (4)");
        client.run("set search_path to s; create view v as select t.a + 1 as b from t; set search_path to public");
        assertThat(client.query("select b from s.v")).containsExactly("5");
    }

    @Test
    void rolesAndPrivilegesDecide() {
        client.run("create user joe password 'secret'; create table t (a int)");
        TestingServer.Client joe = server.connect("joe", "postgres");
        assertThat(joe.error("select * from t")).startsWith("42501 permission denied for table t");
        client.run("grant select on t to joe");
        assertThat(joe.query("select * from t")).isEmpty();
        assertThat(joe.error("drop table t")).startsWith("42501 must be owner of table t");
        assertThat(client.error("drop role joe")).startsWith("2BP01");
    }

    @Test
    void databasesAreMadeAndUsed() {
        assertThat(client.run("create database d")).isEqualTo("CREATE DATABASE");
        client.run("use d");
        client.run("create table only_here (a int)");
        assertThat(client.query("select current_database()")).containsExactly("d");
        client.run("use postgres");
        assertThat(client.error("select * from only_here")).startsWith("42P01");
        assertThat(client.error("begin; create database e")).startsWith("25001");
        client.run("rollback");
        TestingServer.Client other = server.connect("postgres", "d");
        assertThat(client.error("drop database d")).startsWith("55006");
        other.session().close();
        assertThat(client.run("drop database d")).isEqualTo("DROP DATABASE");
    }

    @Test
    void aDatabaseWaitsForThoseWhoAreLeaving() {
        client.run("create database d; create database e");
        TestingServer.Client other = server.connect("postgres", "d");
        assertThat(client.error("alter database d rename to f")).startsWith("55006");
        server.meanwhile(() -> other.session().close());
        assertThat(client.run("drop database d")).isEqualTo("DROP DATABASE");
        client.run("use e");
        assertThat(client.error("alter database e rename to f")).isEqualTo("0A000 current database cannot be renamed");
        client.run("use postgres");
        TestingServer.Client another = server.connect("postgres", "e");
        server.meanwhile(() -> another.session().close());
        assertThat(client.run("alter database e rename to f")).isEqualTo("ALTER DATABASE");
    }

    @Test
    void temporaryTablesBelongToOneSession() {
        client.run("create temp table t (a int); insert into t values (1)");
        assertThat(client.query("select a from t")).containsExactly("1");
        TestingServer.Client other = server.connect();
        assertThat(other.error("select a from t")).startsWith("42P01");
        client.run("create table t (a int)");
        assertThat(client.query("select a from t")).containsExactly("1");
    }

    @Test
    void temporaryTablesAreNamedByTheirSchema() {
        assertThat(client.error("drop table pg_temp.t")).isEqualTo("42P01 table \"t\" does not exist");
        assertThat(client.error("drop view public.v")).isEqualTo("42P01 view \"v\" does not exist");
        assertThat(client.run("drop table if exists pg_temp.t")).isEqualTo("DROP TABLE");
        assertThat(client.error("select a from pg_temp.t")).isEqualTo("42P01 relation \"pg_temp.t\" does not exist");
        client.run("create table t (a int); create table pg_temp.t (a int); create temp table pg_temp.u (a int)");
        client.run("insert into pg_temp.t values (1); update pg_temp.t set a = 2; create index i on pg_temp.t (a)");
        assertThat(client.query("select a from pg_temp.t")).containsExactly("2");
        assertThat(client.query("select a from public.t")).isEmpty();
        assertThat(client.query("select 'pg_temp.t'::regclass = 't'::regclass")).containsExactly("t");
        assertThat(server.connect().error("select a from pg_temp.t")).startsWith("42P01");
        client.run("alter table pg_temp.t add b int; truncate pg_temp.t; delete from pg_temp.t");
        client.run("create view pg_temp.v as select 1; drop view pg_temp.v");
        client.run("create sequence pg_temp.s; select nextval('pg_temp.s'); drop sequence pg_temp.s");
        assertThat(client.run("drop index pg_temp.i")).isEqualTo("DROP INDEX");
        assertThat(client.run("drop table pg_temp.t")).isEqualTo("DROP TABLE");
        assertThat(client.query("select count(*) from t")).containsExactly("0");
        assertThat(client.error("drop table pg_temp.t")).startsWith("42P01");
    }

    @Test
    void lockTableNeedsABlock() {
        client.run("create table t (a int)");
        assertThat(client.error("lock table t")).isEqualTo("25P01 LOCK TABLE can only be used in transaction blocks");
        client.run("lock table t; select 1");
        assertThat(client.error("lock table t")).startsWith("25P01");
        client.run("begin; lock table t; commit");
    }

    @Test
    void aLockNotHadAtOnceIsToldWithItsTable() {
        client.run("create table t (a int); insert into t values (1)");
        client.run("begin; lock table t in exclusive mode");
        TestingServer.Client other = server.connect();
        other.run("begin");
        assertThat(other.error("lock table t nowait")).isEqualTo("55P03 could not obtain lock on relation \"t\"");
        other.run("rollback");
        client.run("rollback");
        client.run("alter table t rename to u");
        client.run("begin; select a from u for update");
        assertThat(other.error("select a from u for update nowait"))
                .isEqualTo("55P03 could not obtain lock on row in relation \"u\"");
    }

    @Test
    void createTableAsAndExplainWork() {
        assertThat(client.run("create table t as select 1 as a, 'x'::text as b"))
                .isEqualTo("SELECT 1");
        assertThat(client.query("select * from t")).containsExactly("1|x");
        assertThat(client.query("explain select * from t").getFirst()).contains("Seq Scan");
    }

    @Test
    void changedResultTypeIsTold() {
        client.run("create table t (a int)");
        SqlSession session = client.session();
        session.parse("s", "select * from t", new int[0]);
        client.run("alter table t add b int");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> session.bind("", "s", new short[0], new byte[][] {})))
                .hasMessage("cached plan must not change result type");
    }

    @Test
    void notificationsReachListeners() {
        TestingServer.Client other = server.connect();
        other.run("listen ch");
        client.run("notify ch, 'hello'");
        other.session().beforeReady(other);
        assertThat(other.notices).containsExactly("NOTIFY ch hello");
    }

    @Test
    void limitsOfTablesAndIndexesAreErrorsThatSayThem() {
        String columns =
                IntStream.rangeClosed(1, 1601).mapToObj(i -> "c" + i + " int").collect(joining(","));
        assertThat(client.error("create table wide (" + columns + ")"))
                .isEqualTo("54011 tables can have at most 1600 columns");
        client.run("create table wide (" + columns.substring(0, columns.lastIndexOf(',')) + ")");
        client.run("insert into wide (c1600) values (7)");
        assertThat(client.query("select c1600 from wide")).containsExactly("7");
    }

    @Test
    void emptyTextIsAnEmptyQuery() {
        client.run(" ; ");
        assertThat(client.tags).isEqualTo(List.of("empty"));
    }

    @Test
    void copyLeavesOutRowsThatDoNotMeetItsCondition() {
        client.run("create table t (a int primary key, b text, c int default 5)");
        client.copyData.add("1\txa\n2\txb\n3\tyc\n4\txd\n");
        assertThat(client.run("copy t (a, b) from stdin where a > 1 and c = 5 and b like 'x%'"))
                .isEqualTo("COPY 2");
        assertThat(client.query("select * from t order by a")).containsExactly("2|xb|5", "4|xd|5");
        assertThat(client.error("copy t from stdin where nope > 1")).startsWith("42703 ");
        assertThat(client.error("copy t from stdin where a > (select 1)")).startsWith("0A000 cannot use subquery");
    }
}
