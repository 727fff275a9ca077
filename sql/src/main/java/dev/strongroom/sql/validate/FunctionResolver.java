package dev.strongroom.sql.validate;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.OperatorSignature;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's choice among overloaded functions and operators (manual, sections 10.2 and 10.3; parse_func.c, parse_oper.c). */
final class FunctionResolver {
    private final Analysis analysis;

    FunctionResolver(Analysis analysis) {
        this.analysis = analysis;
    }

    /**
     * A function picked for a call.
     *
     * @param operands converted to the declared types, polymorphism settled
     */
    record Resolved(FunctionSignature signature, List<RexNode> operands, PgRelType result, boolean variadicArray) {}

    /** A candidate with its argument types laid out for the call's number of arguments. */
    private record Candidate(FunctionSignature signature, List<PgType> types, boolean expanded, int oid) {}

    /** The function for a call, or 42883, 42725. */
    Resolved function(
            String name, List<RexNode> arguments, List<@Nullable String> names, boolean variadicArray, SqlNode at) {
        analysis.cells.checkFunction(name, arguments, at);
        List<Candidate> candidates = new ArrayList<>();
        for (FunctionSignature signature : analysis.functions.functions(name)) {
            Candidate candidate = layOut(signature, arguments.size(), variadicArray);
            if (candidate != null && namesFit(signature, names)) {
                candidates.add(candidate);
            }
        }
        List<PgType> types = types(arguments);
        Candidate chosen = choose(candidates, types);
        if (chosen == null) {
            throw notFunction(name, types, candidates, at);
        }
        if (name.equals("describe_parameter_encryption") || name.equals("column_encryption_key_info")) {
            analysis.markDescribing();
        }
        return apply(chosen, arguments, variadicArray, at);
    }

    /** Whether any function has this name. */
    boolean functionExists(String name) {
        return !analysis.functions.functions(name).isEmpty();
    }

