package dev.strongroom.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RequirementsTableTest {
    @Test
    void listsAndRangesAreSpeltOut() {
        assertThat(RequirementsTable.cited("TDE-1, 52, TDE-73 and 75: states; S-2, S-9").stream()
                        .map(Object::toString))
                .containsExactly("TDE-1", "TDE-52", "TDE-73", "TDE-75", "S-2", "S-9");
        assertThat(RequirementsTable.cited("TDE-133 to TDE-136.").stream().map(Object::toString))
                .containsExactly("TDE-133", "TDE-134", "TDE-135", "TDE-136");
        assertThat(RequirementsTable.cited("nothing, UTF-8, 12")).isEmpty();
    }

    @Test
    void commentsAndDisplayNamesCountForTheTestBelow() {
        TreeMap<RequirementsTable.Number, List<RequirementsTable.Evidence>> table = new TreeMap<>();
        RequirementsTable.collect("""
                /** TDE-5 in the whole. */
                final class SomeTest {
                    /** TDE-7: not a test. */
                    private static void prepare() {}

                    /** TDE-8: by comment. */
                    @Test
                    void first() {}

                    /** TDE-9, 10. */
                    @Test
                    void pagesComeBack() {}

                    @ParameterizedTest
                    @EnumSource(value = X.class, names = {"A", "B"})
                    @DisplayName("S-20: by name")
                    void second(X x) {}
                }
                """, table);
        assertThat(RequirementsTable.print(table))
                .contains("| TDE-5 | TDE-5 in the whole. | `SomeTest` |")
                .contains("| TDE-8 | by comment. | `SomeTest.first` |")
                .contains("| S-20 | by name | `SomeTest.second` |")
                .contains("| TDE-10 | pages come back | `SomeTest.pagesComeBack` |")
                .doesNotContain("TDE-7");
    }
}
