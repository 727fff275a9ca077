package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.cell.Cells;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.function.FunctionRegistry;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.OperatorSignature;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/**
 * Writes an analysed expression over one relation's columns as {@code pg_get_expr} would (ruleutils.c): fully parenthesised,
 * every constant with its type, implicit conversions shown inside of operators and calls only. Reading the text again gives the
 * same expression.
 */
public final class ExpressionPrinter {
    /** Text of what this class has no text for: fields, parameters, queries; null for none. */
    private final Function<RexNode, @Nullable String> names;

    private final StringBuilder out = new StringBuilder();

    private ExpressionPrinter(Function<RexNode, @Nullable String> names) {
        this.names = names;
    }

    /** The text for EXPLAIN, with names given by the caller. */
    public static String explain(RexNode node, Function<RexNode, @Nullable String> names) {
        ExpressionPrinter printer = new ExpressionPrinter(names);
        printer.write(node, true);
        return printer.out.toString();
    }

    /** The text, or nothing where the expression has a part that has no text of its own (a sub-query). */
    static Optional<String> print(RexNode node, @Nullable Relation relation) {
        ExpressionPrinter printer = new ExpressionPrinter(part -> part instanceof RexInputRef reference
                        && relation != null
                ? Identifiers.quote(relation.columns().get(reference.getIndex()).name())
                : null);
        return printer.write(node, false) ? Optional.of(printer.out.toString()) : Optional.empty();
    }

    private boolean write(RexNode node, boolean showImplicit) {
        switch (node) {
            case RexLiteral literal -> literal(literal);
            case RexCall call -> {
                return call(call, showImplicit);
            }
            default -> {
                return named(node);
            }
        }
        return true;
    }

    private boolean named(RexNode node) {
        String name = names.apply(node);
        out.append(name == null ? node.toString() : name);
        return name != null;
    }

    private void literal(RexLiteral literal) {
        PgRelType type = PgRelType.of(literal.getType());
        if (literal.isNull()) {
            out.append("NULL::").append(TypeNames.of(type.pgType(), type.typmod()));
        } else {
            out.append(Boolean.TRUE.equals(literal.getValue()) ? "true" : "false");
        }
    }

    private boolean call(RexCall call, boolean showImplicit) {
        Object constant = PgConstant.valueOf(call);
        if (constant != null) {
            constant(PgRelType.of(call.getType()), constant, showImplicit);
            return true;
        }
        return switch (call.getOperator()) {
            case SubqueryOperator ignored -> named(call);
            case PgFunction function -> function.isOperator() ? operator(call, function) : function(call, function);
            case PgSpecial special -> special(call, special, showImplicit);
            default -> standard(call);
        };
    }

    private void constant(PgRelType type, Object value, boolean showImplicit) {
        PgType pgType = type.pgType();
        if (EncryptionScheme.encrypts(pgType)) {
            out.append('\'').append(Cells.shown((byte[]) value)).append('\'');
            return;
        }
        String text = TypeCodecs.of(pgType).formatBoxed(value, TypeContext.DEFAULT);
        String typeName = pgType == PgType.BPCHAR ? "bpchar" : TypeNames.of(pgType);
        boolean number =
                value instanceof Numeric || value instanceof Double || pgType == PgType.INT8 || pgType == PgType.INT2;
        if (pgType == PgType.BPCHAR) {
            text = text.substring(0, CodePoints.trimmedEnd(text));
        }
        if (number && !showImplicit && text.matches("[0-9]{1,9}")) {
            // An integer that was converted without being asked to.
            out.append(text);
        } else if (number && !showImplicit && text.matches("-[0-9]{1,9}")) {
            out.append('\'').append(text).append("'::integer");
        } else if (pgType == PgType.INT4 || pgType == PgType.NUMERIC && text.contains(".")) {
            boolean plain = Character.isDigit(text.charAt(0));
            out.append(plain ? text : "'" + text + "'::" + typeName);
        } else if (number) {
            boolean fits = text.matches("[0-9]{1,9}");
            out.append(fits ? "(" + text + ")::" + typeName : "'" + text + "'::" + typeName);
        } else if (pgType == PgType.BOOL) {
            out.append(text.equals("t") ? "true" : "false");
        } else {
            out.append("'" + text.replace("'", "''") + "'").append("::").append(typeName);
        }
    }

    private boolean operator(RexCall call, PgFunction operator) {
        out.append('(');
        boolean whole = true;
        if (call.getOperands().size() == 1
                && operator.getName().equals("-")
                && PgConstant.valueOf(call.getOperands().getFirst()) instanceof Object number
                && !(number instanceof String)) {
            PgType type = PgRelType.of(call.getType()).pgType();
            out.setLength(out.length() - 1);
            String digits = TypeCodecs.of(type).formatBoxed(number, TypeContext.DEFAULT);
            boolean integer = digits.matches("[0-9]{1,9}");
            out.append("'-").append(digits).append("'::").append(integer ? "integer" : TypeNames.of(type));
            return true;
        }
        if (call.getOperands().size() == 1) {
            out.append(operator.getName()).append(' ');
        } else {
            whole = write(call.getOperands().getFirst(), true);
            out.append(' ').append(operator.getName()).append(' ');
        }
        whole &= write(call.getOperands().getLast(), true);
        out.append(')');
        return whole;
    }

    private boolean function(RexCall call, PgFunction function) {
        FunctionSignature signature = function.function();
        List<RexNode> operands = call.getOperands();
        if (signature.name().equals("extract")
                && operands.size() == 2
                && PgConstant.valueOf(operands.get(0)) instanceof String field) {
            out.append("EXTRACT(").append(field).append(" FROM ");
            return list("", operands.subList(1, 2), ")");
        }
        if (signature.name().equals("timezone") && operands.size() == 2) {
            out.append('(');
            boolean whole = write(operands.get(1), true);
            out.append(" AT TIME ZONE ");
            whole &= write(operands.get(0), true);
            out.append(')');
            return whole;
        }
        out.append(Identifiers.quote(signature.name()));
        return list("(", operands, ")");
    }

