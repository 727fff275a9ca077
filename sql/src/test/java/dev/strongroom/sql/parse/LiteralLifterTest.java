package dev.strongroom.sql.parse;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralLifterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select a from t where b = 5 | select a from t where b = $1",
                "update t set a = a + -7 where b = 12; | update t set a = a + $1 where b = $2;",
                "insert into t (a, b) values (1, -2), (3, now()) | insert into t (a, b) values ($1, $2), ($3, now())",
                "select a from t where b - 5 = - 6 and c = (-7) | select a from t where b - $1 = $2 and c = (-7)",
                "select a from t where b > 5 order by 1 limit 3 | select a from t where b > $1 order by 1 limit 3",
                "insert into t values (1) on conflict (a) do update set b = 2"
                        + " | insert into t values ($1) on conflict (a) do update set b = $2",
            })
    void integersBehindOperatorsAndInValuesAreLifted(String text, String lifted) {
        LiteralLifter.Lifted result = LiteralLifter.lift(text);
        assertThat(result).isNotNull();
        assertThat(result.text()).isEqualTo(lifted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1",
                "select a::numeric(10, 2) from t order by 2",
                "select round(a, 2), b[1] from t group by 1",
                "select a from t where b = $1 and c = 2",
                "select a from t where b = 12345678901",
                "select a from t where b = 5; select 1",
                "create table t (a int default 5)",
                "select 'x = 5' from t",
            })
    void othersStay(String text) {
        assertThat(LiteralLifter.lift(text)).isNull();
    }

    @Test
    void functionArgumentsInsideValuesStay() {
        LiteralLifter.Lifted lifted = LiteralLifter.lift("insert into t values (f(1, 2), 3)");
        assertThat(lifted).isNotNull();
        assertThat(lifted.text()).isEqualTo("insert into t values (f(1, 2), $1)");
        assertThat(lifted.values()).containsExactly("3");
    }

    @Test
    void aSignGoesWithItsNumber() {
        LiteralLifter.Lifted lifted = LiteralLifter.lift("update t set a = a + -7 where b = -8 - 9");
        assertThat(lifted).isNotNull();
        assertThat(lifted.values()).containsExactly("-7", "-8", "9");
    }
}
