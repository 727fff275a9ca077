package dev.strongroom.sql.function;

import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.PgArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions of text, names and bpchar. */
final class TextFunctions {
    private TextFunctions() {}

    static void define(Definitions to) {
        to.refLong("textlen", (String s) -> CodePoints.length(s));
        to.refLong("bpcharlen", (String s) -> CodePoints.length(s.substring(0, CodePoints.trimmedEnd(s))));
        to.refLong("textoctetlen", (String s) -> utf8Length(s));
        to.refLong("bpcharoctetlen", (String s) -> utf8Length(s));
        to.refLong("bit_length(text)", (String s) -> utf8Length(s) * 8L);
        to.refsRef("textcat", (String a, String b) -> a + b);
        to.general("textanycat(text,anynonarray)", (call, a) -> Arguments.text(a, 0) + asText(call, a, 1));
        to.general("anytextcat(anynonarray,text)", (call, a) -> asText(call, a, 0) + Arguments.text(a, 1));
        to.refRef("lower", (String s) -> Strings.lower(s));
        to.refRef("upper", (String s) -> Strings.upper(s));
        to.refRef("initcap", (String s) -> Strings.initialCapitals(s));
        to.refsLong("textpos", (String s, String piece) -> Strings.position(s, piece));
        to.refsLong("text_starts_with", (String s, String start) -> s.startsWith(start) ? 1 : 0);
        to.refRef("text_reverse", (String s) -> new StringBuilder(s).reverse().toString());
        pieces(to);
        trims(to);
        conversions(to);
        patterns(to);
        quoting(to);
        lists(to);
    }

    static long utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** An argument as its type prints it. */
    static String output(Call call, @Nullable Object[] arguments, int index) {
        return TypeCodecs.of(call.argumentTypes().get(index))
                .formatBoxed(Arguments.ref(arguments, index), call.session().typeContext());
    }

    /** An argument cast to text: differs from {@link #output} for truth values. */
    private static String asText(Call call, @Nullable Object[] arguments, int index) {
        return call.argumentTypes().get(index).equals(PgType.BOOL)
                ? Boolean.toString(Arguments.truth(arguments, index))
                : output(call, arguments, index);
    }

    private static void pieces(Definitions to) {
        to.general(
                "text_substr",
                (call, a) -> Strings.substring(Arguments.text(a, 0), Arguments.number(a, 1), Arguments.number(a, 2)));
        to.general(
                "text_substr_no_len",
                (call, a) ->
                        Strings.slice(Arguments.text(a, 0), Math.max(Arguments.number(a, 1), 1) - 1, Long.MAX_VALUE));
        to.general("text_left", (call, a) -> {
            String text = Arguments.text(a, 0);
            long count = Arguments.number(a, 1);
            return Strings.slice(text, 0, count >= 0 ? count : CodePoints.length(text) + count);
        });
        to.general("text_right", (call, a) -> {
            String text = Arguments.text(a, 0);
            long count = Arguments.number(a, 1);
            long from = count >= 0 ? CodePoints.length(text) - count : -count;
            return Strings.slice(text, Math.max(from, 0), Long.MAX_VALUE);
        });
        to.general(
                "lpad",
                (call, a) -> Strings.padLeft(Arguments.text(a, 0), Arguments.number(a, 1), Arguments.text(a, 2)));
        to.general("lpad(text,int4)", (call, a) -> Strings.padLeft(Arguments.text(a, 0), Arguments.number(a, 1), " "));
        to.general(
                "rpad",
                (call, a) -> Strings.padRight(Arguments.text(a, 0), Arguments.number(a, 1), Arguments.text(a, 2)));
        to.general("rpad(text,int4)", (call, a) -> Strings.padRight(Arguments.text(a, 0), Arguments.number(a, 1), " "));
        to.general("repeat", (call, a) -> Strings.repeat(Arguments.text(a, 0), Arguments.number(a, 1)));
        to.general("replace_text", (call, a) -> {
            String from = Arguments.text(a, 1);
            return from.isEmpty() ? Arguments.text(a, 0) : Arguments.text(a, 0).replace(from, Arguments.text(a, 2));
        });
        to.general(
                "translate",
                (call, a) -> Strings.translate(Arguments.text(a, 0), Arguments.text(a, 1), Arguments.text(a, 2)));
        to.general(
                "split_part",
                (call, a) -> Strings.splitPart(Arguments.text(a, 0), Arguments.text(a, 1), Arguments.number(a, 2)));
        to.general(
                "textoverlay",
                (call, a) -> Strings.overlay(
                        Arguments.text(a, 0), Arguments.text(a, 1), Arguments.number(a, 2), Arguments.number(a, 3)));
        to.general(
                "textoverlay_no_len",
                (call, a) -> Strings.overlay(
                        Arguments.text(a, 0),
                        Arguments.text(a, 1),
                        Arguments.number(a, 2),
                        CodePoints.length(Arguments.text(a, 1))));
    }

