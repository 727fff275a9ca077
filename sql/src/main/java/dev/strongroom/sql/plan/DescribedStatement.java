package dev.strongroom.sql.plan;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.AnalyzedQuery;
import dev.strongroom.sql.validate.CellParameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that was analysed but not planned.
 *
 * @param parameterTypes type of each {@code $n}, null where the statement does not say
 * @param cells parameters that meet encrypted columns
 * @param outputs result columns
 * @param types type of each result column
 */
public record DescribedStatement(
        List<@Nullable PgType> parameterTypes,
        List<CellParameter> cells,
        List<AnalyzedQuery.Output> outputs,
        List<PgRelType> types) {
    public DescribedStatement {
        parameterTypes = Collections.unmodifiableList(new ArrayList<>(parameterTypes));
        cells = List.copyOf(cells);
        outputs = List.copyOf(outputs);
        types = List.copyOf(types);
    }
}
