package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.rel.WindowRel.Bound;
import dev.strongroom.sql.rel.WindowRel.Exclusion;
import dev.strongroom.sql.rel.WindowRel.Frame;
import dev.strongroom.sql.rel.WindowRel.Units;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWindow;
import org.jspecify.annotations.Nullable;

/** Window definitions, named or written in place. */
final class WindowAnalyzer {
    private final ExpressionAnalyzer expressions;
    private final Scope scope;

    WindowAnalyzer(ExpressionAnalyzer expressions, Scope scope) {
        this.expressions = expressions;
        this.scope = scope;
    }

    CallStage.Window window(SqlNode definition) {
        if (definition instanceof SqlIdentifier name) {
            return specification(named(name));
        }
        return specification((SqlWindow) definition);
    }

    private SqlWindow named(SqlIdentifier name) {
        for (SqlNode node : scope.namedWindows) {
            SqlWindow window = (SqlWindow) node;
            SqlIdentifier declared = window.getDeclName();
            if (declared != null && declared.getSimple().equals(name.getSimple())) {
                return window;
            }
        }
        throw Analysis.error(ErrorCode.UNDEFINED_OBJECT, "window \"" + name.getSimple() + "\" does not exist", name)
                .exception();
    }

    private CallStage.Window specification(SqlWindow window) {
        SqlNodeList partitionNodes = window.getPartitionList();
        SqlNodeList orderNodes = window.getOrderList();
        if (window.getRefName() != null) {
            SqlWindow base = named(window.getRefName());
            partitionNodes = partitionNodes.isEmpty() ? base.getPartitionList() : partitionNodes;
            orderNodes = orderNodes.isEmpty() ? base.getOrderList() : orderNodes;
        }
        List<RexNode> partition = new ArrayList<>();
        for (SqlNode node : partitionNodes) {
            RexNode value = scope.analysis().coercions.resolveUnknown(expressions.analyze(node), node);
            scope.analysis().cells.checkEquality("PARTITION BY", Coercions.typeOf(value), node);
            partition.add(value);
        }
        List<CallStage.Order> order = new ArrayList<>();
        for (SqlNode node : orderNodes) {
            SortItem item = SortItem.of(node);
            RexNode key = scope.analysis().coercions.resolveUnknown(expressions.analyze(item.node()), item.node());
            scope.analysis().cells.checkOrder(key, item.node());
            order.add(new CallStage.Order(key, item.descending(), item.nullsFirst()));
        }
        return new CallStage.Window(partition, order, frame(window, order));
    }

    private Frame frame(SqlWindow window, List<CallStage.Order> order) {
        SqlNode lower = window.getLowerBound();
        SqlNode upper = window.getUpperBound();
        if (lower == null) {
            return Frame.DEFAULT;
        }
        Units units = window.isRows() ? Units.ROWS : window.isAllowPartial() ? Units.RANGE : Units.GROUPS;
        if (units == Units.GROUPS && order.isEmpty()) {
            throw Analysis.error(ErrorCode.WINDOWING_ERROR, "GROUPS mode requires an ORDER BY clause", window)
                    .exception();
        }
        Bound start = bound(lower);
        Bound end = upper == null ? Bound.CURRENT_ROW : bound(upper);
        if (start == Bound.UNBOUNDED_FOLLOWING) {
            throw Analysis.error(ErrorCode.WINDOWING_ERROR, "frame start cannot be UNBOUNDED FOLLOWING", lower)
                    .exception();
        }
        if (end == Bound.UNBOUNDED_PRECEDING) {
            throw Analysis.error(ErrorCode.WINDOWING_ERROR, "frame end cannot be UNBOUNDED PRECEDING", upper)
                    .exception();
        }
        return new Frame(
                units,
                start,
                offset(lower, units, order),
                end,
                upper == null ? null : offset(upper, units, order),
                exclusion(window));
    }

    private static Exclusion exclusion(SqlWindow window) {
        String text = String.valueOf(window.getExclude());
        return text.contains("CURRENT")
                ? Exclusion.CURRENT_ROW
                : text.contains("GROUP") ? Exclusion.GROUP : text.contains("TIES") ? Exclusion.TIES : Exclusion.NONE;
    }

    private static Bound bound(SqlNode node) {
        if (SqlWindow.isCurrentRow(node)) {
            return Bound.CURRENT_ROW;
        }
        if (SqlWindow.isUnboundedPreceding(node)) {
            return Bound.UNBOUNDED_PRECEDING;
        }
        if (SqlWindow.isUnboundedFollowing(node)) {
            return Bound.UNBOUNDED_FOLLOWING;
        }
        return node instanceof SqlCall call && call.getOperator().getName().contains("PRECEDING")
                ? Bound.PRECEDING
                : Bound.FOLLOWING;
    }

    private @Nullable RexNode offset(SqlNode node, Units units, List<CallStage.Order> order) {
        Bound bound = bound(node);
        if (bound != Bound.PRECEDING && bound != Bound.FOLLOWING) {
            return null;
        }
        SqlNode distance = ((SqlCall) node).operand(0);
        RexNode value = expressions.analyze(distance);
        Coercions coercions = scope.analysis().coercions;
        if (units != Units.RANGE) {
            return coercions.coerce(value, Analysis.INT8, Coercions.Level.ASSIGNMENT, distance);
        }
        if (order.size() != 1) {
            throw Analysis.error(
                            ErrorCode.WINDOWING_ERROR,
                            "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column",
                            node)
                    .exception();
        }
        PgRelType key = Coercions.typeOf(order.getFirst().expression());
        PgRelType type = key.pgType().category() == 'D' ? PgRelType.of(PgType.INTERVAL) : key.withTypmod(-1);
        return coercions.coerce(value, type, Coercions.Level.ASSIGNMENT, distance);
    }
}