    private static void trims(Definitions to) {
        to.refsRef("btrim", (String s, String set) -> Strings.trim(s, set, true, true));
        to.refsRef("ltrim", (String s, String set) -> Strings.trim(s, set, true, false));
        to.refsRef("rtrim", (String s, String set) -> Strings.trim(s, set, false, true));
        to.refRef("btrim1", (String s) -> Strings.trim(s, " ", true, true));
        to.refRef("ltrim1", (String s) -> Strings.trim(s, " ", true, false));
        to.refRef("rtrim1", (String s) -> s.substring(0, CodePoints.trimmedEnd(s)));
    }

    private static void conversions(Definitions to) {
        to.refLong("ascii", (String s) -> s.isEmpty() ? 0 : s.codePointAt(0));
        to.longRef("chr", a -> {
            if (a == 0) {
                throw new DatabaseException(ErrorCode.PROGRAM_LIMIT_EXCEEDED, "null character not permitted");
            }
            if (a < 0 || a > Character.MAX_CODE_POINT || a >= 0xD800 && a <= 0xDFFF) {
                throw new DatabaseException(
                        ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                        "requested character " + (a < 0 ? "too small" : "too large for encoding: " + a));
            }
            return Character.toString((int) a);
        });
        to.longRef("to_hex32", a -> Integer.toHexString((int) a));
        to.longRef("to_hex64", Long::toHexString);
        to.refRef("name_text", (String s) -> s);
        to.refRef("text_name", (String s) -> clipName(s));
        to.refRef("bpchar_name", (String s) -> clipName(s.substring(0, CodePoints.trimmedEnd(s))));
        to.refRef("name_bpchar", (String s) -> s);
        to.refRef("text_char", (String s) -> s.isEmpty() ? "" : s.substring(0, 1));
        to.refRef("char_text", (String s) -> s);
        to.refLong("chartoi4", (String s) -> s.isEmpty() ? 0 : (byte) s.charAt(0));
        to.longRef("i4tochar", a -> {
            if (a < Byte.MIN_VALUE || a > Byte.MAX_VALUE) {
                throw new DatabaseException(ErrorCode.NUMERIC_VALUE_OUT_OF_RANGE, "\"char\" out of range");
            }
            return a == 0 ? "" : String.valueOf((char) (a & 0xFF));
        });
        to.refRef("char_bpchar", (String s) -> s);
        to.longRef("booltext", a -> a != 0 ? "true" : "false");
        to.general("bpchar", (call, a) -> fit(PgType.BPCHAR, a));
        to.general("varchar", (call, a) -> fit(PgType.VARCHAR, a));
    }

    /** Fits to a modifier; those that no declaration makes change nothing. */
    private static @Nullable Object fit(PgType type, @Nullable Object[] a) {
        int typmod = Arguments.integer(a, 1);
        return typmod < 5 || typmod > 10_485_764 ? a[0] : Typmods.applyBoxed(type, typmod, a[0], Arguments.truth(a, 2));
    }

    /** Names hold 63 bytes. */
    private static String clipName(String text) {
        String name = text;
        while (utf8Length(name) > 63) {
            name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
        }
        return name;
    }

