package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Statements give the same answers in little memory, by way of temporary files, as in much; and leave no files behind. */
class SpillTest {
    private static final String ROWS =
            "(select g % 4001 as k, g as v, case when g % 13 = 0 then null else g * 7919 % 9011 end as n, "
                    + "'text ' || g % 977 as t, g / 4.0 as d from generate_series(1, 9000) g) a";
    private static final String OTHERS = "(select case when g % 17 = 0 then null else g % 5007 end as k, g as w, "
            + "'other ' || g as u from generate_series(1, 8000) g) b";

    private final TestingServer server = new TestingServer();
    private final TestingServer.Client client = server.connect();

    private void same(String query) {
        compare(query, false);
    }

    /** The same rows in any order. */
    private void sameSet(String query) {
        compare(query, true);
    }

    private void compare(String query, boolean anyOrder) {
        client.run("set work_mem = '1GB'");
        long before = server.temporaryFiles();
        List<String> expected = new ArrayList<>(client.query(query));
        assertThat(server.temporaryFiles()).as(query).isEqualTo(before);
        client.run("set work_mem = '64kB'");
        List<String> found = new ArrayList<>(client.query(query));
        assertThat(server.temporaryFiles()).as(query).isGreaterThan(before);
        if (anyOrder) {
            Collections.sort(expected);
            Collections.sort(found);
        }
        assertThat(found.equals(expected)).as(query).isTrue();
        assertThat(expected).isNotEmpty();
        assertThat(server.temporaryBytes()).as(query).isZero();
    }

    @Test
    void sorts() {
        same("select * from " + ROWS + " order by t, n desc nulls last, v");
        same("select * from " + ROWS + " order by n nulls first");
        same("select v, t, array[v, n], row(v, t, d) from " + ROWS + " order by k");
    }

    @Test
    void groups() {
        sameSet("select k, count(*), sum(v), min(t), avg(d), count(distinct n) from " + ROWS + " group by k");
        sameSet("select n, t, count(*) from " + ROWS + " group by n, t");
        sameSet("select n, t, count(*), sum(v) from " + ROWS + " group by grouping sets ((n), (t, n), ())");
        sameSet("select k, string_agg(t, ',' order by v) from " + ROWS + " group by k");
    }

    @Test
    void removesDuplicates() {
        sameSet("select distinct n, t from " + ROWS);
        sameSet("select n from " + ROWS + " union select w from " + OTHERS);
        same("select distinct on (k) k, v from " + ROWS + " order by k, v desc");
    }

    @Test
    void joins() {
        sameSet("select a.*, b.w, b.u from " + ROWS + " join " + OTHERS + " on a.k = b.k");
        sameSet("select a.v, b.w, b.u from " + ROWS + " left join " + OTHERS + " on a.n = b.k and a.v < b.w");
        sameSet("select a.v, b.w, b.u from " + ROWS + " right join " + OTHERS + " on a.n = b.k and a.v > b.w");
        sameSet("select a.v, b.w, b.u from " + ROWS + " full join " + OTHERS + " on a.n = b.k");
        sameSet("select a.v from " + ROWS + " where exists (select from " + OTHERS + " where a.n = b.k)");
        sameSet("select a.v from " + ROWS + " where not exists (select from " + OTHERS + " where a.n = b.k)");
    }

    @Test
    void skewedGroupsAreGroupedToo() {
        sameSet("select k, max(v), string_agg(t, '') from (select v, t, v / 7000 as k from " + ROWS
                + ") s group by k, v");
    }

    @Test
    void changes() {
        client.run("create table t (a int primary key, b text)");
        client.run("set work_mem = '64kB'");
        assertThat(client.run("insert into t select g, 'row ' || g from generate_series(1, 20000) g"))
                .isEqualTo("INSERT 0 20000");
        assertThat(client.run("update t set b = b || '!' where a % 2 = 0")).isEqualTo("UPDATE 10000");
        assertThat(client.run("delete from t where a % 4 = 0")).isEqualTo("DELETE 5000");
        assertThat(client.query("select count(*), count(*) filter (where b like '%!') from t"))
                .containsExactly("15000|5000");
        assertThat(server.temporaryBytes()).isZero();
    }
}
