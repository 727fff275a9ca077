package dev.strongroom.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.execute.ExecutionContext.Batching;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Random statements over random rows, in batches and row by row: the same rows, and the same error after the same rows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BatchDifferentialTest {
    private static final int STATEMENTS = 1_500;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final TestingDatabase database = new TestingDatabase();

    @BeforeAll
    void tables() {
        database.table(
                "t",
                "k int4 pk, s int2, i int4, l int8, d float8, f float4, n numeric(10;2), m numeric, x text, v varchar,"
                        + " c char(6), b bool, e date, ts timestamp");
        database.table("u", "k int4, i int4, x text, n numeric(10;3), d float8");
        insert("t", 2_600, this::rowOfT);
        insert(
                "u",
                400,
                number -> "(" + number % 97 + ", " + integer(9) + ", " + text() + ", " + decimal(3) + ", " + real()
                        + ")");
    }

    private interface Values {
        String of(int number);
    }

    private void insert(String table, int count, Values values) {
        for (int from = 0; from < count; from += 100) {
            List<String> rows = new ArrayList<>();
            for (int number = from; number < Math.min(count, from + 100); number++) {
                rows.add(values.of(number));
            }
            database.run("INSERT INTO " + table + " VALUES " + String.join(", ", rows));
        }
    }

    private String rowOfT(int number) {
        return "(" + number + ", " + integer(300) + ", " + integer(40) + ", " + wide() + ", " + real() + ", " + real()
                + ", "
                + decimal(2) + ", " + decimal(random.nextInt(4)) + ", " + text() + ", " + text() + ", " + text() + ", "
                + pick("true", "false", "NULL") + ", " + pick("NULL", "'2020-01-0" + (1 + random.nextInt(9)) + "'")
                + ", "
                + pick("NULL", "'2020-01-01 0" + random.nextInt(9) + ":00:00'") + ")";
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String integer(int bound) {
        return random.nextInt(8) == 0 ? "NULL" : String.valueOf(random.nextInt(-bound, bound));
    }

    private String wide() {
        return random.nextInt(20) == 0 ? pick("9223372036854775807", "-9223372036854775807", "0") : integer(100_000);
    }

    private String real() {
        return pick("NULL", "'NaN'", "'-0'", "1.5", "-2.25", integer(9) + "::float8", "'Infinity'", "1e30");
    }

    private String decimal(int scale) {
        String digits = integer(5_000);
        return digits.equals("NULL")
                ? digits
                : random.nextInt(60) == 0 ? "'NaN'" : "(" + digits + " / 100.0)::numeric(12," + scale + ")";
    }

    private String text() {
        return random.nextInt(9) == 0
                ? "NULL"
                : "'" + pick("", "a", "b", "é", "ab", "zz", "aa", "A") + pick("", " ", "x", "b", "€") + "'";
    }

    // ---- expressions

    private String number(int depth) {
        if (depth == 0 || random.nextInt(4) == 0) {
            return pick(
                    "s", "i", "i", "l", "n", "m", "d", "k", "1", "0", "7", "2.50", "i::int8", "i::numeric", "s::int4");
        }
        String a = number(depth - 1);
        String b = number(depth - 1);
        return switch (random.nextInt(9)) {
            case 0 -> "(" + a + " + " + b + ")";
            case 1 -> "(" + a + " - " + b + ")";
            case 2 -> "(" + a + " * " + b + ")";
            case 3 -> "(" + a + " / " + b + ")";
            case 4 ->
                "CASE WHEN " + truth(depth - 1) + " THEN " + a + " WHEN " + truth(depth - 1) + " THEN " + b
                        + pick(" END", " ELSE 0 END");
            case 5 -> "coalesce(" + a + ", " + b + ")";
            case 6 -> "abs(" + a + ")";
            case 7 -> "nullif(" + a + ", " + b + ")";
            default -> "(- " + a + ")";
        };
    }

    private String string(int depth) {
        if (depth == 0 || random.nextInt(2) == 0) {
            return pick("x", "v", "c", "'a'", "'ab'");
        }
        return switch (random.nextInt(4)) {
            case 0 -> "(" + string(depth - 1) + " || " + string(depth - 1) + ")";
            case 1 -> "upper(" + string(depth - 1) + ")";
            case 2 -> "coalesce(" + string(depth - 1) + ", " + string(depth - 1) + ")";
            default -> "CASE WHEN " + truth(depth - 1) + " THEN " + string(depth - 1) + " END";
        };
    }

    private String truth(int depth) {
        if (depth == 0) {
            return pick("b", "i > 3", "x = 'ab'", "n < 10", "e >= '2020-01-04'");
        }
        String operator = pick(" = ", " <> ", " < ", " <= ", " > ", " >= ");
        return switch (random.nextInt(13)) {
            case 0 -> "(" + truth(depth - 1) + " AND " + truth(depth - 1) + ")";
            case 1 -> "(" + truth(depth - 1) + " OR " + truth(depth - 1) + ")";
            case 2 -> "(NOT " + truth(depth - 1) + ")";
            case 3 -> "(" + number(depth - 1) + " IS " + pick("", "NOT ") + "NULL)";
            case 4 -> "(" + truth(depth - 1) + " IS " + pick("", "NOT ") + pick("TRUE", "FALSE", "NULL") + ")";
            case 5, 6 -> "(" + number(depth - 1) + operator + number(depth - 1) + ")";
            case 7 -> "(" + string(depth - 1) + operator + string(depth - 1) + ")";
            case 8 ->
                "(" + pick("x", "v", "c") + pick(" LIKE ", " NOT LIKE ")
                        + pick("'a%'", "'%b'", "'%b%'", "'_b%'", "'ab'", "'%'", "'a%b'", "'\\a%'") + ")";
            case 9 ->
                "(" + pick("i", "s", "l") + pick(" IN ", " NOT IN ") + pick("(1, 2, 3)", "(1, NULL)", "(5)") + ")";
            case 10 -> "(" + pick("x", "v", "c") + pick(" IN ", " NOT IN ") + pick("('a', 'ab')", "('b', NULL)") + ")";
            case 11 -> "(d" + operator + pick("f", "1.5", "d * 2", "'NaN'::float8") + ")";
            default -> "(ts" + operator + "'2020-01-01 05:00:00'::timestamp)";
        };
    }

    // ---- statements

    private String statement() {
        return switch (random.nextInt(9)) {
            case 0, 1 ->
                "SELECT k, " + number(3) + ", " + string(2) + " FROM t WHERE " + truth(3) + pick("", " LIMIT 5");
            case 2 -> "SELECT k FROM t WHERE " + truth(3) + " AND " + truth(2);
            case 3 -> "SELECT " + aggregates() + " FROM t WHERE " + truth(2);
            case 4 ->
                "SELECT " + group() + ", " + aggregates() + " FROM t GROUP BY 1" + pick("", " HAVING count(*) > 3");
            case 5 ->
                "SELECT DISTINCT " + group() + ", " + group() + " FROM t WHERE " + truth(1) + pick("", " LIMIT 7");
            case 6 ->
                "SELECT t.k, u.k, u.x, u.n FROM t " + pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN") + " u ON t."
                        + pick(
                                "i = u.i",
                                "x = u.x",
                                "n = u.n",
                                "d = u.d",
                                "i = u.i AND t.x = u.x",
                                "i = u.k AND t.n < u.n")
                        + pick("", " WHERE t.k < 900");
            case 7 ->
                "SELECT count(*), sum(u.n), min(t.x) FROM t JOIN u ON t.i = u.i GROUP BY " + pick("u.x", "t.s", "u.k");
            default ->
                "SELECT k, i, " + number(1) + " FROM t ORDER BY " + key() + ", " + key() + ", k"
                        + pick("", " LIMIT 9", " LIMIT 5 OFFSET 3");
        };
    }

    private String group() {
        return pick("i", "x", "c", "n", "m", "d", "b", "e", "s % 3", "i / 5", "lower(v)", "l");
    }

    private String key() {
        return pick("i", "l", "n", "m", "x", "c", "d", "b", "e", "ts", "s")
                + pick("", " DESC", " NULLS FIRST", " DESC NULLS LAST");
    }

    private String aggregates() {
        String condition = random.nextInt(3) == 0 ? " FILTER (WHERE " + truth(1) + ")" : "";
        return pick(
                        "count(*)",
                        "count(x)",
                        "sum(i)",
                        "sum(l)",
                        "sum(n)",
                        "sum(m)",
                        "sum(d)",
                        "sum(f)",
                        "avg(i)",
                        "avg(n)",
                        "avg(d)",
                        "sum(n * i)",
                        "count(DISTINCT i)",
                        "string_agg(x, ',' ORDER BY k)",
                        "bool_and(b)")
                + condition + ", "
                + pick(
                        "min(x)", "max(c)", "min(n)", "max(m)", "max(d)", "min(e)", "max(i)", "min(ts)", "sum(s)",
                        "avg(l)");
    }

    // ---- comparing

    private List<String> answer(String statement, Batching batching) {
        database.batching(batching);
        try {
            return database.run(statement);
        } catch (DatabaseException e) {
            return List.of(e.getMessage() + " " + e.report().code());
        }
    }

    @Test
    void batchesAnswerAsRowsDo() {
        int failed = 0;
        for (int i = 0; i < STATEMENTS; i++) {
            String statement = statement();
            List<String> byRow = answer(statement, Batching.NEVER);
            assertThat(answer(statement, Batching.ALWAYS))
                    .as("-Dseed=%d: %s", seed, statement)
                    .isEqualTo(byRow);
            failed += byRow.size() == 1 ? 1 : 0;
        }
        assertThat(failed).as("-Dseed=%d: statements with one line", seed).isLessThan(STATEMENTS / 2);
    }
}
