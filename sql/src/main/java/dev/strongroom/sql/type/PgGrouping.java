package dev.strongroom.sql.type;

import dev.strongroom.common.type.PgType;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.util.Optionality;

/**
 * Which group keys a row of an aggregation is not grouped by: an int8 with a bit per key, the first key's highest. The last of an
 * aggregation's calls, if it has one.
 */
public final class PgGrouping extends SqlAggFunction {
    public static final PgGrouping INSTANCE = new PgGrouping();

    private static final Call CALL = new Call();

    private PgGrouping() {
        super(
                "grouping mask",
                null,
                SqlKind.OTHER_FUNCTION,
                null,
                null,
                null,
                SqlFunctionCategory.SYSTEM,
                false,
                false,
                Optionality.FORBIDDEN);
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return PgRelType.of(PgType.INT8);
    }

    /** {@code GROUPING(…)} as written, until the aggregation below it is known. */
    public static RexNode call(RexBuilder builder, List<RexNode> keys) {
        return builder.makeCall(PgRelType.of(PgType.INT4), CALL, keys);
    }

    /** Whether an expression's operator is {@code GROUPING}. */
    public static boolean isCall(SqlOperator operator) {
        return operator == CALL;
    }

    private static final class Call extends SqlFunction {
        Call() {
            super("GROUPING", SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        }
    }
}
