package dev.strongroom.sql.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.util.ImmutableBitSet;

/** A GROUP BY clause: the expressions, and the grouping sets over them (one set of all where none are written). */
final class GroupBy {
    private final Function<SqlNode, RexNode> analyzer;
    private final List<RexNode> expressions = new ArrayList<>();
    private List<ImmutableBitSet> sets = List.of(ImmutableBitSet.of());
    private boolean present;
    private boolean severalSets;

    GroupBy(Function<SqlNode, RexNode> analyzer) {
        this.analyzer = analyzer;
    }

    /** True where GROUP BY was written. */
    boolean present() {
        return present;
    }

    /** True for ROLLUP, CUBE or GROUPING SETS. */
    boolean severalSets() {
        return severalSets;
    }

    List<RexNode> expressions() {
        return expressions;
    }

    List<ImmutableBitSet> sets() {
        return sets;
    }

    /** Adds a clause; its elements' sets multiply. */
    void add(SqlNodeList list) {
        present = true;
        for (SqlNode element : list) {
            List<ImmutableBitSet> product = new ArrayList<>();
            for (ImmutableBitSet have : sets) {
                for (ImmutableBitSet more : element(element)) {
                    product.add(have.union(more));
                }
            }
            sets = product;
        }
    }

    /** Adds an expression that depends on those there are. */
    int addDependent(RexNode expression) {
        int index = expressions.size();
        expressions.add(expression);
        sets = sets.stream().map(set -> set.set(index)).toList();
        return index;
    }

    private List<ImmutableBitSet> element(SqlNode node) {
        return switch (node.getKind()) {
            case ROLLUP -> {
                severalSets = true;
                List<ImmutableBitSet> items = items((SqlCall) node);
                List<ImmutableBitSet> result = new ArrayList<>();
                for (int n = items.size(); n >= 0; n--) {
                    result.add(ImmutableBitSet.union(items.subList(0, n)));
                }
                yield result;
            }
            case CUBE -> {
                severalSets = true;
                List<ImmutableBitSet> items = items((SqlCall) node);
                List<ImmutableBitSet> result = new ArrayList<>();
                for (int mask = (1 << items.size()) - 1; mask >= 0; mask--) {
                    ImmutableBitSet set = ImmutableBitSet.of();
                    for (int i = 0; i < items.size(); i++) {
                        if ((mask & 1 << (items.size() - 1 - i)) != 0) {
                            set = set.union(items.get(i));
                        }
                    }
                    result.add(set);
                }
                yield result;
            }
            case GROUPING_SETS -> {
                severalSets = true;
                List<ImmutableBitSet> result = new ArrayList<>();
                for (SqlNode operand : ((SqlCall) node).getOperandList()) {
                    result.addAll(element(operand));
                }
                yield result;
            }
            default -> List.of(item(node));
        };
    }

    private List<ImmutableBitSet> items(SqlCall call) {
        return call.getOperandList().stream().map(this::item).toList();
    }

    /** One expression, or several in parentheses. */
    private ImmutableBitSet item(SqlNode node) {
        if (node instanceof SqlNodeList list) {
            return ImmutableBitSet.union(list.getList().stream().map(this::item).toList());
        }
        if (node.getKind() == SqlKind.ROW) {
            return ImmutableBitSet.union(items((SqlCall) node));
        }
        RexNode expression = analyzer.apply(node);
        int index = expressions.indexOf(expression);
        if (index < 0) {
            index = expressions.size();
            expressions.add(expression);
        }
        return ImmutableBitSet.of(index);
    }
}
