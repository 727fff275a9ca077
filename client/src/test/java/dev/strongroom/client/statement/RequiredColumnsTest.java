package dev.strongroom.client.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.EncryptedKey;
import dev.strongroom.client.value.ColumnType;
import dev.strongroom.client.value.Usage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the client insists on whatever the server says (AE-129, B-7, decision A-3). */
final class RequiredColumnsTest {
    private static final ColumnScheme SCHEME = new ColumnScheme(
            EncryptionType.RANDOMIZED,
            new EncryptedKey(7, 1, "cek1", List.of()),
            new ColumnType(25, -1),
            Usage.ASSIGN,
            "");

    private static StatementPlan check(String required, String sql, int parameters, Integer... encrypted)
            throws ColumnEncryptionException {
        Map<Integer, ColumnScheme> schemes = new HashMap<>();
        for (int index : encrypted) {
            schemes.put(index, SCHEME);
        }
        return RequiredColumns.of(required)
                .check(
                        new StatementText(List.of(sql), List.of(parameters)),
                        new StatementPlan("1", parameters, schemes, Map.of(), List.of(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO hr.people (id, ssn) VALUES ($1, $2)                    | 2 | 2",
                "INSERT INTO people (ssn, id) VALUES ($1, $2), ($3, $4)             | 4 | 1 3",
                "UPDATE people SET name = $1, ssn = $2 WHERE id = $3                | 3 | 2",
                "SELECT id FROM people p WHERE p.ssn = $1 AND id > $2               | 2 | 1",
                "SELECT id FROM people WHERE $1 = ssn OR ssn <> $2                  | 2 | 1 2",
                "SELECT id FROM people WHERE ssn IN ($1, $2) AND id = $3            | 3 | 1 2",
                "SELECT id FROM people WHERE ssn IS DISTINCT FROM $1 AND id < $2    | 2 | 1",
                "SELECT id FROM people WHERE ssn IS NOT DISTINCT FROM $1            | 1 | 1",
                "DELETE FROM people WHERE (id = $1 OR ssn = $2) AND NOT (ssn <> $3) | 3 | 2 3",
                "SELECT id FROM people WHERE name LIKE $1 AND ssn NOT IN ($2)       | 2 | 2",
                "SELECT id FROM people WHERE id BETWEEN $1 AND $2 AND ssn = $3 LIMIT $4 OFFSET $5 | 5 | 3",
                "UPDATE people SET visits = visits + $1, ssn = $2 WHERE lower(name) = lower($3)   | 3 | 2",
                "INSERT INTO people (id, ssn) VALUES (abs($1), $2) ON CONFLICT (id) DO UPDATE SET ssn = $3 | 3 | 2 3",
                "WITH a AS (INSERT INTO log (t) VALUES ($1)) INSERT INTO people (ssn) VALUES ($2)  | 2 | 2",
                "SELECT id FROM people p JOIN visit v ON v.person = p.id AND v.day > $1 WHERE p.ssn = $2 | 2 | 2",
            })
    void understoodFormsNeedTheirParametersEncryptedAndNoOthers(String sql, int count, String encrypted)
            throws Exception {
        Integer[] indexes = List.of(encrypted.strip().split(" ")).stream()
                .map(Integer::valueOf)
                .toArray(Integer[]::new);
        assertThat(check("people.ssn", sql, count, indexes).mustBePlain()).isEmpty();
        for (int missing = 0; missing < indexes.length; missing++) {
            Integer[] fewer = indexes.clone();
            fewer[missing] = indexes[(missing + 1) % indexes.length];
            if (indexes.length == 1) {
                fewer = new Integer[0];
            }
            Integer[] described = fewer;
            assertThatThrownBy(() -> check("people.ssn", sql, count, described))
                    .hasMessageContaining("must be encrypted")
                    .hasMessageContaining("nothing was sent");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO people VALUES ($1, $2)                        | 2",
                "SELECT id FROM people WHERE ssn LIKE $1                   | 1",
                "SELECT id FROM people WHERE ssn = $1 + $2                 | 2",
                "SELECT id FROM people WHERE lower(ssn) = $1               | 1",
                "UPDATE people SET ssn = coalesce($1, $2)                  | 2",
                "INSERT INTO people (id, ssn) SELECT $1, $2                | 2",
                "INSERT INTO people (id, ssn) SELECT $1, $2 FROM numbers    | 2",
                "SELECT id FROM people WHERE (id, ssn) = ($1, $2)           | 2",
                "SELECT id FROM people WHERE (id, ssn) IN (($1, $2))        | 2",
                "SELECT id FROM people WHERE people = ROW($1, $2)           | 2",
                "SELECT id FROM people p WHERE to_jsonb(p) ->> 'ssn' = $1   | 1",
                "UPDATE people SET (name, ssn) = ($1, $2)                   | 2",
                "UPDATE people SET (name, ssn) = ROW($1, $2)                | 2",
                "SELECT id FROM people WHERE coalesce(ssn, $1) = $2         | 2",
                "SELECT id FROM people WHERE nullif($1, ssn) IS NULL        | 1",
                "SELECT id FROM people WHERE coalesce(name, ssn) - name = $1 | 1",
                "SELECT ssn FROM people UNION SELECT $1                     | 1",
                "SELECT ssn FROM people UNION ALL VALUES ($1)               | 1",
                "SELECT CASE ssn WHEN $1 THEN 1 END FROM people             | 1",
                "SELECT id FROM people WHERE ssn = ANY ($1)                 | 1",
                "SELECT id FROM people WHERE ssn = (SELECT $1)              | 1",
                "SELECT y FROM (SELECT ssn AS y FROM people) x WHERE y = $1 | 1",
                "SELECT y FROM (SELECT ssn y FROM people) x WHERE y = $1    | 1",
                "SELECT 1 FROM people AS p(a, b) WHERE b = $1               | 1",
                "SELECT 1 FROM (SELECT * FROM people) p(a, b) WHERE b = $1  | 1",
                "WITH p(a, b) AS (SELECT * FROM people) SELECT a FROM p WHERE b = $1 | 1",
                "SELECT 1 FROM (SELECT a FROM t UNION SELECT ssn FROM people) x WHERE a = $1 | 1",
                "SELECT id FROM people WHERE U&\"\\0073sn\" = $1            | 1",
                "MERGE INTO people USING (SELECT $1 AS s) x ON ssn = s WHEN MATCHED THEN DO NOTHING | 1",
            })
    void otherFormsGoOutOnlyIfEveryPlainParameterIsMarked(String sql, int count) throws Exception {
        assertThat(check("people.ssn", sql, count).mustBePlain()).hasSize(count);
    }

    /** PostgreSQL ends a comment at a carriage return too. */
    @Test
    void commentsEndWhereTheServerEndsThem() throws Exception {
        assertThat(check("people.ssn", "SELECT id -- x\r FROM people WHERE ssn LIKE $1", 1)
                        .mustBePlain())
                .containsExactly(1);
    }

    /** Where a query stands for the column's value, only its own parameters are in doubt. */
    @Test
    void oneDoubtfulParameterDoesNotTaintTheOthers() throws Exception {
        assertThat(check("people.ssn", "INSERT INTO people (id, ssn) VALUES ($1, upper($2))", 2)
                        .mustBePlain())
                .containsExactly(2);
        assertThat(check("people.ssn", "UPDATE people SET ssn = coalesce($1, $2) WHERE id = $3", 3)
                        .mustBePlain())
                .containsExactly(1, 2);
    }

    @Test
    void otherStatementsAreLeftAlone() throws Exception {
        assertThat(check("people.ssn", "UPDATE people SET name = $1 WHERE id = $2", 2)
                        .mustBePlain())
                .isEmpty();
        assertThat(check("people.ssn", "INSERT INTO people (id, name) VALUES ($1, $2)", 2)
                        .mustBePlain())
                .isEmpty();
        assertThat(check("people.ssn", "SELECT id, ssn FROM people WHERE id = $1 -- ssn = 'x'", 1)
                        .mustBePlain())
                .isEmpty();
    }

    @Test
    void literalsForAProtectedColumnNeverLeave() {
        for (String sql : new String[] {
            "INSERT INTO people (id, ssn) VALUES (1, 'x')",
            "SELECT 1 FROM people WHERE ssn = 'x'",
            "SELECT 1 FROM people WHERE ssn IN ('x')",
            "UPDATE people SET ssn = $tag$x$tag$",
            "INSERT INTO people VALUES (1, 'x')",
            "INSERT INTO log (t) VALUES ('a'); INSERT INTO people (ssn) VALUES ('x')",
            "SELECT 1 FROM people WHERE (id, ssn) = (1, 'x')",
            "SELECT 1 FROM people WHERE ssn IS NOT DISTINCT FROM 'x'",
            "SELECT 1 FROM people WHERE ssn = coalesce('x', 'y')",
            "UPDATE people SET (name, ssn) = ('a', 'x')",
        }) {
            assertThatThrownBy(() -> RequiredColumns.of("people.ssn").checkLiterals(List.of(sql)))
                    .as(sql)
                    .hasMessageContaining("use a parameter");
        }
    }

    @Test
    void literalsOfOthersPass() throws Exception {
        for (String sql : new String[] {
            "CREATE TABLE people (id int, ssn char(11) ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = k))",
            "SELECT ssn, 'x' AS kind FROM people WHERE status = 'active' ORDER BY id LIMIT 10",
            "SELECT count(ssn) FROM people HAVING count(ssn) > 1 AND count(DISTINCT p.ssn) > 2",
            "INSERT INTO people (id, ssn) VALUES (1, NULL), (2, DEFAULT)",
            "SELECT 1 FROM people WHERE ssn = (SELECT ssn FROM people WHERE id = 5)",
        }) {
            RequiredColumns.of("people.ssn").checkLiterals(List.of(sql));
        }
    }

    @Test
    void aPinNamesTypeAndKey() throws Exception {
        String sql = "INSERT INTO people (id, ssn) VALUES ($1, $2)";
        check("people.ssn=randomized:cek1", sql, 2, 2);
        assertThatThrownBy(() -> check("people.ssn=deterministic", sql, 2, 2)).hasMessageContaining("encryption type");
        assertThatThrownBy(() -> check("people.ssn=randomized:cek2", sql, 2, 2)).hasMessageContaining("another key");
        assertThatThrownBy(() -> RequiredColumns.of("ssn")).hasMessageContaining("requireEncrypted takes");
        assertThatThrownBy(() -> RequiredColumns.of("a.b=secret")).hasMessageContaining("requireEncrypted takes");
    }
}
