package dev.strongroom.server.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CountedTest {
    @ParameterizedTest
    @CsvSource({"0,0 defects", "1,1 defect", "2,2 defects"})
    void oneThingIsSingular(long count, String written) {
        assertThat(Counted.of(count, "defect")).isEqualTo(written);
    }
}
