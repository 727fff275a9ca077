package dev.strongroom.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.execute.ExecutionContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the recorded queries and compares every answer and error with PostgreSQL's. */
final class QueryCorpusTest {
    private final TestingDatabase database = new TestingDatabase();

    private void tables() {
        database.table("t", "k int4 pk, a int4, b text");
        database.run("INSERT INTO t VALUES (1, 10, 'one'), (2, 20, 'two'), (3, NULL, 'three')");
        database.table("dept", "id int4 pk, name text");
        database.run("INSERT INTO dept VALUES (1, 'Sales'), (2, 'Research'), (3, 'Empty')");
        database.table("emp", "id int4 pk, name text, dept_id int4, salary numeric(10;2), hired date, boss int4");
        database.run("INSERT INTO emp VALUES (1, 'Alice', 1, 300, '2020-01-15', NULL),"
                + " (2, 'Bob', 1, 200.5, '2021-03-01', 1), (3, 'Carol', 2, 250, '2019-07-30', 1),"
                + " (4, 'Dave', 2, 100, '2022-11-05', 3), (5, 'Eve', NULL, 50.25, '2023-02-28', 3),"
                + " (6, 'Frank', 1, NULL, NULL, 2)");
    }

    @ParameterizedTest
    @EnumSource
    void answersAreThoseOfPostgres(ExecutionContext.Batching batching) throws IOException {
        tables();
        database.batching(batching);
        List<String> wrong = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(QueryCorpusTest.class.getResourceAsStream("queries.txt")),
                StandardCharsets.UTF_8))) {
            String query = null;
            List<String> expected = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("? ")) {
                    check(query, expected, wrong);
                    query = line.substring(2);
                    expected.clear();
                } else if (!line.startsWith("#")) {
                    expected.add(line);
                }
            }
            check(query, expected, wrong);
        }
        assertThat(wrong).isEmpty();
    }

    private void check(String query, List<String> expected, List<String> wrong) {
        if (query == null) {
            return;
        }
        List<String> actual = new ArrayList<>();
        try {
            database.run(query).forEach(row -> actual.add("= " + row));
        } catch (DatabaseException e) {
            actual.add("! " + e.code().sqlState() + " " + e.getMessage());
        } catch (RuntimeException e) {
            StackTraceElement[] trace = e.getStackTrace();
            actual.add(
                    e + " at " + (trace.length == 0 ? "?" : trace[0] + " < " + trace[Math.min(3, trace.length - 1)]));
        }
        if (!actual.equals(expected)) {
            wrong.add(query + "\n    got  " + actual + "\n    want " + expected + "\n");
        }
    }
}
