package dev.strongroom.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlannerTest {
    private final TestingDatabase database = new TestingDatabase();

    @BeforeEach
    void tables() {
        database.table("t", "k int4 pk, a int4, b text");
        database.run("INSERT INTO t VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three')");
    }

    @Test
    void selectsByKeyWithParameter() {
        assertThat(database.run("SELECT a, b FROM t WHERE k = $1", 2L)).containsExactly("20|two");
        assertThat(database.prepare("SELECT a, b FROM t WHERE k = $1").root().explain())
                .isEqualTo("Index Scan using t_pkey on t");
    }

    @Test
    void updatesByKey() {
        assertThat(database.run("UPDATE t SET a = a + $1 WHERE k = $2", 5L, 1L)).containsExactly("UPDATE 1");
        assertThat(database.run("SELECT a FROM t WHERE k = 1")).containsExactly("15");
    }

    @Test
    void insertsAndReturns() {
        assertThat(database.run("INSERT INTO t (k, b) VALUES (4, 'four') RETURNING k, upper(b) AS u, a IS NULL"))
                .containsExactly("4|FOUR|t");
    }

    @Test
    void deletes() {
        assertThat(database.run("DELETE FROM t WHERE a > 10 RETURNING *")).containsExactly("2|20|two");
        assertThat(database.run("SELECT count(*) FROM t")).containsExactly("2");
    }

    @Test
    void sortsWithNullsLast() {
        assertThat(database.run("SELECT k FROM t ORDER BY a DESC, k LIMIT 2")).containsExactly("3", "2");
        assertThat(database.run("SELECT k FROM t ORDER BY a")).containsExactly("1", "2", "3");
    }

    @Test
    void joinsKeepTheirRowsWhateverTheOrder() {
        database.run("INSERT INTO t SELECT g, g, 'x' FROM generate_series(10, 60) g");
        assertThat(database.run(
                        "SELECT count(*) FROM t a, t b, t c WHERE a.k = b.k AND b.a = c.k AND c.k > 9 AND a.b = 'x'"))
                .containsExactly("51");
    }
}
