package dev.strongroom.sql.batch.vector;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Vector;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.execute.Shape;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.ScalarCode;
import dev.strongroom.sql.function.Volatility;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes evaluators from closures, once per execution. Which kernel serves a function its name and argument types say; a
 * function without one runs on arrays if its code is typed, and as a closure on one row after the other if not.
 */
final class VectorCompiler {
    private static final Pattern LONG_COMPARISON =
            Pattern.compile("(int(2|4|8|24|42|28|82|48|84)|oid|bool|date_|time_|timestamp_|timestamptz_|cash_)"
                    + "(eq|ne|lt|le|gt|ge)");
    private static final Pattern DOUBLE_COMPARISON = Pattern.compile("float(4|8|48|84)(eq|ne|lt|le|gt|ge)");
    private static final Pattern TEXT_COMPARISON =
            Pattern.compile("text(eq|ne|_lt|_le|_gt|_ge)|bpchar(eq|ne|lt|le|gt|ge)");
    private static final Pattern LONG_ARITHMETIC = Pattern.compile("int(2|4|8|24|42|28|82|48|84)(pl|mi|mul)");

    private final ExecutionContext context;
    private final int width;
    private final int leftWidth;

    /**
     * A compiler.
     *
     * @param width columns of the batch
     * @param leftWidth columns of the left row where the batch holds two rows side by side, else the width
     */
    VectorCompiler(ExecutionContext context, int width, int leftWidth) {
        this.context = context;
        this.width = width;
        this.leftWidth = leftWidth;
    }

    /** Whether an expression may run in batches: it says what it is made of and can be evaluated more than once. */
    static boolean supports(Expr expression) {
        Shape shape = expression.shape();
        return !(shape instanceof Shape.Unknown)
                && !(shape instanceof Shape.Call call && call.function().volatility() == Volatility.VOLATILE)
                && inputs(shape).allMatch(VectorCompiler::supports);
    }

    /** Columns that expressions read. */
    static BitSet slots(List<Expr> expressions, int leftWidth) {
        BitSet slots = new BitSet();
        expressions.forEach(expression -> addSlots(expression, leftWidth, slots));
        return slots;
    }

    private static void addSlots(Expr expression, int leftWidth, BitSet into) {
        if (expression.shape() instanceof Shape.Slot slot) {
            into.set(slot.right() ? leftWidth + slot.slot() : slot.slot());
        }
        inputs(expression.shape()).forEach(input -> addSlots(input, leftWidth, into));
    }

    private static Stream<Expr> inputs(Shape shape) {
        return switch (shape) {
            case Shape.Unknown unknown -> Stream.of();
            case Shape.Fixed fixed -> Stream.of();
            case Shape.Slot slot -> Stream.of();
            case Shape.Call call -> call.arguments().stream();
            case Shape.Same same -> Stream.of(same.operand());
            case Shape.And and -> and.operands().stream();
            case Shape.Or or -> or.operands().stream();
            case Shape.Not not -> Stream.of(not.operand());
            case Shape.IsNull test -> Stream.of(test.operand());
            case Shape.IsBoolean test -> Stream.of(test.operand());
            case Shape.Case choice -> choice.operands().stream();
            case Shape.Coalesce coalesce -> coalesce.operands().stream();
            case Shape.Quantified quantified -> Stream.of(quantified.left(), quantified.array());
            case Shape.Other other -> other.inputs().stream();
        };
    }

    private static boolean isFixed(Expr expression) {
        Shape shape = expression.shape();
        return shape instanceof Shape.Fixed
                || !(shape instanceof Shape.Slot || shape instanceof Shape.Unknown)
                        && inputs(shape).allMatch(VectorCompiler::isFixed);
    }

    VectorExpr compile(Expr expression) {
        if (isFixed(expression)) {
            return new FixedVector(expression, new Frame(context));
        }
        Vector.Form form = Vector.formOf(expression.type());
        return switch (expression.shape()) {
            case Shape.Slot slot -> new SlotVector(slot.right() ? leftWidth + slot.slot() : slot.slot());
            case Shape.Same same -> compile(same.operand());
            case Shape.And and -> new LogicVectors.Junction(all(and.operands()), false);
            case Shape.Or or -> new LogicVectors.Junction(all(or.operands()), true);
            case Shape.Not not -> new LogicVectors.Not(compile(not.operand()));
            case Shape.IsNull test
            when !test.operand().type().equals(PgType.RECORD) ->
                new LogicVectors.Is(compile(test.operand()), -1, test.wanted());
            case Shape.IsBoolean test ->
                new LogicVectors.Is(compile(test.operand()), test.value() ? 1 : 0, test.wanted());
            case Shape.Case choice -> new LogicVectors.Case(all(choice.operands()), form);
            case Shape.Coalesce coalesce -> new LogicVectors.Coalesce(all(coalesce.operands()), form);
            case Shape.Quantified quantified -> quantified(expression, quantified);
            case Shape.Call call -> call(expression, call);
            case Shape.IsNull test -> byRow(expression);
            case Shape.Other other -> byRow(expression);
            case Shape.Fixed fixed -> byRow(expression);
            case Shape.Unknown unknown -> byRow(expression);
        };
    }

