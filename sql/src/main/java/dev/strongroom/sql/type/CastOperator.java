package dev.strongroom.sql.type;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.jspecify.annotations.Nullable;

/**
 * A conversion to a type, typmod included. What converts follows from the operand's type, this type and the mode, by
 * {@code pg_cast}.
 */
public final class CastOperator extends SqlFunction {
    /** Who asked for the conversion. */
    public enum Mode {
        /** {@code CAST}, {@code ::}: too long text is cut. */
        EXPLICIT,
        /** A value stored in a column: too long text is an error. */
        ASSIGNMENT,
        /** PostgreSQL's own coercions. */
        IMPLICIT
    }

    private final PgRelType target;
    private final Mode mode;

    private CastOperator(PgRelType target, Mode mode) {
        super(mode.name() + " CAST " + target, SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        this.target = target;
        this.mode = mode;
    }

    public static RexNode cast(RexBuilder builder, RexNode operand, PgRelType target, Mode mode) {
        PgRelType type = target.createWithNullability(true);
        return builder.makeCall(type, new CastOperator(type, mode), List.of(operand));
    }

    public PgRelType target() {
        return target;
    }

    public Mode mode() {
        return mode;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return target;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CastOperator that && mode == that.mode && target.equals(that.target);
    }

    @Override
    public int hashCode() {
        return target.hashCode() * 3 + mode.ordinal();
    }
}
