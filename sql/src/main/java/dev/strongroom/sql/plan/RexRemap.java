package dev.strongroom.sql.plan;

import java.util.List;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/** Renumbers fields in expressions. */
final class RexRemap {
    private RexRemap() {}

    /** The expression with field i replaced by field {@code fields[i]}. */
    static RexNode remap(RexNode node, int[] fields) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return new RexInputRef(fields[reference.getIndex()], reference.getType());
            }
        });
    }

    static List<RexNode> remapAll(List<RexNode> nodes, int[] fields) {
        return nodes.stream().map(node -> remap(node, fields)).toList();
    }
}
