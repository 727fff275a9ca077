package dev.strongroom.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Set;
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
                    @DisplayName(
                            "AE-3, S-20: by"
                                    + " list")
                    void second(X x) {}

                    /** S-21. */
                    @Test
                    void keyIsAPointerToAStore() {}
                }
                """, table);
        List<RequirementsTable.Requirement> requirements = List.of(
                requirement(5, RequirementsTable.Kind.MUST),
                requirement(7, RequirementsTable.Kind.MUST),
                requirement(8, RequirementsTable.Kind.GUARD),
                requirement(9, RequirementsTable.Kind.MANUAL),
                requirement(11, RequirementsTable.Kind.MANUAL),
                requirement(12, RequirementsTable.Kind.MANUAL),
                requirement(13, RequirementsTable.Kind.LATER),
                new RequirementsTable.Requirement(
                        new RequirementsTable.Number("AE", 3), RequirementsTable.Kind.MUST, "nowhere readable"),
                new RequirementsTable.Requirement(
                        new RequirementsTable.Number("B", 2), RequirementsTable.Kind.MUST, "one call"),
                new RequirementsTable.Requirement(
                        new RequirementsTable.Number("B", 14), RequirementsTable.Kind.LATER, "bound cells"));
        assertThat(RequirementsTable.print(requirements, table, Set.of(new RequirementsTable.Number("TDE", 11))))
                .contains("| TDE-5 | must | name 5 | `SomeTest` |")
                .contains("| TDE-7 | must | name 7 | **missing** |")
                .contains("| TDE-8 | guard | name 8 | `SomeTest.first` |")
                .contains("| TDE-9 | manual | name 9 | `SomeTest.pagesComeBack` |")
                .contains("| TDE-11 | manual | name 11 | manual |")
                .contains("| TDE-12 | manual | name 12 | **missing** |")
                .contains("| TDE-13 | later | name 13 |  |")
                .contains("2 of 3 requirements have a test. Missing: TDE-7, TDE-12.")
                .contains("| AE-3 | must | nowhere readable | `SomeTest.second` |")
                .contains("| B-2 | must | one call | **missing** |")
                .contains("| B-14 | later | bound cells |  |")
                .contains("1 of 2 requirements have a test. Missing: B-2.")
                .contains("| S-20 | by list | `SomeTest.second` |")
                .contains("| S-21 | key is a pointer to a store | `SomeTest.keyIsAPointerToAStore` |");
    }

    private static RequirementsTable.Requirement requirement(int number, RequirementsTable.Kind kind) {
        return new RequirementsTable.Requirement(new RequirementsTable.Number("TDE", number), kind, "name " + number);
    }

    @Test
    void everyRequirementIsListedOnce() throws IOException {
        List<RequirementsTable.Requirement> all = RequirementsTable.requirements();
        assertThat(all).hasSizeGreaterThan(320);
        assertThat(all.stream().map(RequirementsTable.Requirement::number))
                .doesNotHaveDuplicates()
                .isSorted();
    }
}
