package dev.strongroom.sql.validate;

import dev.strongroom.sql.rel.WindowRel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/** Builds a query's windows, one node for each distinct window, and rewrites the expressions above them. */
final class WindowBuilder {
    private final Analysis analysis;
    private final CallStage windows;
    private final RelNode input;
    private final int[] fields;
    private RelNode top;

    WindowBuilder(Analysis analysis, CallStage windows, RelNode input) {
        this.analysis = analysis;
        this.windows = windows;
        this.input = input;
        this.top = input;
        this.fields = new int[windows.calls().size()];
    }

    RelNode build() {
        List<RexNode> below = new ArrayList<>(Rels.references(input));
        Map<CallStage.Window, List<Integer>> groups = new LinkedHashMap<>();
        List<List<Integer>> arguments = new ArrayList<>();
        List<Integer> filters = new ArrayList<>();
        for (int i = 0; i < windows.calls().size(); i++) {
            CallStage.Found found = windows.calls().get(i);
            CallStage.Window window = found.window();
            Objects.requireNonNull(window);
            groups.computeIfAbsent(window, ignored -> new ArrayList<>()).add(i);
            arguments.add(found.arguments().stream()
                    .map(argument -> field(argument, below))
                    .toList());
            filters.add(found.filter() == null ? -1 : field(found.filter(), below));
            window.partition().forEach(key -> field(key, below));
            window.order().forEach(key -> field(key.expression(), below));
        }
        top = Rels.projectIfNeeded(analysis, input, below);
        groups.forEach((window, members) -> {
            List<RelFieldCollation> order = new ArrayList<>();
            for (CallStage.Order item : window.order()) {
                order.add(Rels.key(field(item.expression(), below), item.descending(), item.nullsFirst()));
            }
            List<Integer> partition =
                    window.partition().stream().map(key -> field(key, below)).toList();
            List<WindowRel.Call> calls = new ArrayList<>();
            int width = top.getRowType().getFieldCount();
            for (int member : members) {
                CallStage.Found found = windows.calls().get(member);
                fields[member] = width + calls.size();
                calls.add(new WindowRel.Call(
                        found.function(),
                        arguments.get(member),
                        filters.get(member) < 0 ? null : filters.get(member),
                        found.type()));
            }
            top = new WindowRel(analysis.cluster, top, partition, order, window.frame(), calls);
        });
        return top;
    }

    private static int field(RexNode node, List<RexNode> below) {
        int index = below.indexOf(node);
        if (index < 0) {
            index = below.size();
            below.add(node);
        }
        return index;
    }

    /** An expression with placeholders as one over the windows' output. */
    RexNode above(RexNode node) {
        return node.accept(new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                int window = CallStage.placeholder(call, true);
                return window >= 0 ? RexInputRef.of(fields[window], top.getRowType()) : super.visitCall(call);
            }
        });
    }
}
