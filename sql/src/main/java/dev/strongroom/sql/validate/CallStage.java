package dev.strongroom.sql.validate;

import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.rel.WindowRel;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Aggregates or window functions met while a query's expressions were analysed. Each stands in its expression as a placeholder
 * until the node that computes it exists.
 */
final class CallStage {
    private final Analysis analysis;
    private final List<Found> calls = new ArrayList<>();

    CallStage(Analysis analysis) {
        this.analysis = analysis;
    }

    /** One ORDER BY item of a call or window. */
    record Order(RexNode expression, boolean descending, boolean nullsFirst) {}

    /** A window's definition; expressions are over the row below. */
    record Window(List<RexNode> partition, List<Order> order, WindowRel.Frame frame) {}

    /**
     * A call found.
     *
     * @param direct direct arguments of an ordered-set aggregate
     * @param window null for an aggregate
     */
    record Found(
            FunctionSignature function,
            List<RexNode> direct,
            List<RexNode> arguments,
            boolean distinct,
            @Nullable RexNode filter,
            List<Order> order,
            PgRelType type,
            @Nullable Window window) {}

    List<Found> calls() {
        return calls;
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    /** Adds a call (or finds its equal) and gives the expression that stands for it. */
    RexNode add(Found call) {
        int index = calls.indexOf(call);
        if (index < 0) {
            index = calls.size();
            calls.add(call);
        }
        return analysis.rex.makeCall(call.type(), new Placeholder(index, call.window() != null), List.of());
    }

    /** Number of the call a node stands for, -1 if it is no placeholder of the kind. */
    static int placeholder(RexNode node, boolean window) {
        return node instanceof RexCall call && call.getOperator() instanceof Placeholder found && found.window == window
                ? found.index
                : -1;
    }

    private static final class Placeholder extends SqlFunction {
        private final int index;
        private final boolean window;

        Placeholder(int index, boolean window) {
            super(
                    (window ? "window" : "aggregate") + "#" + index,
                    SqlKind.OTHER_FUNCTION,
                    null,
                    null,
                    null,
                    SqlFunctionCategory.SYSTEM);
            this.index = index;
            this.window = window;
        }
    }
}
