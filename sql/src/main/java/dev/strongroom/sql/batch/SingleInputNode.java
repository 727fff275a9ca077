package dev.strongroom.sql.batch;

import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.PlanNode;

/**
 * A batch node over one input: it pays where the input does.
 *
 * @param <N> the row-style node it stands for
 */
abstract class SingleInputNode<N extends PlanNode> extends BatchNode {
    final N node;
    final BatchNode input;

    SingleInputNode(N node, BatchNode input) {
        super(node);
        this.node = node;
        this.input = input;
    }

    @Override
    final boolean pays(ExecutionContext context) {
        return input.pays(context);
    }
}
