package dev.strongroom.sql.parse;

import static org.assertj.core.api.Assertions.fail;

import dev.strongroom.common.error.DatabaseException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random text never makes the parser throw anything but its own error. */
class ParserFuzzTest {
    private static final String[] PIECES = {
        "select",
        "from",
        "where",
        "group",
        "by",
        "order",
        "limit",
        "(",
        ")",
        ",",
        ";",
        ".",
        "*",
        "=",
        "<",
        "+",
        "-",
        "::",
        "[",
        "]",
        ":",
        "'x'",
        "\"q\"",
        "1",
        "1.5",
        "$1",
        "a",
        "b",
        "t",
        "and",
        "or",
        "not",
        "in",
        "like",
        "between",
        "is",
        "null",
        "case",
        "when",
        "then",
        "end",
        "as",
        "join",
        "on",
        "left",
        "with",
        "recursive",
        "insert",
        "into",
        "values",
        "update",
        "set",
        "delete",
        "returning",
        "create",
        "table",
        "int",
        "primary",
        "key",
        "index",
        "view",
        "alter",
        "add",
        "column",
        "drop",
        "if",
        "exists",
        "copy",
        "stdin",
        "explain",
        "analyze",
        "begin",
        "savepoint",
        "to",
        "show",
        "grant",
        "revoke",
        "role",
        "database",
        "encryption",
        "master",
        "certificate",
        "use",
        "\nGO\n",
        "backup",
        "restore",
        "password",
        "interval",
        "date",
        "array",
        "row",
        "over",
        "partition",
        "filter",
        "lateral",
        "union",
        "all",
        "any",
        "some",
        "extract",
        "substring",
        "trim",
        "position",
        "||",
        "->>",
        "@>",
        "~",
        "E'\\n'",
        "$$x$$",
        "0x1f",
        "U&'a'",
        "--c\n",
        "/*c*/",
        "distinct",
        "for",
        "fetch",
        "first",
        "rows",
        "only",
        "default",
        "conflict",
        "do",
        "nothing",
        "using",
        "cast",
        "exists",
        "collate",
        "at",
        "time",
        "zone",
        "operator",
        "grouping",
        "sets",
        "rollup",
        "window",
        "declare",
        "cursor",
        "prepare",
        "execute"
    };

    @Test
    void randomTokensOnlyRaiseDatabaseErrors() {
        long seed = Long.getLong("strongroom.seed", 20261122L);
        SplittableRandom random = new SplittableRandom(seed);
        for (int run = 0; run < 60_000; run++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(25);
            for (int i = 0; i < length; i++) {
                text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextInt(6) == 0 ? "" : " ");
            }
            check(text.toString(), seed);
        }
    }

    @Test
    void randomCharactersOnlyRaiseDatabaseErrors() {
        long seed = Long.getLong("strongroom.seed", 20261123L);
        SplittableRandom random = new SplittableRandom(seed);
        String alphabet = "ab1'\"$\\EUx&.;:()[]-+*/<>=~!@#%^|?` \n\t\u00e9\u0000{}_,";
        for (int run = 0; run < 60_000; run++) {
            StringBuilder text = new StringBuilder("select ");
            int length = random.nextInt(20);
            for (int i = 0; i < length; i++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            check(text.toString(), seed);
        }
    }

    @SuppressWarnings("CatchAndPrintStackTrace")
    private static void check(String text, long seed) {
        try {
            SqlTextParser.parse(text);
        } catch (DatabaseException expected) {
            // the only way to fail
        } catch (RuntimeException | Error other) {
            fail("strongroom.seed=" + seed + " text: " + text, other);
        }
    }
}
