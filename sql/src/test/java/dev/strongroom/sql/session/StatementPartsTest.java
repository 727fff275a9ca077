package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which part of a statement an aggregate, a WITH query or a CASE operand belongs to, and how often it runs. */
final class StatementPartsTest {
    private final TestingServer server = new TestingServer();
    private final TestingServer.Client client = server.connect();

    @BeforeEach
    void tables() {
        client.run("create table dept (id int primary key, name text)");
        client.run("create table emp (id int primary key, dept_id int, salary int)");
        client.run("insert into dept values (1, 'a'), (2, 'b'), (3, 'c')");
        client.run("insert into emp values (1, 1, 10), (2, 1, 20), (3, 2, 30)");
        client.run("create sequence s");
    }

    @Test
    void anAggregateOfOuterColumnsBelongsToTheOuterQuery() {
        assertThat(client.query("select (select sum(e.salary)) from emp e")).containsExactly("60");
        assertThat(client.query("select dept_id, (select count(e.id)) from emp e group by dept_id order by 1"))
                .containsExactly("1|2", "2|1");
        assertThat(client.query("select dept_id from emp e group by dept_id"
                        + " having exists (select 1 from dept d where d.id * 10 = count(e.salary) * 10)"
                        + " order by 1 desc"))
                .containsExactly("2", "1");
        assertThat(client.query("select (select max(d.id + sum(e.salary)) from dept d) from emp e"))
                .containsExactly("63");
        assertThat(client.error("select 1 from emp e where (select sum(e.salary)) > 1"))
                .startsWith("42803 aggregate functions are not allowed in WHERE");
        assertThat(client.query("select (select sum(e.salary + d.id) from dept d) from emp e order by 1"))
                .containsExactly("36", "66", "96");
    }

    @Test
    void dataModifyingQueriesReadTheirSiblings() {
        assertThat(client.query("with x as (select id from emp where salary > 15),"
                        + " gone as (delete from emp where id in (select id from x) returning id)"
                        + " select (select count(*) from x), (select count(*) from gone)"))
                .containsExactly("2|2");
        assertThat(client.query("select count(*) from emp")).containsExactly("1");
        assertThat(client.query("with a as (insert into dept values (4, 'd') returning id, name),"
                        + " b as (select id * 10 as id, name from a),"
                        + " c as (insert into dept select id, name from b returning id)"
                        + " select id from b union all select id from c"))
                .containsExactly("40", "40");
        client.run("with x as (select nextval('s') n), y as (insert into dept select n + 100, 'n' from x)"
                + " insert into dept select n + 200, 'n' from x");
        assertThat(client.query("select id from dept where id > 100 order by 1"))
                .containsExactly("101", "201");
        assertThat(client.query("select currval('s')")).containsExactly("1");
    }

    @Test
    void aSimpleCaseEvaluatesItsOperandOnce() {
        assertThat(client.query("select case nextval('s') when 5 then 'five' when 4 then 'four' when 1 then 'one' end"))
                .containsExactly("one");
        assertThat(client.query("select currval('s')")).containsExactly("1");
        assertThat(client.query("select case nextval('s') when 1 then 0 else"
                        + " case nextval('s') when 2 then 20 when 3 then 30 end end"))
                .containsExactly("30");
        assertThat(client.query(
                        "select count(*) from (select case nextval('s') when 0 then 1 when 1 then 2 else 3 end c"
                                + " from emp) x where c = 3"))
                .containsExactly("3");
        assertThat(client.query("select currval('s')")).containsExactly("6");
    }
}
