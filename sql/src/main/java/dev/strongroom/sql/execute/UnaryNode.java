package dev.strongroom.sql.execute;

import java.util.List;

/** A node above one other, with as little to do as that one where that has little. */
public interface UnaryNode extends PlanNode {
    PlanNode input();

    @Override
    default boolean isShort() {
        return input().isShort();
    }

    @Override
    default List<PlanNode> inputs() {
        return List.of(input());
    }
}
