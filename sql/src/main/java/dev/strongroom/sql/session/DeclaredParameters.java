package dev.strongroom.sql.session;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.validate.TypeResolver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A declaration of parameters (AE-102): {@code int4, varchar(20)}, {@code $1 int4, $3 text} or {@code @id int4, @ssn text}.
 *
 * @param types hint of each parameter; null leaves it open, as does a type that is not known here
 * @param names {@code @name} of each, if they have names; else empty
 */
record DeclaredParameters(List<@Nullable PgType> types, List<String> names) {
    static final DeclaredParameters NONE = new DeclaredParameters(List.of(), List.of());

    private static final Pattern NAMED = Pattern.compile("(?:\\$(\\d{1,5})|(@\\w+))\\s+(.*)", Pattern.DOTALL);

    DeclaredParameters {
        types = Collections.unmodifiableList(new ArrayList<>(types));
        names = List.copyOf(names);
    }

    static DeclaredParameters of(@Nullable String declaration) {
        if (declaration == null || declaration.isBlank()) {
            return NONE;
        }
        Map<String, Optional<PgType>> known = new HashMap<>();
        List<@Nullable PgType> types = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String part : betweenCommas(declaration)) {
            String type = part.strip();
            int index = types.size();
            Matcher named = NAMED.matcher(type);
            if (named.matches()) {
                type = named.group(3);
                index = named.group(1) == null ? index : Math.max(Integer.parseInt(named.group(1)), 1) - 1;
                if (named.group(2) != null) {
                    names.add(named.group(2));
                }
            }
            while (types.size() <= index) {
                types.add(null);
            }
            types.set(
                    index, known.computeIfAbsent(type, DeclaredParameters::type).orElse(null));
        }
        return new DeclaredParameters(types, names);
    }

    boolean isEmpty() {
        return types.isEmpty();
    }

    private static Optional<PgType> type(String name) {
        try {
            return name.isEmpty() || name.equals("0")
                    ? Optional.empty()
                    : Optional.of(
                            TypeResolver.resolve(SqlTextParser.parseType(name)).pgType());
        } catch (DatabaseException unknown) {
            return Optional.empty();
        }
    }

    /** The parts between commas that are not in parentheses; lists are as long as a statement has parameters. */
    private static List<String> betweenCommas(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < list.length(); i++) {
            char c = list.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth <= 0) {
                parts.add(list.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(list.substring(from));
        return parts;
    }
}
