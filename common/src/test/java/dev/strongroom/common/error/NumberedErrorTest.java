package dev.strongroom.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** SQL Server's numbers with its severities; the manual's table, compared elsewhere, has their SQLSTATEs. */
class NumberedErrorTest {
    /** Severity 16 is what all others have. */
    private static final String SEVERITIES = """
            10: 15313 15315 15317 15334 15342 15557 15558 15559 15563 15584 15585 33036 33057 33058 33081
            10: 33091 33095 33112 33113 33114 33126 33219
            15: 33161
            17: 33204 33206
            20: 91001 91002 91004 91005 91010
            """;

    private static final int USUAL = 16;

    private static boolean isOfKeys(NumberedError error) {
        return error.number() >= 15_000 && !error.code().sqlState().startsWith("SR");
    }

    @Test
    @DisplayName("TDE-105, TDE-160: each number of key management has the severity of SQL Server's catalogue")
    void severitiesAreSqlServers() {
        Map<Integer, Integer> expected = new TreeMap<>();
        SEVERITIES.lines().forEach(line -> {
            String[] row = line.split(": ", -1);
            Stream.of(row[1].split(" ", -1))
                    .forEach(number -> expected.put(Integer.valueOf(number), Integer.valueOf(row[0])));
        });
        assertThat(NumberedError.values())
                .filteredOn(NumberedErrorTest::isOfKeys)
                .allSatisfy(error -> assertThat(error.level())
                        .as("%s", error)
                        .isEqualTo(expected.getOrDefault(error.number(), USUAL)));
    }
}
