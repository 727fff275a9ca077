package dev.strongroom.sql.function;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.sql.execute.Invocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Compares every scalar function with what PostgreSQL 15 answered. A line of the resource holds the function's OID, its
 * arguments and the answer, tab separated: {@code =text}, {@code NULL}, or {@code !SQLSTATE}. Calls we answer otherwise, all of
 * them at the edge of what makes sense, are listed in a second resource.
 */
class FunctionAnswersTest {
    private final SessionContext session = new TestingSession();

    @Test
    void functionsAnswerAsPostgresDoes() throws IOException {
        List<String> wrong = new ArrayList<>();
        int checked = 0;
        Set<String> known = new HashSet<>(lines("known-differences.tsv"));
        for (String line : lines("function-answers.tsv")) {
            String[] fields = line.split("\t", -1);
            FunctionSignature function = FunctionRegistry.builtIn()
                    .function(Integer.parseInt(fields[0]))
                    .orElse(null);
            if (function == null) {
                continue;
            }
            checked++;
            String expected = fields[fields.length - 1];
            String actual = answer(function, fields);
            if (same(expected, actual) == known.contains(line)) {
                wrong.add((known.contains(line) ? "no longer different: " : "") + function + " " + line + " -> "
                        + actual);
            }
        }
        assertThat(wrong).as("of %d answers", checked).isEmpty();
        assertThat(checked).isGreaterThan(5000);
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = FunctionAnswersTest.class.getResourceAsStream(resource);
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    private static boolean same(String expected, String actual) {
        if (expected.equals(actual)) {
            return true;
        }
        try {
            double a = Double.parseDouble(expected.substring(1));
            double b = Double.parseDouble(actual.substring(1));
            boolean integral = !expected.contains(".") && !expected.contains("e");
            return !integral && Math.abs(a - b) <= Math.abs(a) * 1e-14;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private String answer(FunctionSignature function, String[] fields) {
        try {
            List<PgType> types = new ArrayList<>();
            Object[] arguments = new Object[function.arguments().size()];
            for (int i = 0; i < arguments.length; i++) {
                PgType type = actual(function.arguments().get(i));
                types.add(type);
                String text = fields[i + 1];
                arguments[i] = text.equals("NULL")
                        ? null
                        : TypeCodecs.of(type).parseBoxed(text.substring(1), session.typeContext());
            }
            PgType result = actual(function.result());
            Object value = Invocation.call(function, new Call(session, types, result), arguments);
            return value == null ? "NULL" : "=" + text(result, value);
        } catch (DatabaseException e) {
            return "!" + e.report().code().sqlState();
        } catch (RuntimeException | AssertionError e) {
            return "crash " + e + " at " + e.getStackTrace()[0];
        }
    }

    private String text(PgType type, Object value) {
        if (type.equals(PgType.BOOL)) {
            return (Long) value != 0 ? "true" : "false";
        }
        String text = TypeCodecs.of(type).formatBoxed(value, session.typeContext());
        return type.equals(PgType.BPCHAR) ? text.substring(0, CodePoints.trimmedEnd(text)) : text;
    }

    /** The polymorphic arguments of the recorded calls are integers. */
    private static PgType actual(PgType type) {
        return switch (type.name()) {
            case "anyarray", "anycompatiblearray" -> PgType.byName("_int4").orElseThrow();
            case "anyelement", "anycompatible", "anynonarray", "anycompatiblenonarray" -> PgType.INT4;
            case "any" -> PgType.TEXT;
            default -> type;
        };
    }
}
