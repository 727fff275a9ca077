package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.time.WouldBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One expression over one row can keep a processor busy for long; threads that serve many sessions do not run it. */
final class LongWorkTest {
    private final TestingServer.Client client = new TestingServer().connect();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select length(repeat('x', 1000000))",
                "select length(lpad('x', 1000000))",
                "select cardinality(array_fill(1, array[1000000]))",
                "select length(factorial(5000)::text)",
                "select length((2::numeric ^ 5000)::text)",
                "select repeat('a', 40) || 'b' ~ '^(a+)+$'"
            })
    void isLeftToAThreadOfItsOwn(String query) {
        client.session().beginTry();
        NoWait trying = new NoWait();
        trying.begin(false);
        try {
            assertThatThrownBy(() -> client.session().simpleQuery(query, client))
                    .isInstanceOf(WouldBlock.class);
        } finally {
            trying.end();
        }
        client.session().undoTry();
    }

    @Test
    void aRegularExpressionThatEndsTheStackIsAnError() {
        assertThatThrownBy(() -> client.query("select repeat('ab', 1000000) ~ '^(a|b)*$'"))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("regular expression is too complex");
        assertThat(client.query("select 1")).containsExactly("1");
    }
}
