package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the planner chooses, pinned on EXPLAIN's own text. */
final class ExplainTest {
    private final TestingServer server = new TestingServer();
    private final TestingServer.Client client = server.connect();

    @BeforeEach
    void tables() {
        client.run("create table dept (id int primary key, name text)");
        client.run("create table emp (id int8 primary key, dept_id int, salary numeric, name text)");
        client.run("create index emp_dept on emp (dept_id)");
        client.run("insert into dept select g, 'd' || g from generate_series(1, 50) g");
        client.run("insert into emp select g, g % 50 + 1, g * 10, 'e' || g from generate_series(1, 2000) g");
        client.run("analyze");
    }

    private String plan(String query) {
        return String.join("\n", client.query("explain (costs off) " + query));
    }

    @Test
    void keysAndIndexesAreUsedWithBoundsAndTheRestIsFiltered() {
        assertThat(plan("select * from emp where id = 7")).isEqualTo("""
                Index Scan using emp_pkey on emp
                  Index Cond: (id = 7)""");
        assertThat(plan("select name from emp where salary > 100 and dept_id = 3"))
                .isEqualTo("""
                Index Scan using emp_dept on emp
                  Index Cond: (dept_id = 3)
                  Filter: (salary > (100)::numeric)""");
        assertThat(plan("select * from emp where salary > 100")).isEqualTo("""
                Seq Scan on emp
                  Filter: (salary > (100)::numeric)""");
    }

    @Test
    void integersOfOtherWidthsUseTheIndex() {
        assertThat(plan("select * from emp where dept_id = 7::int8")).contains("Index Scan using emp_dept");
        assertThat(plan("select * from emp where id = 7::int2")).contains("Index Scan using emp_pkey");
        assertThat(client.query("select count(*) from emp where dept_id = 7::int8"))
                .containsExactly("40");
        assertThat(client.query("select count(*) from emp where dept_id = 7000000000"))
                .containsExactly("0");
        assertThat(client.query("select count(*) from emp where dept_id < 7000000000"))
                .containsExactly("2000");
        assertThat(client.query("select count(*) from emp where dept_id > 7000000000"))
                .containsExactly("0");
        assertThat(client.query("select count(*) from emp where dept_id > -7000000000 and dept_id <= 2::int8"))
                .containsExactly("80");
    }

    @Test
    void joinsLookUpFewRowsAndHashMany() {
        assertThat(plan("select d.name, e.name from emp e join dept d on d.id = e.dept_id where e.id = 5"))
                .isEqualTo("""
                Nested Loop
                  ->  Index Scan using emp_pkey on emp e
                        Index Cond: (id = 5)
                  ->  Index Scan using dept_pkey on dept d
                        Index Cond: (id = e.dept_id)""");
        assertThat(plan("select d.name, e.name from dept d join emp e on d.id = e.dept_id"))
                .isEqualTo("""
                Hash Join
                  Hash Cond: (d.id = e.dept_id)
                  ->  Seq Scan on emp e
                  ->  Hash
                        ->  Seq Scan on dept d""");
    }

    @Test
    void anIndexGivesAnOrderWhereThatIsCheaper() {
        assertThat(plan("select * from emp order by id desc limit 5")).isEqualTo("""
                Limit
                  ->  Index Scan Backward using emp_pkey on emp""");
        assertThat(plan("select * from emp where dept_id between 3 and 4 order by dept_id"))
                .isEqualTo("""
                Index Scan using emp_dept on emp
                  Index Cond: ((dept_id >= 3) AND (dept_id <= 4))""");
        assertThat(plan("select * from emp order by name limit 5")).isEqualTo("""
                Limit
                  ->  Sort
                        Sort Key: emp.name
                        ->  Seq Scan on emp""");
    }

    @Test
    void existsAndInBecomeSemiJoins() {
        assertThat(plan("select * from dept d where exists"
                        + " (select 1 from emp e where e.dept_id = d.id and e.salary > 500)"))
                .isEqualTo("""
                Hash Semi Join
                  Hash Cond: (e.dept_id = d.id)
                  ->  Seq Scan on dept d
                  ->  Hash
                        ->  Seq Scan on emp e
                              Filter: (salary > (500)::numeric)""");
        assertThat(plan("select * from dept where id in (select dept_id from emp where id = 3)"))
                .startsWith("Nested Loop Semi Join");
        assertThat(plan("select * from dept d where not exists (select 1 from emp e where e.dept_id = d.id)"))
                .contains("Anti Join");
        assertThat(plan("select * from dept d where id not in (select dept_id from emp)"))
                .isEqualTo("""
                Seq Scan on dept d
                  Filter: (NOT (ANY id (hashed InitPlan)))
                  SubPlan 1
                    ->  Seq Scan on emp""");
    }