    private boolean list(String open, List<RexNode> nodes, String close) {
        out.append(open);
        boolean whole = true;
        String separator = "";
        for (RexNode node : nodes) {
            out.append(separator);
            separator = ", ";
            whole &= write(node, true);
        }
        out.append(close);
        return whole;
    }

    private boolean special(RexCall call, PgSpecial special, boolean showImplicit) {
        List<RexNode> operands = call.getOperands();
        return switch (special.form()) {
            case COALESCE -> list("COALESCE(", operands, ")");
            case NULLIF -> list("NULLIF(", operands, ")");
            case GREATEST -> list("GREATEST(", operands, ")");
            case LEAST -> list("LEAST(", operands, ")");
            case ARRAY -> array(call);
            case ROW -> list("ROW(", operands, ")");
            case ANY, ALL -> quantified(call, special);
            case IS_DISTINCT_FROM -> binary(operands, " IS DISTINCT FROM ");
            case IS_NOT_DISTINCT_FROM -> {
                out.append("(NOT ");
                boolean whole = binary(operands, " IS DISTINCT FROM ");
                out.append(')');
                yield whole;
            }
            case SUBSCRIPT -> subscript(operands);
            case ASSIGNMENT_CAST, EXPLICIT_CAST -> {
                boolean implicit = special.form() == SpecialForm.ASSIGNMENT_CAST;
                yield implicit && !showImplicit
                        ? write(operands.getFirst(), false)
                        : cast(operands.getFirst(), PgRelType.of(call.getType()));
            }
            case BARRIER -> write(operands.getFirst(), showImplicit);
            case SLICE, FIELD, SIMPLE_CASE, CASE_VALUE -> false;
        };
    }

    private boolean array(RexCall call) {
        boolean whole = list("ARRAY[", call.getOperands(), "]");
        if (call.getOperands().isEmpty()) {
            out.append("::").append(TypeNames.of(PgRelType.of(call.getType()).pgType()));
        }
        return whole;
    }

    private boolean cast(RexNode operand, PgRelType target) {
        out.append('(');
        boolean whole = write(operand, false);
        out.append(")::").append(TypeNames.of(target.pgType(), target.typmod()));
        return whole;
    }

    private boolean quantified(RexCall call, PgSpecial special) {
        FunctionSignature comparison = special.comparison();
        String symbol = FunctionRegistry.builtIn().operators().stream()
                .filter(operator -> comparison != null && operator.function().oid() == comparison.oid())
                .map(OperatorSignature::name)
                .findFirst()
                .orElse("=");
        out.append('(');
        boolean whole = write(call.getOperands().get(0), true);
        out.append(' ').append(symbol).append(special.form() == SpecialForm.ANY ? " ANY (" : " ALL (");
        whole &= write(call.getOperands().get(1), true);
        out.append("))");
        return whole;
    }

    private boolean binary(List<RexNode> operands, String between) {
        out.append('(');
        boolean whole = write(operands.get(0), true);
        out.append(between);
        whole &= write(operands.get(1), true);
        out.append(')');
        return whole;
    }

    private boolean subscript(List<RexNode> operands) {
        boolean column = operands.getFirst() instanceof RexInputRef;
        out.append(column ? "" : "(");
        boolean whole = write(operands.getFirst(), true);
        out.append(column ? "" : ")");
        for (RexNode index : operands.subList(1, operands.size())) {
            whole &= list("[", List.of(index), "]");
        }
        return whole;
    }

    private boolean standard(RexCall call) {
        List<RexNode> operands = call.getOperands();
        return switch (call.getKind()) {
            case AND -> joined(operands, " AND ");
            case OR -> joined(operands, " OR ");
            case NOT -> wrapped("(NOT ", operands.getFirst(), ")");
            case IS_NULL -> test(operands.getFirst(), true);
            case IS_NOT_NULL -> test(operands.getFirst(), false);
            case IS_TRUE -> wrapped("(", operands.getFirst(), " IS TRUE)");
            case IS_FALSE -> wrapped("(", operands.getFirst(), " IS FALSE)");
            case IS_NOT_TRUE -> wrapped("(", operands.getFirst(), " IS NOT TRUE)");
            case IS_NOT_FALSE -> wrapped("(", operands.getFirst(), " IS NOT FALSE)");
            case CASE -> choose(operands);
            default -> false;
        };
    }

    private boolean test(RexNode operand, boolean isNull) {
        return wrapped("(", operand, isNull ? " IS NULL)" : " IS NOT NULL)");
    }

    private boolean wrapped(String before, RexNode node, String after) {
        out.append(before);
        boolean whole = write(node, true);
        out.append(after);
        return whole;
    }

    private boolean joined(List<RexNode> operands, String between) {
        out.append('(');
        List<Boolean> whole = new ArrayList<>();
        String separator = "";
        for (RexNode operand : operands) {
            out.append(separator);
            separator = between;
            whole.add(write(operand, false));
        }
        out.append(')');
        return !whole.contains(false);
    }

    private boolean choose(List<RexNode> operands) {
        out.append("\nCASE");
        boolean whole = true;
        for (int i = 0; i + 1 < operands.size(); i += 2) {
            out.append("\n    WHEN ");
            whole &= write(operands.get(i), false);
            out.append(" THEN ");
            whole &= write(operands.get(i + 1), true);
        }
        out.append("\n    ELSE ");
        whole &= write(operands.getLast(), true);
        out.append("\nEND");
        return whole;
    }
}
