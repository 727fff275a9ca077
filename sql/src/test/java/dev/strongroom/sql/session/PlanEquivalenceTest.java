package dev.strongroom.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same random queries planned in different ways give the same rows: joins reordered or not, queries decorrelated or not. */
final class PlanEquivalenceTest {
    private static final int QUERIES = 100;
    private static final String[] TABLES = {"r", "s", "t"};

    private final TestingServer server = new TestingServer();
    private final TestingServer.Client client = server.connect();
    private SplittableRandom random = new SplittableRandom();

    @BeforeEach
    void tables() {
        for (String table : TABLES) {
            client.run("create table " + table + " (k int primary key, a int, b int8, c text, d numeric)");
            client.run("create index " + table + "_a on " + table + " (a)");
        }
        client.run(
                "insert into r select g, nullif(g % 7, 0), g % 5, 'c' || g % 3, g % 4 from generate_series(1, 40) g");
        client.run(
                "insert into s select g, nullif(g % 4, 3), g % 9, 'c' || g % 5, g % 3 from generate_series(1, 25) g");
        client.run(
                "insert into t select g, nullif(g % 11, 5), null, nullif('c' || g % 2, 'c1'), g from generate_series(1, 12) g");
        client.run("analyze");
    }

    @Test
    void everyWayToPlanGivesTheSameRows() {
        long seed = Long.getLong("strongroom.seed", System.identityHashCode(this) * 31L + random.nextLong());
        random = new SplittableRandom(seed);
        List<String> wrong = new ArrayList<>();
        int rows = 0;
        for (int i = 0; i < QUERIES; i++) {
            String query = query();
            List<String> expected = answer(query, "off", 1);
            rows += expected.size();
            for (String decorrelation : List.of("by_cost", "always")) {
                List<String> actual = answer(query, decorrelation, 8);
                if (!actual.equals(expected)) {
                    wrong.add(decorrelation + ": " + query + "\n  got  " + actual + "\n  want " + expected);
                }
            }
        }
        assertThat(wrong).as("seed %d (-Dstrongroom.seed=%d)", seed, seed).isEmpty();
        assertThat(rows).as("rows compared").isGreaterThan(QUERIES);
    }

    private List<String> answer(String query, String decorrelation, int collapse) {
        client.run("set strongroom.decorrelation = " + decorrelation);
        client.run("set join_collapse_limit = " + collapse);
        List<String> rows = new ArrayList<>(client.query(query));
        rows.sort(String::compareTo);
        return rows;
    }

    private String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String query() {
        int relations = 1 + random.nextInt(4);
        StringBuilder from = new StringBuilder();
        List<String> aliases = new ArrayList<>();
        for (int i = 0; i < relations; i++) {
            String alias = "x" + i;
            String table = one(TABLES) + " " + alias;
            if (i == 0) {
                from.append(table);
            } else {
                String kind = one(" join ", " join ", " join ", " left join ", " right join ", " full join ");
                from.append(kind).append(table).append(" on ").append(joinCondition(alias, aliases));
            }
            aliases.add(alias);
        }
        StringBuilder where = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            where.append(where.isEmpty() ? " where " : one(" and ", " and ", " or "))
                    .append(condition(aliases));
        }
        String some = column(aliases);
        return switch (random.nextInt(4)) {
            case 0 ->
                "select " + some + ", count(*), sum(" + number(aliases) + ") from " + from + where + " group by "
                        + some;
            case 1 -> "select distinct " + some + ", " + column(aliases) + " from " + from + where;
            case 2 -> "select " + some + ", " + scalar(aliases) + " from " + from + where;
            default -> "select * from " + from + where;
        };
    }

    private String joinCondition(String alias, List<String> others) {
        String other = others.get(random.nextInt(others.size()));
        String first = one("k", "a", "b");
        String equality = alias + "." + first + " = " + other + "." + one("k", "a", "b");
        return random.nextInt(4) == 0 ? equality + " and " + alias + ".k > " + random.nextInt(20) : equality;
    }

    private String column(List<String> aliases) {
        return aliases.get(random.nextInt(aliases.size())) + "." + one("k", "a", "b", "c", "d");
    }

    private String number(List<String> aliases) {
        return aliases.get(random.nextInt(aliases.size())) + "." + one("k", "a", "b", "d");
    }

    private String condition(List<String> aliases) {
        String number = number(aliases);
        int value = random.nextInt(12);
        return switch (random.nextInt(10)) {
            case 0 -> number + " = " + value;
            case 1 -> number + " between " + value + " and " + (value + 9);
            case 2 -> number + " is " + one("", "not ") + "null";
            case 3 -> aliases.getFirst() + ".c = 'c" + random.nextInt(3) + "'";
            case 4 -> one("", "not ") + "exists (select 1 from " + inner(aliases) + ")";
            case 5 ->
                number + one(" in ", " not in ") + "(select " + one("y.a", "y.k", "y.b") + " from " + inner(aliases)
                        + ")";
            case 6 -> number + one(" < ", " = ", " >= ") + scalar(aliases);
            case 7 -> number + " in (1, 2, " + value + ")";
            case 8 -> aliases.getFirst() + ".k < " + (value + 10);
            default -> "coalesce(" + number + ", 3) " + one("<", ">", "=") + " " + value;
        };
    }

    private String inner(List<String> aliases) {
        String where = random.nextInt(4) == 0
                ? ""
                : " where y." + one("k", "a", "b") + one(" = ", " = ", " < ") + number(aliases);
        String more =
                random.nextInt(3) == 0 ? (where.isEmpty() ? " where " : " and ") + "y.k > " + random.nextInt(15) : "";
        return one(TABLES) + " y" + where + more;
    }

    private String scalar(List<String> aliases) {
        String value = one(
                "max(y.k)", "sum(y.a)", "count(*)", "avg(y.d) + 1", "min(y.b)", "coalesce(sum(y.k), 0)", "count(y.a)");
        return "(select " + value + " from " + inner(aliases) + ")";
    }
}
