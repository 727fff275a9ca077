package dev.strongroom.sql.execute;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.jspecify.annotations.Nullable;

/** Turns Calcite's expressions into {@link Expr}s, once per plan. */
public final class ExpressionCompiler {
    /** Compiles calls only the planner knows, such as sub-plans. */
    @FunctionalInterface
    public interface Extension {
        /** The expression, or null if the call is not the extension's. */
        @Nullable
        Expr compile(RexCall call, ExpressionCompiler compiler);
    }

    private final int leftWidth;
    private final @Nullable Extension extension;

    /** For expressions over one input row. */
    public ExpressionCompiler() {
        this(Integer.MAX_VALUE, null);
    }

    /**
     * For expressions over one or two input rows.
     *
     * @param leftWidth slots of the left row; references beyond it read the right row
     */
    public ExpressionCompiler(int leftWidth, @Nullable Extension extension) {
        this.leftWidth = leftWidth;
        this.extension = extension;
    }

    public Expr compile(RexNode node) {
        PgType type = PgRelType.of(node.getType()).pgType();
        return switch (node) {
            case RexInputRef ref ->
                ref.getIndex() < leftWidth
                        ? SlotExprs.left(type, ref.getIndex())
                        : SlotExprs.right(type, ref.getIndex() - leftWidth);
            case RexLiteral literal -> literal(type, literal);
            case RexDynamicParam parameter -> SlotExprs.parameter(type, parameter.getIndex());
            case RexFieldAccess access -> fieldAccess(type, access);
            case RexCall call -> call(type, call);
            default -> throw unknown(node);
        };
    }

    public List<Expr> compileAll(List<? extends RexNode> nodes) {
        List<Expr> all = new ArrayList<>(nodes.size());
        for (RexNode node : nodes) {
            all.add(compile(node));
        }
        return all;
    }

    private static Expr literal(PgType type, RexLiteral literal) {
        if (literal.isNull()) {
            return SlotExprs.constant(type, null);
        }
        Comparable<?> value = literal.getValue();
        return switch (value) {
            case Boolean truth -> SlotExprs.constant(type, truth ? 1L : 0L);
            case java.math.BigDecimal number ->
                switch (type.storage()) {
                    case LONG -> SlotExprs.constant(type, number.longValueExact());
                    case DOUBLE -> SlotExprs.constant(type, number.doubleValue());
                    case REF -> SlotExprs.constant(type, dev.strongroom.common.value.Numeric.of(number));
                };
            case org.apache.calcite.util.NlsString text -> SlotExprs.constant(type, text.getValue());
            case null, default -> throw unknown(literal);
        };
    }

    private Expr fieldAccess(PgType type, RexFieldAccess access) {
        int field = access.getField().getIndex();
        if (access.getReferenceExpr() instanceof RexCorrelVariable variable) {
            return SlotExprs.correlated(type, variable.id.getId(), field);
        }
        return ArrayExprs.field(type, compile(access.getReferenceExpr()), field + 1);
    }

