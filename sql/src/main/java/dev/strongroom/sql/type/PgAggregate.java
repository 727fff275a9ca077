package dev.strongroom.sql.type;

import dev.strongroom.sql.function.FunctionSignature;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.util.Optionality;
import org.jspecify.annotations.Nullable;

/** An aggregate function that PostgreSQL's rules have picked. */
public final class PgAggregate extends SqlAggFunction {
    private final FunctionSignature signature;
    private final PgRelType type;

    public PgAggregate(FunctionSignature signature, PgRelType type) {
        super(
                signature.name(),
                null,
                SqlKind.OTHER_FUNCTION,
                null,
                null,
                null,
                SqlFunctionCategory.USER_DEFINED_FUNCTION,
                false,
                false,
                Optionality.OPTIONAL);
        this.signature = signature;
        this.type = type;
    }

    public FunctionSignature function() {
        return signature;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return type;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PgAggregate that && signature.oid() == that.signature.oid() && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return Objects.hash(signature.oid(), type);
    }
}
