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
                "INSERT INTO people (id, ssn) VALUES ($1, substr($2, 1))   | 2",
            })
    void otherFormsGoOutOnlyIfEveryPlainParameterIsMarked(String sql, int count) throws Exception {
        assertThat(check("people.ssn", sql, count).mustBePlain()).hasSize(count);
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
            "UPDATE people SET ssn = $tag$x$tag$"
        }) {
            assertThatThrownBy(() -> RequiredColumns.of("people.ssn").checkText(sql))
                    .as(sql)
                    .hasMessageContaining("use a parameter");
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
