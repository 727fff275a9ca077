package dev.strongroom.sql.rel;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.statistics.ColumnStatistics;
import java.util.BitSet;
import org.apache.calcite.rel.RelNode;
import org.jspecify.annotations.Nullable;

/** What is known of stored relations when a statement is planned. */
public interface TableFacts {
    /** Rows of the whole relation, at least 1. */
    double rows(Relation relation);

    /** Cost of reading all its pages once. */
    double pageCost(Relation relation);

    /** Whether no two rows agree in all these columns (numbers from 0), nulls apart. */
    boolean isUnique(Relation relation, BitSet columns);

    /** What ANALYZE found of a column (number from 0), null if it never ran. */
    @Nullable
    ColumnStatistics column(Relation relation, int column);

    /** Cost of the plan of a query in an expression; it was planned before. */
    PlanCost queryCost(RelNode query);
}
