package dev.strongroom.sql.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.parse.node.PgCast;
import dev.strongroom.sql.parse.node.PgSelect;
import dev.strongroom.sql.parse.statement.CertificateStatement.CreateCertificate;
import dev.strongroom.sql.parse.statement.Copy;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement.CreateDatabaseKey;
import dev.strongroom.sql.parse.statement.EncryptionStatement.SetEncryption;
import dev.strongroom.sql.parse.statement.KeyStatement.CreateMasterKey;
import dev.strongroom.sql.parse.statement.Modification.Insert;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTable;
import dev.strongroom.sql.parse.statement.Use;
import java.util.List;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextParserTest {
    private static Statement one(String text) {
        List<SqlTextParser.ParsedStatement> statements = SqlTextParser.parse(text);
        assertThat(statements).hasSize(1);
        return statements.get(0).statement();
    }

    private static SqlNode expression(String text) {
        return SqlTextParser.parseExpression(text).node();
    }

    @Test
    void castBindsTighterThanComparison() {
        SqlBasicCall call = (SqlBasicCall) expression("a = b::int");
        assertThat(call.getOperator().getName()).isEqualTo("=");
        assertThat(((SqlBasicCall) call.operand(1)).getOperator()).isInstanceOf(PgCast.class);
    }

    @Test
    void smallestIntegerIsOneLiteral() {
        assertThat(expression("-9223372036854775808")).hasToString("-9223372036854775808");
    }

    @Test
    void stringsFollowPostgresRules() {
        assertThat(expression("'it''s'")).hasToString("'it''s'");
        assertThat(((SqlLiteral) expression("E'a\\tb\\x41\\u00e9'")).toValue()).isEqualTo("a\tbA\u00e9");
        assertThat(((SqlLiteral) expression("$q$it's $$ here$q$")).toValue()).isEqualTo("it's $$ here");
        assertThat(((SqlLiteral) expression("U&'d\\0061t\\+000061'")).toValue()).isEqualTo("data");
        assertThat(((SqlLiteral) expression("'a'\n  'b'")).toValue()).isEqualTo("ab");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "selec 1 | syntax error at or near \"selec\" | 1",
                "select 1 from | syntax error at end of input | 14",
                "select * from t where | syntax error at end of input | 22",
                "select 1 + * from t | syntax error at or near \"*\" | 12",
                "select 'abc | unterminated quoted string at or near \"'abc\" | 8",
                "select 1a | trailing junk after numeric literal at or near \"1a\" | 8",
                "select (1 | syntax error at end of input | 10",
                "insert t values (1) | syntax error at or near \"t\" | 8",
                "create table t (a int,) | syntax error at or near \")\" | 23",
                "select a < b < c | syntax error at or near \"<\" | 14",
                "select 1 limit 2, 3 | LIMIT #,# syntax is not supported | 17",
                "select * from (select 1) | subquery in FROM must have an alias | 15",
                "select 0x1F | trailing junk after numeric literal at or near \"0x\" | 8",
            })
    void errorsAreWordedAndPlacedAsInPostgres(String text, String message, int position) {
        assertThatThrownBy(() -> SqlTextParser.parse(text)).isInstanceOfSatisfying(DatabaseException.class, e -> {
            assertThat(e.report().message()).isEqualTo(message);
            assertThat(e.report().position()).isEqualTo(position);
            assertThat(e.code().sqlState()).isEqualTo("42601");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select distinct on (a) a, b from t order by a, b desc nulls last limit 5 offset 2",
                "select",
                "select from t",
                "select 1 where false",
                "table t",
                "values (1, 'a'), (2, 'b') order by 1",
                "select count(*) filter (where x > 1) over (partition by a order by b rows between 1 preceding and"
                        + " current row) from t",
                "select * from a join b using (x) left join c on c.y = b.y, lateral (select a.x) q(z)",
                "select * from a join b join c on b.x = c.x on a.x = b.x",
                "select * from (a cross join b)",
                "select * from ((select 1 union select 2) order by 1) x",
                "select * from generate_series(1, 3) with ordinality as g(a, b)",
                "select * from unnest(array[1,2], array[3]) as u(x, y)",
                "select x from json_to_recordset('[]') as x(a int, b text)",
                "with recursive r(n) as (values (1) union all select n + 1 from r where n < 5) select * from r",
                "select a from t group by rollup (a, b), cube (c), grouping sets ((a), ()) having count(*) > 1",
                "select case a when 1 then 'x' else 'y' end, case when a then 1 end",
                "select a between 1 and 2 and b not in (1, 2) or c like 'x%' escape '!' and d ilike any (array['a'])",
                "select x is not distinct from y, a is not true, b isnull, c notnull",
                "select ts at time zone 'utc', extract(year from d), substring(s from 2 for 3), trim(both 'x' from s)",
                "select position('a' in b), overlay(a placing b from 1 for 2), date '2020-01-01', interval '1' day",
                "select double precision '1', numeric(10,2) '1.5', timestamp with time zone 'now', 'x'::varchar(3)[]",
                "select a[1], a[1:2], a[:], (r).f, (r).*, array(select 1), row(1, 2), (1, 2)",
                "select string_agg(x, ',' order by y desc), percentile_cont(0.5) within group (order by x) from t",
                "select a operator(pg_catalog.~) '^x$', c collate \"C\", -1, +2, @ 3, 2 ^ 3, 5 % 2, a || b, a ->> 'b'",
                "select $1, $2::int, $3 = any ($4)",
                "select current_date, current_timestamp(3), localtime, current_user, session_user, current_schema",
                "select current_schema(), current_schemas(true), pg_catalog.set_config('a', 'b', false)",
                "select * from t for update of t skip locked",
                "select f(variadic a), g(x => 1, y := 2)",
                "select 1 as \"from\", 2 two, 3 as select",
                "select a.b.c, t.*, s.t.* from s.t",
                "select coalesce(a, b), nullif(a, 1), greatest(1, 2), least(1, 2)",
                "insert into t default values",
                "insert into t (a, b) values (1, default), ($1, $2) on conflict (a) where b > 1 do update set b ="
                        + " excluded.b where t.a > 1 returning *, a as x",
                "insert into t as x (a) overriding system value select 1 on conflict on constraint c do nothing",
                "insert into t (select 1)",
                "insert into t (a) (values (1))",
                "with x as (insert into t values (1) returning a), y as (select 1) select * from x, y",
                "update only t as x set a = 1, (b, c) = (2, 3), (d) = (select 4) from u where x.i = u.i returning x.a",
                "delete from t using u where t.a = u.a returning *",
                "select * into temp x from t",
            })
    void queriesAndModificationsParse(String text) {
        assertThat(one(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table if not exists s.t (a serial primary key, b varchar(10) not null default 'x' unique,"
                        + " c numeric(10,2) check (c > 0), d int references u (x) on delete cascade on update set null"
                        + " deferrable initially deferred, e int generated by default as identity (start with 5"
                        + " increment by 2), f int generated always as (a + 1) stored, constraint p primary key (a, b),"
                        + " foreign key (d) references u, unique (a, b) include (c), check (a > 1) not valid, like o"
                        + " including all excluding indexes) with (fillfactor=70) on commit drop",
                "create temp table t as select 1 as a with no data",
                "create table t (a, b) as values (1, 2)",
                "create unlogged table pgbench_history(tid int,bid int,aid int,delta int,mtime timestamp,filler char(22))",
                "create unique index concurrently if not exists i on s.t using btree (a desc nulls last, lower(b)"
                        + " text_pattern_ops, (a + b)) include (c) with (fillfactor=90) where a > 1",
                "create index on t (a)",
                "create or replace view v (a, b) as select 1, 2 with local check option",
                "create materialized view if not exists v as select 1 with no data",
                "create sequence if not exists s as int increment by -1 minvalue -5 no maxvalue start 3 cache 10 no"
                        + " cycle owned by t.a",
                "alter sequence s restart with 5",
                "create schema if not exists s authorization joe create table t (a int)",
                "create database d with owner = joe encoding 'UTF8' template template0 lc_collate='C' connection limit"
                        + " = 5",
                "drop database if exists d with (force)",
                "alter database d set search_path to a, b",
                "alter table only t add column if not exists a int not null, drop column if exists b cascade, alter"
                        + " column c type bigint using c::bigint, alter d set default 5, alter e drop not null, add"
                        + " constraint x check (a > 1) not valid, owner to joe",
                "alter table t rename a to b",
                "alter table if exists t rename to u",
                "alter table t set schema s",
                "alter table t alter a add generated always as identity, alter a set generated by default set start 5",
                "alter table t cluster on i, enable trigger all",
                "alter index i rename to j",
                "drop table if exists a, b.c cascade",
                "drop trigger t on x",
                "truncate table a, only b restart identity cascade",
                "create role joe with login superuser password 'x' valid until '2030-01-01' in role a, b connection"
                        + " limit 3",
                "create user joe",
                "alter role joe nologin",
                "alter user joe in database d set search_path = x",
                "grant select, insert (a, b), update on table t, u to joe, public with grant option",
                "grant all privileges on all tables in schema s to joe",
                "grant a, b to c with admin option",
                "revoke grant option for select on t from joe cascade",
                "grant usage on schema s to current_user",
                "grant execute on function f(int, text) to joe",
                "grant view definition on certificate::c to joe",
                "alter default privileges for role a in schema s grant select on tables to b",
                "comment on column s.t.a is 'x'",
                "comment on constraint c on t is null",
                "lock table t in share row exclusive mode nowait",
                "vacuum (full, analyze) t (a), u",
                "vacuum analyze pgbench_branches",
                "analyze",
                "reindex table concurrently t",
                "begin isolation level serializable, read only",
                "create server audit a to file (filepath = 'x') where database_name = 'd' and not (statement like '%x')",
                "alter server audit a where ((succeeded = 0))",
                "alter server audit a remove where",
                "begin tran",
                "begin transaction Nightly",
                "begin tran [two words] with mark",
                "begin transaction nightly with mark N'before the batch'",
                "commit tran Nightly",
                "rollback tran",
                "start transaction read write",
                "commit and chain",
                "rollback to savepoint a",
                "release a",
                "set session characteristics as transaction isolation level repeatable read",
                "set local statement_timeout = '5s'",
                "set time zone 'Europe/Rome'",
                "set session authorization joe",
                "set a.b to default",
                "set search_path to \"$user\", public",
                "set names 'utf8'",
                "reset all",
                "show transaction isolation level",
                "discard all",
                "prepare p (int, text) as select $1, $2",
                "execute p (1, 'x')",
                "deallocate all",
                "declare c binary no scroll cursor with hold for select 1",
                "fetch forward 5 from c",
                "fetch all c",
                "move backward all in c",
                "close c",
                "copy t (a, b) from stdin with (format csv, header true, delimiter ';', null 'x', force_not_null (a))",
                "copy (select 1) to stdout csv header quote '\"'",
                "copy t from stdin",
                "copy binary t to stdout",
                "copy t from stdin with delimiter as '|' null as ''",
                "copy pgbench_accounts from stdin with (freeze on)",
                "explain (analyze, format json, costs off) select 1",
                "explain analyze verbose select 1",
                "listen x",
                "notify x, 'y'",
                "unlisten *",
                "call f(1)",
                "checkpoint",
                "do $$ begin end $$",
                "create function f() returns int language sql as 'select 1'",
                "create extension if not exists plpgsql with schema pg_catalog",
                "refresh materialized view v",
            })
    void definitionsAndUtilitiesParse(String text) {
        assertThat(one(text)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "USE [my db]",
                "CREATE MASTER KEY ENCRYPTION BY PASSWORD='pA$$1'",
                "OPEN MASTER KEY DECRYPTION BY PASSWORD = 'x'",
                "CLOSE MASTER KEY",
                "ALTER MASTER KEY FORCE REGENERATE WITH ENCRYPTION BY PASSWORD = 'x'",
                "ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY",
                "ALTER MASTER KEY DROP ENCRYPTION BY PASSWORD = 'x'",
                "BACKUP MASTER KEY TO FILE = 'f' ENCRYPTION BY PASSWORD = 'x'",
                "RESTORE MASTER KEY FROM FILE = 'f' DECRYPTION BY PASSWORD = 'x' ENCRYPTION BY PASSWORD = 'y' FORCE",
                "DROP MASTER KEY",
                "ALTER SERVICE MASTER KEY FORCE REGENERATE",
                "ALTER SERVICE MASTER KEY ADD ENCRYPTION BY MACHINE KEY PROVIDER 'file:x'",
                "ALTER SERVICE MASTER KEY WITH OLD_ACCOUNT = 'a', OLD_PASSWORD = 'b'",
                "BACKUP SERVICE MASTER KEY TO FILE = 'f' ENCRYPTION BY PASSWORD = 'x'",
                "RESTORE SERVICE MASTER KEY FROM FILE = 'f' DECRYPTION BY PASSWORD = 'x'",
                "CREATE CERTIFICATE c WITH SUBJECT = 's', START_DATE = 'a', EXPIRY_DATE = 'b'",
                "CREATE CERTIFICATE c AUTHORIZATION joe ENCRYPTION BY PASSWORD = 'x' WITH SUBJECT = 's' ACTIVE FOR"
                        + " BEGIN_DIALOG = ON",
                "CREATE CERTIFICATE c FROM FILE = 'f' WITH PRIVATE KEY (FILE = 'k', DECRYPTION BY PASSWORD = 'x')",
                "CREATE CERTIFICATE c FROM BINARY = 0x3082ab WITH PRIVATE KEY (BINARY = 0x01, DECRYPTION BY PASSWORD"
                        + " = 'x', ENCRYPTION BY PASSWORD = 'y')",
                "ALTER CERTIFICATE c REMOVE PRIVATE KEY",
                "ALTER CERTIFICATE c WITH PRIVATE KEY (DECRYPTION BY PASSWORD = 'x') FORCE",
                "BACKUP CERTIFICATE c TO FILE = 'f' WITH FORMAT = 'PFX', PRIVATE KEY (ENCRYPTION BY PASSWORD = 'x')",
                "DROP CERTIFICATE c FORCE",
                "CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = 'f'",
                "ALTER CRYPTOGRAPHIC PROVIDER p DISABLE",
                "CREATE CREDENTIAL c WITH IDENTITY = 'i', SECRET = 's' FOR CRYPTOGRAPHIC PROVIDER p",
                "ALTER LOGIN l ADD CREDENTIAL c",
                "CREATE ASYMMETRIC KEY k FROM PROVIDER p WITH ALGORITHM = RSA_3072, PROVIDER_KEY_NAME = 'x',"
                        + " CREATION_DISPOSITION = OPEN_EXISTING",
                "DROP ASYMMETRIC KEY k REMOVE PROVIDER KEY",
                "CREATE LOGIN l FROM ASYMMETRIC KEY k",
                "CREATE DATABASE ENCRYPTION KEY FOR DATABASE d WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER"
                        + " CERTIFICATE c",
                "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128",
                "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER ASYMMETRIC KEY k",
                "DROP DATABASE ENCRYPTION KEY",
                "ALTER DATABASE d SET ENCRYPTION = OFF",
                "ALTER DATABASE CURRENT SET ENCRYPTION SUSPEND",
                "ALTER DATABASE d SET RECOVERY FULL",
                "BACKUP DATABASE d TO DISK = 'f' WITH COPY_ONLY, STATS = 10, ENCRYPTION (ALGORITHM = AES_256, SERVER"
                        + " CERTIFICATE = c)",
                "RESTORE DATABASE d FROM DISK = 'f' WITH REPLACE, MOVE 'a' TO 'b', REKEY",
                "RESTORE HEADERONLY FROM DISK = 'f'",
                "EXEC sp_configure 'EKM provider enabled', 1",
                "RECONFIGURE",
                "DBCC TRACEON(5004,-1)",
            })
    void keyStatementsParse(String text) {
        assertThat(one(text)).isNotNull();
    }

    @Test
    void encryptionScriptWithGoLinesIsSplit() {
        List<SqlTextParser.ParsedStatement> statements = SqlTextParser.parse("""
                USE master;
                GO
                CREATE MASTER KEY ENCRYPTION BY PASSWORD='<UseStrongPasswordHere>';
                go
                CREATE CERTIFICATE MyServerCert WITH SUBJECT = 'My DEK Certificate'
                GO
                USE AdventureWorks2022
                GO
                CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256
                ENCRYPTION BY SERVER CERTIFICATE MyServerCert;
                GO
                ALTER DATABASE AdventureWorks2022 SET ENCRYPTION ON;
                GO
                """);
        assertThat(statements)
                .extracting(s -> (Object) s.statement().getClass())
                .containsExactly(
                        Use.class,
                        CreateMasterKey.class,
                        CreateCertificate.class,
                        Use.class,
                        CreateDatabaseKey.class,
                        SetEncryption.class);
        assertThat(statements).allMatch(SqlTextParser.ParsedStatement::endsBatch);
        assertThat(statements.get(1).statement().toString()).doesNotContain("UseStrong");
    }

    @Test
    void goIsAnAliasInOtherStatements() {
        Query query = (Query) one("select 1\ngo");
        assertThat(((PgSelect) query.node()).getSelectList().get(0)).hasToString("1 AS `go`");
    }

    @Test
    void emptyTextHasNoStatements() {
        assertThat(SqlTextParser.parse(" ;; -- nothing\n /* a /* b */ */ ")).isEmpty();
        assertThat(SqlTextParser.parse("GO\n")).isEmpty();
    }

    @Test
    void serialAndConstraintsAreKept() {
        CreateTable table = (CreateTable) one("create table t (a serial primary key, b char(3)[] not null)");
        assertThat(table.columns().get(0).type().parts()).containsExactly("serial");
        assertThat(table.columns().get(1).type()).hasToString("pg_catalog.bpchar(3)[]");
        assertThat(table.columns().get(1).constraints()).hasSize(1);
    }

    @Test
    void positionsCountInTheWholeText() {
        Insert insert = (Insert) SqlTextParser.parse("select 1; insert into abc values (1)")
                .get(1)
                .statement();
        assertThat(insert.table().position()).isEqualTo(23);
    }

    @Test
    void longNamesAreTruncatedWithNotice() {
        String name = "x".repeat(70);
        SqlTextParser.ParsedText parsed = SqlTextParser.parseText("create database " + name);
        assertThat(((DatabaseStatement.CreateDatabase)
                                parsed.statements().get(0).statement())
                        .name())
                .hasSize(63);
        assertThat(parsed.notices()).hasSize(1);
    }

    @Test
    void copyOptionsOfBothSyntaxesHaveOneShape() {
        Copy old = (Copy) one("copy t from stdin csv header delimiter ';'");
        assertThat(old.options()).extracting(Copy.CopyOption::name).containsExactly("format", "header", "delimiter");
        assertThat(old.from()).isTrue();
    }

    @Test
    void setKeepsListValues() {
        SettingStatement.Set set = (SettingStatement.Set) one("set search_path = a, 'b c', public");
        assertThat(set.values()).containsExactly("a", "b c", "public");
    }

    @Test
    void deepNestingIsRefusedNotOverflown() {
        String text = "select " + "(".repeat(20_000) + "1" + ")".repeat(20_000);
        assertThatThrownBy(() -> SqlTextParser.parse(text))
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.code().sqlState()).isEqualTo("54001"));
    }
}
