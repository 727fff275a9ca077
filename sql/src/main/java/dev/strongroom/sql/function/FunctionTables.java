package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the resource tables and joins them with the code. Columns, tab separated:
 *
 * <pre>
 * functions.tsv  oid name kind variadic strict retset volatility result arguments defaults prosrc all-types modes names
 *                aggregate-kind direct-arguments
 * operators.tsv  oid name left right result function commutator negator
 * casts.tsv      from to function context method oid
 * </pre>
 */
final class FunctionTables {
    private final Definitions definitions = new Definitions();
    private final Set<String> used = new HashSet<>();

    private FunctionTables() {}

    static FunctionRegistry load() {
        return new FunctionTables().read();
    }

    private FunctionRegistry read() {
        BuiltInFunctions.define(definitions);
        Map<Integer, FunctionSignature> functions = new HashMap<>();
        List<FunctionSignature> ordered = new ArrayList<>();
        for (String table : new String[] {"functions.tsv", "own-functions.tsv"}) {
            for (String[] line : lines(table)) {
                FunctionSignature function = function(line);
                if (function != null) {
                    functions.put(function.oid(), function);
                    ordered.add(function);
                }
            }
        }
        Set<String> unknown = new TreeSet<>(definitions.all().keySet());
        unknown.removeAll(used);
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("no function has the sources or signatures " + unknown);
        }
        List<OperatorSignature> operators = new ArrayList<>();
        for (String table : new String[] {"operators.tsv", "own-operators.tsv"}) {
            for (String[] line : lines(table)) {
                FunctionSignature function = functions.get(Integer.parseInt(line[5]));
                if (function != null) {
                    operators.add(operator(line, function));
                }
            }
        }
        return new FunctionRegistry(ordered, operators, casts(functions));
    }

    private static OperatorSignature operator(String[] line, FunctionSignature function) {
        return new OperatorSignature(
                Integer.parseInt(line[0]),
                line[1],
                PgType.byOid(Integer.parseInt(line[2])).orElse(null),
                type(line[3]),
                type(line[4]),
                Integer.parseInt(line[6]),
                Integer.parseInt(line[7]),
                function);
    }

    private static List<CastSignature> casts(Map<Integer, FunctionSignature> functions) {
        List<CastSignature> casts = new ArrayList<>();
        for (String[] line : lines("casts.tsv")) {
            FunctionSignature function = functions.get(Integer.parseInt(line[2]));
            CastSignature.Method method = switch (line[4]) {
                case "f" -> CastSignature.Method.FUNCTION;
                case "i" -> CastSignature.Method.INPUT_OUTPUT;
                default -> CastSignature.Method.BINARY;
            };
            if (method == CastSignature.Method.FUNCTION && function == null) {
                continue;
            }
            CastSignature.Context context = switch (line[3]) {
                case "i" -> CastSignature.Context.IMPLICIT;
                case "a" -> CastSignature.Context.ASSIGNMENT;
                default -> CastSignature.Context.EXPLICIT;
            };
            casts.add(new CastSignature(
                    Integer.parseInt(line[5]), type(line[0]), type(line[1]), context, method, function));
        }
        return casts;
    }

    private @Nullable FunctionSignature function(String[] line) {
        List<PgType> arguments = types(line[8]);
        FunctionCode code = code(line[10], line[1], arguments);
        if (code == null) {
            return null;
        }
        FunctionKind kind = switch (line[2]) {
            case "a" -> FunctionKind.AGGREGATE;
            case "w" -> FunctionKind.WINDOW;
            default -> line[5].equals("1") ? FunctionKind.SET_RETURNING : FunctionKind.SCALAR;
        };
        List<String> names = words(line[13]);
        return new FunctionSignature(
                Integer.parseInt(line[0]),
                line[1],
                kind,
                arguments,
                line[3].equals("0") ? null : type(line[3]),
                type(line[7]),
                line[4].equals("1"),
                Volatility.of(line[6].charAt(0)),
                Integer.parseInt(line[9]),
                outputs(types(line[11]), words(line[12]), names),
                names.size() >= arguments.size() ? names.subList(0, arguments.size()) : List.of(),
                line[14].isEmpty() ? ' ' : line[14].charAt(0),
                Integer.parseInt(line[15]),
                code);
    }

    private @Nullable FunctionCode code(String source, String name, List<PgType> arguments) {
        StringBuilder signature = new StringBuilder(name).append('(');
        for (int i = 0; i < arguments.size(); i++) {
            signature.append(i == 0 ? "" : ",").append(arguments.get(i).name());
        }
        String exact = signature.append(')').toString();
        FunctionCode code = definitions.find(exact);
        if (code != null) {
            used.add(exact);
            return code;
        }
        code = source.isEmpty() ? null : definitions.find(source);
        if (code != null) {
            used.add(source);
        }
        return code;
    }

    private static List<OutputColumn> outputs(List<PgType> types, List<String> modes, List<String> names) {
        List<OutputColumn> outputs = new ArrayList<>();
        for (int i = 0; i < modes.size(); i++) {
            if (modes.get(i).equals("o")
                    || modes.get(i).equals("b")
                    || modes.get(i).equals("t")) {
                outputs.add(new OutputColumn(i < names.size() ? names.get(i) : "column" + (i + 1), types.get(i)));
            }
        }
        return outputs;
    }

    private static List<PgType> types(String oids) {
        List<PgType> types = new ArrayList<>();
        for (String oid : words(oids)) {
            types.add(type(oid));
        }
        return types;
    }

    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    private static PgType type(String oid) {
        return PgType.byOid(Integer.parseInt(oid)).orElseThrow(() -> new IllegalStateException("type " + oid));
    }

    private static List<String[]> lines(String table) {
        try (InputStream in = FunctionTables.class.getResourceAsStream(table)) {
            if (in == null) {
                throw new IllegalStateException("missing resource " + table);
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return reader.lines()
                    .filter(line -> !line.isEmpty())
                    .map(line -> line.split("\t", -1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
