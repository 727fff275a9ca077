package dev.strongroom.sql.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RegexMatcherTest {
    private final TestingSession session = new TestingSession();
    private final Call call = new Call(session, List.of(PgType.TEXT, PgType.TEXT), PgType.BOOL);

    @Test
    void aSearchThatGoesBackForeverEndsWhenCancelled() {
        session.cancel().cancel();
        assertThatThrownBy(() -> new RegexMatcher(call, "x".repeat(60), "(x+x+)+y", "").find())
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(e.report().code()).isEqualTo(ErrorCode.QUERY_CANCELED));
    }

    @Test
    void anchorsMeanTheWholeTextWhereverTheSearchStarts() {
        assertThat(new RegexMatcher(call, "aa", "^a", "").from(1).find()).isFalse();
        assertThat(new RegexMatcher(call, "aa", "a$", "").from(1).find()).isTrue();
    }
}
