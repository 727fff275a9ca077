package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Type names (gram.y: Typename). SQL's spellings become pg_catalog names. */
final class TypeParser {
    private static final Map<String, String> PLAIN = Map.of(
            "int", "int4",
            "integer", "int4",
            "smallint", "int2",
            "bigint", "int8",
            "real", "float4",
            "boolean", "bool");

    /** PostgreSQL's interval range masks (timestamp.h INTERVAL_MASK of the DTK fields). */
    private static final int YEAR = 1 << 2;

    private static final int MONTH = 1 << 1;
    private static final int DAY = 1 << 3;
    private static final int HOUR = 1 << 10;
    private static final int MINUTE = 1 << 11;
    private static final int SECOND = 1 << 12;

    private final TokenStream tokens;

    TypeParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** A full type, arrays included. */
    TypeName type() {
        if (tokens.at("setof")) {
            throw TokenStream.unsupported("SETOF", tokens.position());
        }
        TypeName simple = simpleType();
        int dimensions = 0;
        if (tokens.accept("array")) {
            dimensions = 1;
            if (tokens.accept("[")) {
                tokens.integer();
                tokens.expect("]");
            }
        } else {
            while (tokens.at("[")) {
                tokens.next();
                if (tokens.atInteger()) {
                    tokens.integer();
                }
                tokens.expect("]");
                dimensions++;
            }
        }
        return dimensions == 0 ? simple : simple.withArrayDimensions(dimensions);
    }

    /** A type without array brackets. */
    TypeName simpleType() {
        TypeName special = specialType();
        if (special != null) {
            return special;
        }
        Token first = tokens.peek();
        int position = tokens.position();
        boolean qualified = tokens.at(1, ".");
        if (!(qualified
                ? TokenStream.isColumnId(first) || TokenStream.isTypeFunctionName(first)
                : TokenStream.isTypeFunctionName(first))) {
            throw tokens.unexpected();
        }
        List<String> parts = new ArrayList<>(2);
        parts.add(tokens.next().text());
        while (tokens.accept(".")) {
            parts.add(tokens.label());
        }
        return new TypeName(parts, modifiers(), 0, position);
    }

    /** A type with a spelling of its own; null, with nothing taken, if the next token starts none. */
    @Nullable
    TypeName specialType() {
        Token token = tokens.peek();
        if (token.kind() != Kind.WORD || token.keyword() == null) {
            return null;
        }
        int position = tokens.position();
        String plain = PLAIN.get(token.text());
        if (plain != null) {
            tokens.next();
            return TypeName.system(plain, position);
        }
        return switch (token.text()) {
            case "float" -> floatType(position);
            case "double" -> {
                if (!tokens.at(1, "precision")) {
                    yield null;
                }
                tokens.expect("double", "precision");
                yield TypeName.system("float8", position);
            }
            case "decimal", "dec", "numeric" -> {
                tokens.next();
                yield system("numeric", modifiers(), position);
            }
            case "character", "char", "nchar", "national", "varchar" -> characterType(token.text(), position);
            case "bit" -> {
                tokens.next();
                boolean varying = tokens.accept("varying");
                List<Integer> length = modifiers();
                yield system(varying ? "varbit" : "bit", varying || !length.isEmpty() ? length : List.of(1), position);
            }
            case "timestamp" -> timeType("timestamp", position);
            case "time" -> timeType("time", position);
            case "interval" -> {
                tokens.next();
                yield intervalType(position);
            }
            default -> null;
        };
    }

    private TypeName floatType(int position) {
        tokens.next();
        String name = "float8";
        if (tokens.accept("(")) {
            int at = tokens.position();
            int precision = tokens.integer();
            tokens.expect(")");
            if (precision < 1) {
                throw TokenStream.syntaxError("precision for type float must be at least 1 bit", at);
            }
            if (precision > 53) {
                throw TokenStream.syntaxError("precision for type float must be less than 54 bits", at);
            }
            name = precision <= 24 ? "float4" : "float8";
        }
        return TypeName.system(name, position);
    }

    private TypeName characterType(String word, int position) {
        tokens.next();
        boolean varying = word.equals("varchar");
        if (word.equals("national") && !tokens.accept("character")) {
            tokens.expect("char");
        }
        varying |= tokens.accept("varying");
        List<Integer> length = modifiers();
        if (varying) {
            return system("varchar", length, position);
        }
        return system("bpchar", length.isEmpty() ? List.of(1) : length, position);
    }

    private TypeName timeType(String name, int position) {
        tokens.next();
        List<Integer> precision = modifiers();
        boolean zone = false;
        if (tokens.atWords("with", "time")) {
            tokens.expect("with", "time", "zone");
            zone = true;
        } else if (tokens.atWords("without", "time")) {
            tokens.expect("without", "time", "zone");
        }
        return system(zone ? name + "tz" : name, precision, position);
    }

    private TypeName intervalType(int position) {
        if (tokens.at("(")) {
            List<Integer> precision = modifiers();
            return system("interval", List.of(TypeName.FULL_RANGE, precision.get(0)), position);
        }
        List<Integer> range = intervalRange();
        return system("interval", range, position);
    }

    /** Fields behind INTERVAL or behind an interval literal, as type modifiers; empty without. */
    List<Integer> intervalRange() {
        if (tokens.accept("year")) {
            if (tokens.accept("to")) {
                tokens.expect("month");
                return List.of(YEAR | MONTH);
            }
            return List.of(YEAR);
        }
        if (tokens.accept("month")) {
            return List.of(MONTH);
        }
        if (tokens.accept("day")) {
            if (tokens.accept("to")) {
                if (tokens.accept("hour")) {
                    return List.of(DAY | HOUR);
                }
                if (tokens.accept("minute")) {
                    return List.of(DAY | HOUR | MINUTE);
                }
                return seconds(DAY | HOUR | MINUTE);
            }
            return List.of(DAY);
        }
        if (tokens.accept("hour")) {
            if (tokens.accept("to")) {
                if (tokens.accept("minute")) {
                    return List.of(HOUR | MINUTE);
                }
                return seconds(HOUR | MINUTE);
            }
            return List.of(HOUR);
        }
        if (tokens.accept("minute")) {
            if (tokens.accept("to")) {
                return seconds(MINUTE);
            }
            return List.of(MINUTE);
        }
        return tokens.at("second") ? seconds(0) : List.of();
    }

    private List<Integer> seconds(int mask) {
        tokens.expect("second");
        List<Integer> precision = modifiers();
        return precision.isEmpty() ? List.of(mask | SECOND) : List.of(mask | SECOND, precision.get(0));
    }

    /** {@code (1, 2)} as integers; empty without. */
    List<Integer> modifiers() {
        if (!tokens.accept("(")) {
            return List.of();
        }
        List<Integer> values = new ArrayList<>(2);
        do {
            values.add(
                    Math.toIntExact(Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, tokens.signedInteger()))));
        } while (tokens.accept(","));
        tokens.expect(")");
        return values;
    }

    private static TypeName system(String name, List<Integer> modifiers, int position) {
        return new TypeName(List.of("pg_catalog", name), modifiers, 0, position);
    }
}
