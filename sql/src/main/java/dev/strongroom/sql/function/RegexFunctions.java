package dev.strongroom.sql.function;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.PgArray;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Regular expression operators and functions. */
final class RegexFunctions {
    private RegexFunctions() {}

    static void define(Definitions to) {
        for (String type : new String[] {"text", "name"}) {
            to.general(type + "regexeq", (call, a) -> found(call, a, "") ? 1L : 0L);
            to.general(type + "regexne", (call, a) -> found(call, a, "") ? 0L : 1L);
            to.general(type + "icregexeq", (call, a) -> found(call, a, "i") ? 1L : 0L);
            to.general(type + "icregexne", (call, a) -> found(call, a, "i") ? 0L : 1L);
        }
        to.general("textregexsubstr", (call, a) -> substring(call, Arguments.text(a, 0), Arguments.text(a, 1)));
        to.general("substring(text,text,text)", (call, a) -> {
            String pattern = similarSubstring(Arguments.text(a, 1), Arguments.text(a, 2));
            return substring(call, Arguments.text(a, 0), pattern);
        });
        to.refRef("similar_to_escape_1", (String p) -> RegularExpressions.similarTo(p, "\\"));
        to.refsRef("similar_to_escape_2", (String p, String e) -> RegularExpressions.similarTo(p, e));
        to.refsRef("similar_escape", (String p, String e) -> RegularExpressions.similarTo(p, e));
        to.general("regexp_match_no_flags", (call, a) -> match(call, a, ""));
        to.general("regexp_match", (call, a) -> {
            if (flags(a, 2).contains("g")) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "regexp_match() does not support the \"global\" option");
            }
            return match(call, a, flags(a, 2));
        });
        to.set("regexp_matches_no_flags", (call, a) -> matches(call, a, ""));
        to.set("regexp_matches", (call, a) -> matches(call, a, flags(a, 2)));
        to.general(
                "regexp_split_to_array_no_flags", (call, a) -> PgArray.of(PgType.TEXT, (Object[]) split(call, a, "")));
        to.general(
                "regexp_split_to_array", (call, a) -> PgArray.of(PgType.TEXT, (Object[]) split(call, a, flags(a, 2))));
        to.set("regexp_split_to_table_no_flags", (call, a) -> rows(split(call, a, "")));
        to.set("regexp_split_to_table", (call, a) -> rows(split(call, a, flags(a, 2))));
        to.general("regexp_like_no_flags", (call, a) -> found(call, a, "") ? 1L : 0L);
        to.general("regexp_like", (call, a) -> found(call, a, flags(a, 2)) ? 1L : 0L);
        replaces(to);
        counts(to);
    }

    private static String flags(@Nullable Object[] a, int index) {
        return Arguments.text(a, index);
    }

    /** Matches the second argument against the first. */
    private static RegexMatcher matcher(Call call, @Nullable Object[] a, String flags) {
        return new RegexMatcher(call, Arguments.text(a, 0), Arguments.text(a, 1), flags);
    }

    private static boolean found(Call call, @Nullable Object[] a, String flags) {
        return matcher(call, a, flags).find();
    }

    private static @Nullable String substring(Call call, String text, String pattern) {
        RegexMatcher matcher = new RegexMatcher(call, text, pattern, "");
        if (!matcher.find()) {
            return null;
        }
        return matcher.groupCount() > 0 ? matcher.group(1) : matcher.group();
    }

    /** {@code SUBSTRING(x SIMILAR pattern ESCAPE e)}: the part between two escape-double-quotes. */
    private static String similarSubstring(String pattern, String escape) {
        String separator = escape + "\"";
        String[] parts = Strings.split(pattern, separator);
        if (parts.length != 3) {
            return RegularExpressions.similarTo(pattern, escape);
        }
        return "^" + inner(parts[0], escape) + "(" + inner(parts[1], escape) + ")" + inner(parts[2], escape) + "$";
    }

    private static String inner(String pattern, String escape) {
        String whole = RegularExpressions.similarTo(pattern, escape);
        return whole.substring(1, whole.length() - 1);
    }

    private static @Nullable PgArray match(Call call, @Nullable Object[] a, String flags) {
        RegexMatcher matcher = matcher(call, a, flags);
        return matcher.find() ? groups(matcher) : null;
    }

    private static PgArray groups(RegexMatcher matcher) {
        if (matcher.groupCount() == 0) {
            return PgArray.of(PgType.TEXT, matcher.group());
        }
        @Nullable Object[] groups = new Object[matcher.groupCount()];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = matcher.group(i + 1);
        }
        return PgArray.of(PgType.TEXT, groups);
    }

    private static SetCode.Rows matches(Call call, @Nullable Object[] a, String flags) {
        RegexMatcher matcher = matcher(call, a, flags);
        boolean global = flags.contains("g");
        boolean[] done = {false};
        return row -> {
            if (done[0] || !matcher.find()) {
                return false;
            }
            done[0] = !global;
            row.setRef(0, groups(matcher));
            return true;
        };
    }

    private static String[] split(Call call, @Nullable Object[] a, String flags) {
        String text = Arguments.text(a, 0);
        RegexMatcher matcher = matcher(call, a, flags);
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (matcher.find()) {
            boolean empty = matcher.end() == matcher.start();
            if (empty && (matcher.start() == from || matcher.start() == text.length())) {
                if (matcher.start() == from && from < text.length() && from > 0) {
                    continue;
                }
                continue;
            }
            parts.add(text.substring(from, matcher.start()));
            from = matcher.end();
        }
        parts.add(text.substring(from));
        return parts.toArray(String[]::new);
    }

    private static SetCode.Rows rows(String[] parts) {
        return ArrayFunctions.elements(PgArray.of(PgType.TEXT, (Object[]) parts));
    }

    private static void replaces(Definitions to) {
        to.general("textregexreplace_noopt", (call, a) -> replace(call, a, Arguments.text(a, 2), 1, 1, ""));
        to.general("textregexreplace", (call, a) -> {
            String flags = flags(a, 3);
            return replace(call, a, Arguments.text(a, 2), 1, flags.contains("g") ? 0 : 1, flags);
        });
        to.general(
                "textregexreplace_extended_no_n",
                (call, a) -> replace(call, a, Arguments.text(a, 2), Arguments.integer(a, 3), 1, ""));
        to.general(
                "textregexreplace_extended_no_flags",
                (call, a) ->
                        replace(call, a, Arguments.text(a, 2), Arguments.integer(a, 3), Arguments.integer(a, 4), ""));
        to.general(
                "textregexreplace_extended",
                (call, a) -> replace(
                        call, a, Arguments.text(a, 2), Arguments.integer(a, 3), Arguments.integer(a, 4), flags(a, 5)));
    }

    /**
     * Replaces matches.
     *
     * @param only number of the match to replace, 0 for all
     */
    private static String replace(
            Call call, @Nullable Object[] a, String replacement, int start, int only, String flags) {
        if (only < 0) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "invalid value for parameter \"n\": " + only);
        }
        String text = Arguments.text(a, 0);
        RegexMatcher matcher = matcher(call, a, flags).from(offset(text, start));
        StringBuilder result = new StringBuilder(text.length());
        int from = 0;
        int number = 0;
        while (matcher.find()) {
            number++;
            if (only != 0 && number != only) {
                continue;
            }
            result.append(text, from, matcher.start());
            appendReplacement(result, replacement, matcher);
            from = matcher.end();
            if (only != 0) {
                break;
            }
        }
        return result.append(text, from, text.length()).toString();
    }

    private static int offset(String text, int start) {
        if (start < 1) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "invalid value for parameter \"start\": " + start);
        }
        int characters = text.codePointCount(0, text.length());
        return start > characters ? text.length() : text.offsetByCodePoints(0, start - 1);
    }

    private static void appendReplacement(StringBuilder result, String replacement, RegexMatcher matcher) {
        for (int i = 0; i < replacement.length(); i++) {
            char c = replacement.charAt(i);
            if (c != '\\' || i + 1 == replacement.length()) {
                result.append(c);
                continue;
            }
            char next = replacement.charAt(++i);
            if (next == '&') {
                result.append(matcher.group());
            } else if (next >= '1' && next <= '9') {
                int group = next - '0';
                String value = group <= matcher.groupCount() ? matcher.group(group) : null;
                result.append(value == null ? "" : value);
            } else if (next == '\\') {
                result.append('\\');
            } else {
                result.append('\\').append(next);
            }
        }
    }

    private static void counts(Definitions to) {
        to.general("regexp_count_no_start", (call, a) -> count(call, a, 1, ""));
        to.general("regexp_count_no_flags", (call, a) -> count(call, a, Arguments.integer(a, 2), ""));
        to.general("regexp_count", (call, a) -> count(call, a, Arguments.integer(a, 2), flags(a, 3)));
        for (String name : new String[] {"_no_start", "_no_n", "_no_flags", "_no_subexpr", ""}) {
            to.general(
                    "regexp_substr" + name,
                    (call, a) -> nth(
                            call,
                            a,
                            integer(a, 2, 1),
                            integer(a, 3, 1),
                            a.length > 4 ? flags(a, 4) : "",
                            integer(a, 5, 0),
                            null));
        }
        for (String name : new String[] {"_no_start", "_no_n", "_no_endoption", "_no_flags", "_no_subexpr", ""}) {
            to.general(
                    "regexp_instr" + name,
                    (call, a) -> nth(
                            call,
                            a,
                            integer(a, 2, 1),
                            integer(a, 3, 1),
                            a.length > 5 ? flags(a, 5) : "",
                            integer(a, 6, 0),
                            integer(a, 4, 0)));
        }
    }

    private static int integer(@Nullable Object[] a, int index, int otherwise) {
        return index < a.length ? Arguments.integer(a, index) : otherwise;
    }

    private static long count(Call call, @Nullable Object[] a, int start, String flags) {
        String text = Arguments.text(a, 0);
        RegexMatcher matcher = matcher(call, a, flags);
        long count = 0;
        for (boolean found = matcher.find(offset(text, start)); found; found = matcher.find()) {
            count++;
        }
        return count;
    }

    /** The n-th match's text, or its position where {@code endOption} is given. */
    private static @Nullable Object nth(
            Call call, @Nullable Object[] a, int start, int n, String flags, int group, @Nullable Integer endOption) {
        if (n <= 0) {
            throw new DatabaseException(ErrorCode.INVALID_PARAMETER_VALUE, "invalid value for parameter \"n\": " + n);
        }
        String text = Arguments.text(a, 0);
        RegexMatcher matcher = matcher(call, a, flags);
        boolean found = matcher.find(offset(text, start));
        for (int i = 1; found && i < n; i++) {
            found = matcher.find();
        }
        boolean there = found && group <= matcher.groupCount() && matcher.start(group) >= 0;
        if (endOption == null) {
            return there ? matcher.group(group) : null;
        }
        if (!there) {
            return 0L;
        }
        int at = endOption == 1 ? matcher.end(group) : matcher.start(group);
        return text.codePointCount(0, at) + 1L;
    }
}
