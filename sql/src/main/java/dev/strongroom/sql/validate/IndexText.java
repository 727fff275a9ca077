package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.type.PgTypeFactory;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.jspecify.annotations.Nullable;

/**
 * An index's keys and predicate analysed over the slots of its table, to be compared with what a statement says.
 *
 * @param predicate null if the index holds all rows
 */
public record IndexText(List<RexNode> keys, @Nullable RexNode predicate) {
    private static final Set<String> SESSION_FORMATTED =
            Set.of("date", "time", "timetz", "timestamp", "timestamptz", "interval");

    public IndexText {
        keys = List.copyOf(keys);
    }

    public static IndexText of(Analysis analysis, TableDefinition table, IndexDefinition index) {
        TableText text = new TableText(analysis);
        List<RexNode> keys = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            String expression = part.expression();
            keys.add(
                    expression == null
                            ? text.column(table, part.column())
                            : text.indexKey(
                                    SqlTextParser.parseExpression(expression).node(), table));
        }
        String predicate = index.predicate();
        return new IndexText(
                keys,
                predicate == null
                        ? null
                        : text.indexPredicate(
                                SqlTextParser.parseExpression(predicate).node(), table));
    }

    /** Whether an expression gives the same value at any time and in any session. */
    public static boolean isImmutable(RexNode node) {
        boolean[] immutable = {true};
        node.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
                switch (call.getOperator()) {
                    case PgFunction function -> immutable[0] &= !function.isDynamicFunction();
                    case PgSpecial special -> immutable[0] &= !special.isCast() || !sessionDependent(call);
                    default -> {}
                }
                return super.visitCall(call);
            }
        });
        return immutable[0];
    }

    private static boolean sessionDependent(RexCall cast) {
        PgType from = PgRelType.of(cast.getOperands().getFirst().getType()).pgType();
        PgType to = PgRelType.of(cast.getType()).pgType();
        boolean text = from.category() == 'S' || to.category() == 'S';
        boolean zoned = from == PgType.TIMESTAMPTZ || to == PgType.TIMESTAMPTZ;
        boolean moment = SESSION_FORMATTED.contains(from.name()) || SESSION_FORMATTED.contains(to.name());
        return moment && (text || zoned) && from.oid() != to.oid();
    }

    /** Whether a query stands inside of an expression. */
    public static boolean hasQuery(RexNode node) {
        boolean[] found = new boolean[1];
        node.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
                found[0] |= call.getOperator() instanceof SubqueryOperator;
                return super.visitCall(call);
            }
        });
        return found[0];
    }

    /** Whether every row that meets all the conditions is in the index. Says no where it cannot tell. */
    public boolean covers(List<RexNode> conditions) {
        return predicate == null
                || RelOptUtil.conjunctions(predicate).stream().allMatch(part -> implied(part, conditions));
    }

    private static boolean implied(RexNode wanted, List<RexNode> conditions) {
        if (wanted.getKind() == SqlKind.OR
                && ((RexCall) wanted).getOperands().stream().anyMatch(part -> implied(part, conditions))) {
            return true;
        }
        RexNode normal = normal(wanted);
        return conditions.stream().map(IndexText::normal).anyMatch(given -> implies(given, normal));
    }

    /** {@code x = true} as {@code x}, {@code x = false} as {@code NOT x}. */
    private static RexNode normal(RexNode node) {
        RexBuilder builder = new RexBuilder(PgTypeFactory.INSTANCE);
        if (node instanceof RexCall call
                && call.getKind() == SqlKind.EQUALS
                && call.getOperands().size() == 2) {
            for (int i = 0; i < 2; i++) {
                RexNode other = call.getOperands().get(1 - i);
                if (call.getOperands().get(i) instanceof RexLiteral literal
                        && literal.getValue() instanceof Boolean truth) {
                    return truth ? other : builder.makeCall(Analysis.BOOL, SqlStdOperatorTable.NOT, List.of(other));
                }
            }
        }
        return node;
    }

    private static boolean implies(RexNode given, RexNode wanted) {
        if (given.equals(wanted)) {
            return true;
        }
        if (!(given instanceof RexCall have) || !(wanted instanceof RexCall want)) {
            return false;
        }
        if (want.getKind() == SqlKind.IS_NOT_NULL) {
            return isStrictTest(have)
                    && have.getOperands().stream()
                            .anyMatch(operand -> Coercions.stripRelabel(operand)
                                    .equals(Coercions.stripRelabel(
                                            want.getOperands().getFirst())));
        }
        if (have.getOperands().size() != 2 || want.getOperands().size() != 2) {
            return false;
        }
        return have.getOperands().getFirst().equals(want.getOperands().getFirst()) && narrower(have, want);
    }

    private static boolean isStrictTest(RexCall call) {
        return switch (call.getOperator()) {
            case PgFunction function ->
                function.isOperator() && function.function().strict();
            case PgSpecial special -> special.form() == SpecialForm.ANY;
            default -> call.getKind() == SqlKind.IS_NOT_NULL;
        };
    }

    /** {@code x op a} implies {@code x op b}, by the two constants. */
    private static boolean narrower(RexCall have, RexCall want) {
        Object given = PgConstant.valueOf(have.getOperands().get(1));
        RexNode bound = want.getOperands().get(1);
        if (given == null) {
            return false;
        }
        if (want.getOperator() instanceof PgSpecial special
                && special.form() == SpecialForm.ANY
                && have.getKind() == SqlKind.EQUALS
                && bound instanceof RexCall array) {
            return array.getOperands().stream().anyMatch(item -> given.equals(PgConstant.valueOf(item)));
        }
        Object limit = PgConstant.valueOf(bound);
        if (!(have.getOperator() instanceof PgFunction)
                || limit == null
                || limit.getClass() != given.getClass()
                || !have.getOperands().get(1).getType().equals(bound.getType())) {
            return false;
        }
        int order = compare(given, limit);
        return switch (want.getKind()) {
            case GREATER_THAN ->
                switch (have.getKind()) {
                    case GREATER_THAN -> order >= 0;
                    case EQUALS, GREATER_THAN_OR_EQUAL -> order > 0;
                    default -> false;
                };
            case GREATER_THAN_OR_EQUAL ->
                switch (have.getKind()) {
                    case EQUALS, GREATER_THAN, GREATER_THAN_OR_EQUAL -> order >= 0;
                    default -> false;
                };
            case LESS_THAN ->
                switch (have.getKind()) {
                    case LESS_THAN -> order <= 0;
                    case EQUALS, LESS_THAN_OR_EQUAL -> order < 0;
                    default -> false;
                };
            case LESS_THAN_OR_EQUAL ->
                switch (have.getKind()) {
                    case EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL -> order <= 0;
                    default -> false;
                };
            case NOT_EQUALS -> have.getKind() == SqlKind.EQUALS && order != 0;
            default -> false;
        };
    }

    private static int compare(Object left, Object right) {
        return switch (left) {
            case Long number -> Long.compare(number, (Long) right);
            case Double number -> Double.compare(number, (Double) right);
            case Numeric number -> number.compareTo((Numeric) right);
            case String text -> CodePoints.compare(text, (String) right);
            default -> throw new IllegalStateException("constants of " + left.getClass());
        };
    }
}
