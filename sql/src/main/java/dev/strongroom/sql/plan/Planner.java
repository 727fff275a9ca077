package dev.strongroom.sql.plan;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.Statement;

/** Plans queries and modifications. Stateless and thread-safe. */
public final class Planner {
    private Planner() {}

    /**
     * Analyses and plans a statement.
     *
     * @throws dev.strongroom.common.error.DatabaseException whatever PostgreSQL's parse analysis would say, with the position
     */
    public static PreparedPlan plan(Statement statement, PlanningContext context) {
        throw unsupported();
    }

    private static RuntimeException unsupported() {
        return ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "planning is not supported yet")
                .exception();
    }
}
