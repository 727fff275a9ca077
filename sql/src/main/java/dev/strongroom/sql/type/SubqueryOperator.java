package dev.strongroom.sql.type;

import dev.strongroom.sql.function.FunctionSignature;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.jspecify.annotations.Nullable;

/**
 * A query used as an expression, until the planner has made a join or a sub-plan of it. The operands are the left-hand values
 * of ANY and ALL; comparison i compares operand i with column i.
 */
public final class SubqueryOperator extends SqlFunction {
    /** What the expression asks of the query. */
    public enum Form {
        /** Its only value, null without a row. */
        SCALAR,
        /** Whether it has rows. */
        EXISTS,
        /** All values of its column. */
        ARRAY,
        /** Whether the comparison holds for any row, in three-valued logic. */
        ANY,
        /** Whether the comparison holds for all rows. */
        ALL
    }

    private static final int UNBOUND = -2;

    /** Which correlation variables mean rows around the query. */
    public interface Surroundings {
        /** Variables that stand for the row the expression is evaluated on. */
        Set<Integer> own();

        /** Those and the variables of all rows further out. */
        Set<Integer> visible();
    }

    private final Form form;
    private final RelNode query;
    private final List<FunctionSignature> comparisons;
    private final PgRelType type;
    private final Surroundings surroundings;
    private final int variable;

    private SubqueryOperator(
            Form form,
            RelNode query,
            List<FunctionSignature> comparisons,
            PgRelType type,
            Surroundings surroundings,
            int variable) {
        super(form + "#" + query.getId(), SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        this.form = form;
        this.query = query;
        this.comparisons = List.copyOf(comparisons);
        this.type = type;
        this.surroundings = surroundings;
        this.variable = variable;
    }

    public static RexNode call(
            RexBuilder builder,
            Form form,
            RelNode query,
            List<FunctionSignature> comparisons,
            PgRelType type,
            List<RexNode> operands,
            Surroundings surroundings) {
        return builder.makeCall(
                type, new SubqueryOperator(form, query, comparisons, type, surroundings, UNBOUND), operands);
    }

    /**
     * A call whose query looks at nothing outside but its own arguments: operands behind the left-hand values, which it sees as
     * the fields of one variable. So Calcite sees all that the call depends on, and may move it.
     *
     * @param variable the variable, -1 for a query without arguments
     */
    public RexNode bind(RexBuilder builder, RelNode boundQuery, List<RexNode> operands, int variable) {
        return builder.makeCall(
                type, new SubqueryOperator(form, boundQuery, comparisons, type, surroundings, variable), operands);
    }

    /** Whether {@link #bind} has made it. */
    public boolean isBound() {
        return variable != UNBOUND;
    }

    /** The variable that stands for the arguments, -1 without arguments. */
    public int variable() {
        return variable;
    }

    public Form form() {
        return form;
    }

    public RelNode query() {
        return query;
    }

    public List<FunctionSignature> comparisons() {
        return comparisons;
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return type;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SubqueryOperator that
                && form == that.form
                && query == that.query
                && variable == that.variable;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(query);
    }
}