    private static boolean namesFit(FunctionSignature signature, List<@Nullable String> names) {
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name != null
                    && (signature.argumentNames().size() <= i
                            || !signature.argumentNames().get(i).equals(name))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Candidate layOut(FunctionSignature signature, int count, boolean variadicArray) {
        List<PgType> declared = signature.arguments();
        PgType variadic = signature.variadic();
        if (variadic != null && !variadicArray) {
            int fixed = declared.size() - 1;
            if (count < fixed || (count == fixed && variadic != PgType.ANY)) {
                return null;
            }
            List<PgType> types = new ArrayList<>(declared.subList(0, fixed));
            while (types.size() < count) {
                types.add(variadic);
            }
            return new Candidate(signature, types, true, signature.oid());
        }
        if (count > declared.size() || count < declared.size() - signature.defaults()) {
            return null;
        }
        return new Candidate(signature, declared.subList(0, count), false, signature.oid());
    }

    /** The operator for one or two operands as a call, or 42883, 42725. */
    RexNode operator(String symbol, List<RexNode> given, SqlNode at) {
        List<RexNode> operands = analysis.cells.operands(symbol, given, at);
        OperatorSignature chosen = findOperator(symbol, operands, at);
        List<PgType> types = chosen.left() == null ? List.of(chosen.right()) : List.of(chosen.left(), chosen.right());
        Candidate candidate = new Candidate(chosen.function(), types, false, chosen.oid());
        Resolved resolved = apply(candidate, operands, false, at);
        return PgFunction.operator(analysis.rex, symbol, resolved.signature(), resolved.result(), resolved.operands());
    }

    OperatorSignature findOperator(String symbol, List<RexNode> given, SqlNode at) {
        List<RexNode> operands = analysis.cells.operands(symbol, given, at);
        String name = symbol.equals("!=") ? "<>" : symbol;
        List<PgType> types = types(operands);
        List<OperatorSignature> named = analysis.functions.operators(name).stream()
                .filter(operator -> (operator.left() == null) == (operands.size() == 1))
                .toList();
        OperatorSignature exact = exactOperator(named, types);
        if (exact != null) {
            return exact;
        }
        List<Candidate> candidates = new ArrayList<>();
        for (OperatorSignature operator : named) {
            List<PgType> declared =
                    operator.left() == null ? List.of(operator.right()) : List.of(operator.left(), operator.right());
            candidates.add(new Candidate(operator.function(), declared, false, operator.oid()));
        }
        Candidate chosen = choose(candidates, types);
        if (chosen == null) {
            throw notOperator(symbol, types, candidates, at);
        }
        return named.stream()
                .filter(operator -> operator.oid() == chosen.oid())
                .findFirst()
                .orElseThrow();
    }

    /** Same types on both sides; an unknown operand is first taken to be of the other's type. */
    private static @Nullable OperatorSignature exactOperator(List<OperatorSignature> named, List<PgType> types) {
        PgType left = types.getFirst();
        PgType right = types.getLast();
        if (types.size() == 2 && left == PgType.UNKNOWN && right != PgType.UNKNOWN) {
            left = right;
        } else if (types.size() == 2 && right == PgType.UNKNOWN) {
            right = left;
        }
        for (OperatorSignature operator : named) {
            if (operator.right().oid() == right.oid()
                    && (operator.left() == null || operator.left().oid() == left.oid())) {
                return operator;
            }
        }
        return null;
    }

    private static List<PgType> types(List<RexNode> nodes) {
        return nodes.stream().map(Coercions::pgType).toList();
    }

    /** The best candidate, or null: then none fits, or several fit equally well. */
    private @Nullable Candidate choose(List<Candidate> candidates, List<PgType> types) {
        for (Candidate candidate : candidates) {
            if (candidate.types().equals(types) && !candidate.expanded()) {
                return candidate;
            }
        }
        List<Candidate> fitting = new ArrayList<>();
        for (Candidate candidate : candidates) {
            if (fits(candidate, types)) {
                fitting.add(candidate);
            }
        }
        if (fitting.size() > 1 && fitting.stream().anyMatch(candidate -> !candidate.expanded())) {
            List<Candidate> plain =
                    fitting.stream().filter(candidate -> !candidate.expanded()).toList();
            fitting = new ArrayList<>(plain);
        }
        return fitting.size() < 2 ? (fitting.isEmpty() ? null : fitting.getFirst()) : select(fitting, types);
    }

    private boolean fits(Candidate candidate, List<PgType> types) {
        for (int i = 0; i < types.size(); i++) {
            if (!analysis.coercions.canCoerce(types.get(i), candidate.types().get(i), Coercions.Level.IMPLICIT)) {
                return false;
            }
        }
        return Polymorphism.settle(candidate.types(), types, null) != null;
    }

    /** func_select_candidate. */
    private @Nullable Candidate select(List<Candidate> fitting, List<PgType> types) {
        List<Candidate> best = keepBest(fitting, candidate -> count(candidate, types, false));
        if (best.size() == 1) {
            return best.getFirst();
        }
        best = keepBest(best, candidate -> count(candidate, types, true));
        if (best.size() == 1) {
            return best.getFirst();
        }
        if (!types.contains(PgType.UNKNOWN)) {
            return null;
        }
        List<Candidate> byCategory = byCategory(best, types);
        if (byCategory.size() == 1) {
            return byCategory.getFirst();
        }
        return bySameType(byCategory.isEmpty() ? best : byCategory, types);
    }

    private static List<Candidate> keepBest(List<Candidate> candidates, ToIntFunction<Candidate> score) {
        int best = candidates.stream().mapToInt(score).max().orElse(0);
        return candidates.stream()
                .filter(candidate -> score.applyAsInt(candidate) == best)
                .toList();
    }

    private static int count(Candidate candidate, List<PgType> types, boolean preferredToo) {
        int matches = 0;
        for (int i = 0; i < types.size(); i++) {
            PgType given = types.get(i);
            PgType declared = candidate.types().get(i);
            if (given == PgType.UNKNOWN) {
                continue;
            }
            if (given.oid() == declared.oid()
                    || (preferredToo && declared.preferred() && declared.category() == given.category())) {
                matches++;
            }
        }
        return matches;
    }

    private static List<Candidate> byCategory(List<Candidate> candidates, List<PgType> types) {
        List<Candidate> kept = candidates;
        char[] categories = new char[types.size()];
        boolean[] preferred = new boolean[types.size()];
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) != PgType.UNKNOWN) {
                continue;
            }
            int slot = i;
            boolean text = candidates.stream()
                    .anyMatch(candidate -> candidate.types().get(slot).category() == 'S');
            List<Character> all = candidates.stream()
                    .map(candidate -> candidate.types().get(slot).category())
                    .distinct()
                    .toList();
            if (!text && all.size() > 1) {
                return List.of();
            }
            char category = text ? 'S' : all.getFirst();
            categories[i] = category;
            preferred[i] = candidates.stream()
                    .map(candidate -> candidate.types().get(slot))
                    .anyMatch(type -> type.category() == category && type.preferred());
        }
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) != PgType.UNKNOWN) {
                continue;
            }
            int slot = i;
            kept = kept.stream()
                    .filter(candidate -> candidate.types().get(slot).category() == categories[slot]
                            && (!preferred[slot] || candidate.types().get(slot).preferred()))
                    .toList();
        }
        return kept;
    }

    /** Last resort: unknown arguments are taken to be of the one type all known ones have. */
    private @Nullable Candidate bySameType(List<Candidate> candidates, List<PgType> types) {
        List<PgType> known =
                types.stream().filter(type -> type != PgType.UNKNOWN).distinct().toList();
        if (known.size() != 1) {
            return null;
        }
        PgType type = known.getFirst();
        List<Candidate> fitting = candidates.stream()
                .filter(candidate -> candidate.types().stream()
                        .allMatch(declared -> analysis.coercions.canCoerce(type, declared, Coercions.Level.IMPLICIT)))
                .toList();
        return fitting.size() == 1 ? fitting.getFirst() : null;
    }

    private Resolved apply(Candidate candidate, List<RexNode> arguments, boolean variadicArray, SqlNode at) {
        FunctionSignature signature = candidate.signature();
        Polymorphism settled = Polymorphism.settle(candidate.types(), types(arguments), signature.result());
        if (settled == null) {
            throw Analysis.error(
                            ErrorCode.DATATYPE_MISMATCH,
                            "could not determine polymorphic type because input has type unknown",
                            at)
                    .exception();
        }
        List<RexNode> operands = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            PgType target = settled.arguments().get(i);
            operands.add(analysis.coercions.implicit(arguments.get(i), PgRelType.of(target), at));
        }
        return new Resolved(signature, operands, PgRelType.of(settled.result()), variadicArray);
    }

    private DatabaseException notFunction(String name, List<PgType> types, List<Candidate> candidates, SqlNode at) {
        String shown = name + "(" + types.stream().map(TypeNames::of).collect(Collectors.joining(", ")) + ")";
        if (ambiguous(candidates, types)) {
            return Analysis.error(ErrorCode.AMBIGUOUS_FUNCTION, "function " + shown + " is not unique", at)
                    .withHint("Could not choose a best candidate function. You might need to add explicit type casts.")
                    .exception();
        }
        return Analysis.error(ErrorCode.UNDEFINED_FUNCTION, "function " + shown + " does not exist", at)
                .withHint("No function matches the given name and argument types. "
                        + "You might need to add explicit type casts.")
                .exception();
    }

    private DatabaseException notOperator(String symbol, List<PgType> types, List<Candidate> candidates, SqlNode at) {
        String shown = types.size() == 1
                ? symbol + " " + TypeNames.of(types.getFirst())
                : TypeNames.of(types.getFirst()) + " " + symbol + " " + TypeNames.of(types.getLast());
        if (ambiguous(candidates, types)) {
            return Analysis.error(ErrorCode.AMBIGUOUS_FUNCTION, "operator is not unique: " + shown, at)
                    .withHint("Could not choose a best candidate operator. You might need to add explicit type casts.")
                    .exception();
        }
        return Analysis.error(ErrorCode.UNDEFINED_FUNCTION, "operator does not exist: " + shown, at)
                .withHint("No operator matches the given name and argument type"
                        + (types.size() == 1 ? "" : "s")
                        + ". You might need to add "
                        + (types.size() == 1 ? "an explicit type cast." : "explicit type casts."))
                .exception();
    }

    private boolean ambiguous(List<Candidate> candidates, List<PgType> types) {
        return candidates.stream().filter(candidate -> fits(candidate, types)).count() > 1;
    }
}
