package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.TableDefinition;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** INSERT, UPDATE or DELETE analysed: a source query and what to do with its rows. */
public sealed interface AnalyzedModification {
    TableDefinition table();

    RelNode source();

    /** What RETURNING asks for; empty without it. */
    Returning returning();

    /**
     * RETURNING.
     *
     * @param values over the target's row (one field per column of the table), then the source's row
     */
    record Returning(List<RexNode> values, List<AnalyzedQuery.Output> columns) {
        static final Returning NOTHING = new Returning(List.of(), List.of());

        public Returning {
            values = List.copyOf(values);
            columns = List.copyOf(columns);
        }
    }

    /**
     * INSERT.
     *
     * @param slots table slot of each source field
     */
    record Insert(
            TableDefinition table,
            RelNode source,
            List<Integer> slots,
            @Nullable Conflict conflict,
            Returning returning)
            implements AnalyzedModification {}

    /**
     * ON CONFLICT. Expressions are over the existing row, then the row that was to be inserted.
     *
     * @param arbiter OID of the index whose collisions count, 0 for any
     * @param update false for DO NOTHING
     */
    record Conflict(
            int arbiter,
            boolean update,
            List<Integer> slots,
            List<RexNode> values,
            @Nullable RexNode condition) {}

    /**
     * UPDATE. The source's row begins with the target's scan.
     *
     * @param values new value of each slot, over the source's row
     * @param condition WHERE and all join conditions
     */
    record Update(
            TableDefinition table,
            RelNode source,
            List<Integer> slots,
            List<RexNode> values,
            @Nullable RexNode condition,
            Returning returning)
            implements AnalyzedModification {}

    /** DELETE; as UPDATE. */
    record Delete(
            TableDefinition table, RelNode source, @Nullable RexNode condition, Returning returning)
            implements AnalyzedModification {}
}