    private List<VectorExpr> all(List<Expr> expressions) {
        return expressions.stream().map(this::compile).toList();
    }

    private VectorExpr byRow(Expr expression) {
        return new RowVector(expression, new RowView(context, width, leftWidth, List.of(expression)));
    }

    private VectorExpr quantified(Expr expression, Shape.Quantified quantified) {
        String name = quantified.comparison().name();
        boolean member = !quantified.all()
                && name.endsWith("eq")
                && (LONG_COMPARISON.matcher(name).matches()
                        || TEXT_COMPARISON.matcher(name).matches());
        return member && isFixed(quantified.array())
                ? new MemberVector(
                        compile(quantified.left()),
                        new FixedVector(quantified.array(), new Frame(context)),
                        name.startsWith("bpchar"))
                : byRow(expression);
    }

    @SuppressWarnings("unchecked")
    private VectorExpr call(Expr expression, Shape.Call call) {
        FunctionSignature function = call.function();
        List<Expr> arguments = call.arguments();
        String name = function.name();
        if (!(function.code() instanceof ScalarCode code)
                || code instanceof ScalarCode.General
                || arguments.size() > 2
                || arguments.isEmpty()) {
            return byRow(expression);
        }
        VectorExpr first = compile(arguments.getFirst());
        if (arguments.size() == 1) {
            return new TypedCall(code, first, first, expression.type());
        }
        VectorExpr second = compile(arguments.get(1));
        int accepts = expression.type().equals(PgType.BOOL) ? Comparison.acceptedBy(name) : 0;
        VectorExpr kernel = null;
        if (accepts != 0) {
            kernel = comparison(name, accepts, first, second, code);
        } else if (code instanceof ScalarCode.RefsToLong<?, ?> like && second instanceof FixedVector pattern) {
            boolean negated = name.equals("textnlike") || name.equals("bpcharnlike");
            kernel = negated || name.equals("textlike") || name.equals("bpcharlike")
                    ? new LikeVector(first, pattern, negated, (ScalarCode.RefsToLong<Object, Object>) like)
                    : null;
        } else {
            kernel = arithmetic(name, first, second);
        }
        return kernel == null ? new TypedCall(code, first, second, expression.type()) : kernel;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable VectorExpr comparison(
            String name, int accepts, VectorExpr first, VectorExpr second, ScalarCode code) {
        if (LONG_COMPARISON.matcher(name).matches()) {
            return new Comparison.Longs(first, second, accepts);
        }
        if (DOUBLE_COMPARISON.matcher(name).matches()) {
            return new Comparison.Doubles(first, second, accepts);
        }
        if (name.startsWith("numeric_")) {
            return new DecimalComparison(first, second, accepts);
        }
        return TEXT_COMPARISON.matcher(name).matches() && code instanceof ScalarCode.RefsToLong<?, ?> text
                ? new TextComparison(
                        first, second, accepts, name.startsWith("bpchar"), (ScalarCode.RefsToLong<Object, Object>) text)
                : null;
    }

    private static @Nullable VectorExpr arithmetic(String name, VectorExpr first, VectorExpr second) {
        LongArithmetic.Operation operation = name.endsWith("pl") || name.endsWith("add")
                ? LongArithmetic.Operation.ADD
                : name.endsWith("mi") || name.endsWith("sub")
                        ? LongArithmetic.Operation.SUBTRACT
                        : LongArithmetic.Operation.MULTIPLY;
        Matcher matcher = LONG_ARITHMETIC.matcher(name);
        if (matcher.matches()) {
            LongArithmetic.Range range = switch (matcher.group(1)) {
                case "2" -> LongArithmetic.Range.INT2;
                case "4", "24", "42" -> LongArithmetic.Range.INT4;
                default -> LongArithmetic.Range.INT8;
            };
            return new LongArithmetic(first, second, operation, range);
        }
        return name.equals("numeric_add") || name.equals("numeric_sub") || name.equals("numeric_mul")
                ? new DecimalArithmetic(first, second, operation)
                : null;
    }
}