    private Expr call(PgType type, RexCall call) {
        Expr extended = extension == null ? null : extension.compile(call, this);
        if (extended != null) {
            return extended;
        }
        SqlOperator operator = call.getOperator();
        if (operator instanceof ConstantOperator constant) {
            return SlotExprs.constant(type, constant.value());
        }
        List<Expr> operands = compileAll(call.getOperands());
        if (operator instanceof FunctionOperator function) {
            return CallExprs.of(function.function(), operands, type, function.variadicArray());
        }
        if (operator instanceof SpecialOperator special) {
            return special(type, PgRelType.of(call.getType()).typmod(), special, operands);
        }
        Expr first = operands.isEmpty() ? SlotExprs.constant(type, null) : operands.getFirst();
        return switch (call.getKind()) {
            case AND -> LogicExprs.and(operands);
            case OR -> LogicExprs.or(operands);
            case NOT -> LogicExprs.not(first);
            case IS_NULL -> LogicExprs.isNull(first, true);
            case IS_NOT_NULL -> LogicExprs.isNull(first, false);
            case IS_UNKNOWN -> LogicExprs.isNull(first, true);
            case IS_TRUE -> LogicExprs.isBoolean(first, true, true);
            case IS_FALSE -> LogicExprs.isBoolean(first, false, true);
            case IS_NOT_TRUE -> LogicExprs.isBoolean(first, true, false);
            case IS_NOT_FALSE -> LogicExprs.isBoolean(first, false, false);
            case CASE -> LogicExprs.choose(type, operands);
            case COALESCE -> LogicExprs.coalesce(type, operands);
            case IS_DISTINCT_FROM -> LogicExprs.distinct(first, operands.get(1), true);
            case IS_NOT_DISTINCT_FROM -> LogicExprs.distinct(first, operands.get(1), false);
            case EQUALS -> LogicExprs.compare(first, operands.get(1), LogicExprs.Comparison.EQUAL);
            case NOT_EQUALS -> LogicExprs.compare(first, operands.get(1), LogicExprs.Comparison.NOT_EQUAL);
            case LESS_THAN -> LogicExprs.compare(first, operands.get(1), LogicExprs.Comparison.LESS);
            case LESS_THAN_OR_EQUAL -> LogicExprs.compare(first, operands.get(1), LogicExprs.Comparison.LESS_OR_EQUAL);
            case GREATER_THAN -> LogicExprs.compare(first, operands.get(1), LogicExprs.Comparison.GREATER);
            case GREATER_THAN_OR_EQUAL ->
                LogicExprs.compare(first, operands.get(1), LogicExprs.Comparison.GREATER_OR_EQUAL);
            case CAST, SAFE_CAST ->
                CastExprs.cast(first, type, PgRelType.of(call.getType()).typmod(), true);
            default -> throw unknown(call);
        };
    }

    private static Expr special(PgType type, int typmod, SpecialOperator special, List<Expr> operands) {
        Expr first = operands.isEmpty() ? SlotExprs.constant(type, null) : operands.getFirst();
        FunctionSignature comparison = special.comparison();
        return switch (special.form()) {
            case COALESCE -> LogicExprs.coalesce(type, operands);
            case NULLIF -> LogicExprs.nullIf(first, comparison(comparison, operands));
            case GREATEST -> LogicExprs.extreme(type, operands, 1);
            case LEAST -> LogicExprs.extreme(type, operands, -1);
            case ANY -> quantified(comparison, operands, false);
            case ALL -> quantified(comparison, operands, true);
            case ARRAY -> ArrayExprs.array(type, operands);
            case SUBSCRIPT -> ArrayExprs.subscript(type, first, operands.subList(1, operands.size()));
            case SLICE -> ArrayExprs.slice(type, first, operands.subList(1, operands.size()));
            case ROW -> ArrayExprs.row(operands, special.names());
            case FIELD -> {
                Object number = operands.get(1) instanceof SlotExprs.Constant constant ? constant.value() : null;
                yield ArrayExprs.field(type, first, number instanceof Long position ? position.intValue() : 1);
            }
            case IS_DISTINCT_FROM -> LogicExprs.distinct(first, operands.get(1), true);
            case IS_NOT_DISTINCT_FROM -> LogicExprs.distinct(first, operands.get(1), false);
            case ASSIGNMENT_CAST -> CastExprs.cast(first, type, typmod, false);
            case EXPLICIT_CAST -> CastExprs.cast(first, type, typmod, true);
            case SIMPLE_CASE ->
                LogicExprs.withValue(first, LogicExprs.choose(type, operands.subList(1, operands.size())));
            case CASE_VALUE -> LogicExprs.caseValue(type);
            case BARRIER -> first;
        };
    }

    private static Expr comparison(@Nullable FunctionSignature comparison, List<Expr> operands) {
        return comparison == null
                ? LogicExprs.compare(operands.get(0), operands.get(1), LogicExprs.Comparison.EQUAL)
                : CallExprs.of(comparison, operands, PgType.BOOL, false);
    }

    private static Expr quantified(@Nullable FunctionSignature comparison, List<Expr> operands, boolean all) {
        if (comparison == null) {
            throw new IllegalArgumentException("ANY without a comparison");
        }
        return ArrayExprs.quantified(comparison, operands.get(0), operands.get(1), all);
    }

    private static RuntimeException unknown(RexNode node) {
        return ErrorReport.error(
                        ErrorCode.FEATURE_NOT_SUPPORTED, "expression " + node.getKind() + " is not supported yet")
                .exception();
    }
}