    @Test
    void aConditionAboveAnOuterJoinThatRejectsNullsMakesItInner() {
        assertThat(plan("select * from dept left join emp on emp.dept_id = dept.id where emp.salary > 5"))
                .startsWith("Hash Join");
        assertThat(plan("select * from dept left join emp on emp.dept_id = dept.id where emp.salary is null"))
                .startsWith("Hash Right Join");
    }

    @Test
    void volatileConditionsStayWhereTheyWereWritten() {
        client.run("create sequence s");
        assertThat(plan("select * from (select id, nextval('s') n from emp) x where id = 3"))
                .isEqualTo("""
                Seq Scan on emp
                  Filter: (emp.id = 3)""");
        assertThat(client.query("select count(*) from (select id, nextval('s') n from emp) x where id = 3"))
                .containsExactly("1");
        assertThat(client.query("select currval('s')")).containsExactly("2000");
    }

    @Test
    void costsAndCountsArePrintedInPostgresShape() {
        assertThat(client.query("explain select * from emp").getFirst())
                .matches("Seq Scan on emp {2}\\(cost=0\\.00\\.\\.\\d+\\.\\d\\d rows=2000 width=\\d+\\)");
        List<String> lines = client.query("explain (analyze, timing off, costs off, summary off)"
                + " select d.name from emp e join dept d on d.id = e.dept_id where e.id < 3");
        assertThat(String.join("\n", lines)).isEqualTo("""
                Nested Loop (actual rows=2 loops=1)
                  ->  Index Scan using emp_pkey on emp e (actual rows=2 loops=1)
                        Index Cond: (id < 3)
                  ->  Index Scan using dept_pkey on dept d (actual rows=1 loops=2)
                        Index Cond: (id = e.dept_id)""");
        assertThat(client.query("explain (analyze) select 1").getLast()).startsWith("Execution Time: ");
        assertThat(String.join("\n", client.query("explain (format json, costs off) select * from emp where id = 7")))
                .isEqualTo("""
                [
                  {
                    "Plan": {
                      "Node Type": "Index Scan",
                      "Parallel Aware": false,
                      "Async Capable": false,
                      "Scan Direction": "Forward",
                      "Index Name": "emp_pkey",
                      "Relation Name": "emp",
                      "Alias": "emp",
                      "Index Cond": "(id = 7)"
                    }
                  }
                ]""");
        assertThat(client.error("explain (timing) select 1"))
                .startsWith("22023 EXPLAIN option TIMING requires ANALYZE");
    }

    @Test
    void whatAnalyzeFoundIsShownAndUsed() {
        assertThat(client.query(
                        "select attname, n_distinct, null_frac, most_common_vals is null, histogram_bounds is null"
                                + " from pg_stats where tablename = 'emp' order by 1"))
                .containsExactly("dept_id|50|0|f|t", "id|-1|0|t|f", "name|-1|0|t|f", "salary|-1|0|t|f");
        assertThat(client.query("select most_common_freqs[1] from pg_stats where attname = 'dept_id'"))
                .containsExactly("0.02");
        assertThat(client.query("explain select * from emp where dept_id = 3").getFirst())
                .contains("rows=40 ");
        assertThat(client.query("explain select * from emp where salary > 15000")
                        .getFirst())
                .contains("rows=500 ");
        assertThat(client.query("explain select * from emp where salary between 5001 and 10000")
                        .getFirst())
                .contains("rows=500 ");
        assertThat(client.query("explain select * from emp e join dept d on d.id = e.dept_id where d.id = 4")
                        .getFirst())
                .contains("rows=40 ");
    }

    @Test
    void joinsOfManyRelationsArePlanned() {
        StringBuilder from = new StringBuilder("dept d0");
        StringBuilder where = new StringBuilder("d0.id = 7");
        for (int i = 1; i < 13; i++) {
            from.append(", dept d").append(i);
            where.append(" and d").append(i).append(".id = d").append(i - 1).append(".id");
        }
        assertThat(client.query("select count(*), max(d12.name) from " + from + " where " + where))
                .containsExactly("1|d7");
        assertThat(client.query("select count(*) from dept a, dept b, dept c where a.id < 4 and b.id < 4 and c.id < 3"))
                .containsExactly("18");
        assertThat(client.query("select count(*) from dept a join emp e on e.dept_id = a.id,"
                        + " lateral (select * from dept x where x.id = e.dept_id + 1) b, dept c"
                        + " where c.id = b.id and a.id < 3"))
                .containsExactly("80");
        assertThat(plan("select * from emp a, emp b, dept d where a.dept_id = d.id and b.id = a.id and d.id = 5"))
                .isEqualTo("""
                Nested Loop
                  ->  Nested Loop
                        ->  Index Scan using dept_pkey on dept d
                              Index Cond: (id = 5)
                        ->  Index Scan using emp_dept on emp a
                              Index Cond: (dept_id = d.id)
                  ->  Index Scan using emp_pkey on emp b
                        Index Cond: (id = a.id)""");
    }
}