    private static void patterns(Definitions to) {
        for (String type : new String[] {"text", "name"}) {
            to.refsLong(type + "like", (String s, String p) -> LikePattern.matches(s, p) ? 1 : 0);
            to.refsLong(type + "nlike", (String s, String p) -> LikePattern.matches(s, p) ? 0 : 1);
            to.refsLong(
                    type + "iclike",
                    (String s, String p) -> LikePattern.matches(Strings.lower(s), Strings.lower(p)) ? 1 : 0);
            to.refsLong(
                    type + "icnlike",
                    (String s, String p) -> LikePattern.matches(Strings.lower(s), Strings.lower(p)) ? 0 : 1);
        }
        to.refsRef("like_escape", (String pattern, String escape) -> LikePattern.withEscape(pattern, escape));
    }

    private static void quoting(Definitions to) {
        to.refRef("quote_ident", (String s) -> Identifiers.quote(s));
        to.refRef("quote_literal", (String s) -> Strings.quoteLiteral(s));
        to.general("quote_literal(anyelement)", (call, a) -> Strings.quoteLiteral(output(call, a, 0)));
        to.general("quote_nullable", (call, a) -> a[0] == null ? "NULL" : Strings.quoteLiteral(Arguments.text(a, 0)));
        to.general(
                "quote_nullable(anyelement)",
                (call, a) -> a[0] == null ? "NULL" : Strings.quoteLiteral(output(call, a, 0)));
        to.general("text_format", TextFunctions::format);
        to.general("text_format_nv", TextFunctions::format);
        to.general("text_concat", (call, a) -> {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < a.length; i++) {
                if (a[i] != null) {
                    all.append(output(call, a, i));
                }
            }
            return all.toString();
        });
        to.general("text_concat_ws", (call, a) -> {
            if (a[0] == null) {
                return null;
            }
            List<String> parts = new ArrayList<>();
            for (int i = 1; i < a.length; i++) {
                if (a[i] != null) {
                    parts.add(output(call, a, i));
                }
            }
            return String.join(Arguments.text(a, 0), parts);
        });
    }

    /** {@code format}: %s, %I, %L with position, minus flag and width. */
    private static @Nullable Object format(Call call, @Nullable Object[] a) {
        if (a[0] == null) {
            return null;
        }
        return new FormatString(call, a).run();
    }

    private static void lists(Definitions to) {
        to.general("text_to_array", (call, a) -> split(a, null));
        to.general("text_to_array_null", (call, a) -> split(a, (String) a[2]));
        to.general("array_to_text", (call, a) -> join(call, a, null));
        to.general("array_to_text_null", (call, a) -> join(call, a, (String) a[2]));
        to.set("text_to_table", (call, a) -> ArrayFunctions.elements(split(a, null)));
        to.set("text_to_table_null", (call, a) -> ArrayFunctions.elements(split(a, (String) a[2])));
    }

    private static @Nullable PgArray split(@Nullable Object[] a, @Nullable String nullText) {
        if (!(a[0] instanceof String text)) {
            return null;
        }
        if (text.isEmpty()) {
            return PgArray.empty(PgType.TEXT);
        }
        String[] parts;
        if (!(a[1] instanceof String delimiter)) {
            parts = text.codePoints().mapToObj(Character::toString).toArray(String[]::new);
        } else {
            parts = delimiter.isEmpty() ? new String[] {text} : Strings.split(text, delimiter);
        }
        @Nullable Object[] elements = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            elements[i] = parts[i].equals(nullText) ? null : parts[i];
        }
        return PgArray.of(PgType.TEXT, elements);
    }

    private static @Nullable String join(Call call, @Nullable Object[] a, @Nullable String nullText) {
        if (!(a[0] instanceof PgArray array) || !(a[1] instanceof String delimiter)) {
            return null;
        }
        List<String> parts = new ArrayList<>();
        for (Object element : array.elements()) {
            if (element != null) {
                parts.add(TypeCodecs.of(array.elementType())
                        .formatBoxed(element, call.session().typeContext()));
            } else if (nullText != null) {
                parts.add(nullText);
            }
        }
        return String.join(delimiter, parts);
    }
}
