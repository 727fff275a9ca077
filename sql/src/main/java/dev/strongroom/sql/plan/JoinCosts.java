package dev.strongroom.sql.plan;

import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ScanRel;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.metadata.RelMetadataQuery;

/** What logical nodes will cost once they run in their best way: what join ordering compares. */
final class JoinCosts {
    private JoinCosts() {}

    static PlanCost scan(ScanRel scan) {
        Statistics facts = Statistics.of(scan);
        double rows = facts.rows(scan.relation());
        PlanCost best = new PlanCost(0, facts.pageCost(scan.relation()), rows * PlanCost.ROW);
        if (scan.conditions().isEmpty()) {
            return best;
        }
        for (Access access : Access.of(scan, scan.conditions())) {
            PlanCost cost = access.cost(facts, scan);
            best = access.isBounded() && cost.isLt(best) ? cost : best;
        }
        return best.plusCpu(rows * PlanCost.OPERATOR * scan.conditions().size());
    }

    static PlanCost join(Join join, PlanCost left, PlanCost right, RelMetadataQuery mq) {
        double leftRows = Math.max(1, mq.getRowCount(join.getLeft()));
        double rightRows = Math.max(1, mq.getRowCount(join.getRight()));
        double rows = Math.max(1, mq.getRowCount(join));
        JoinInfo info = join.analyzeCondition();
        double result = rows * PlanCost.OPERATOR;
        PlanCost best = left.plus(right).plusCpu(leftRows * rightRows * PlanCost.OPERATOR * 2 + result);
        if (!info.leftKeys.isEmpty()) {
            double hashing = Math.min(leftRows + 2 * rightRows, 2 * leftRows + rightRows) * PlanCost.ROW;
            PlanCost hashed = left.plus(right).plusCpu(hashing + result);
            best = hashed.isLt(best) ? hashed : best;
        }
        best = cheaper(best, lookup(join, false, left, leftRows, result));
        return join.getJoinType() == JoinRelType.INNER
                ? cheaper(best, lookup(join, true, right, rightRows, result))
                : best;
    }

    private static PlanCost cheaper(PlanCost a, PlanCost b) {
        return b.isLt(a) ? b : a;
    }

    private static PlanCost lookup(Join join, boolean swapped, PlanCost outer, double outerRows, double result) {
        Lookups lookups = Lookups.of(join, swapped);
        if (lookups == null) {
            return new PlanCost(0, 0, Double.POSITIVE_INFINITY);
        }
        ScanRel scan = lookups.scan();
        Statistics facts = Statistics.of(scan);
        PlanCost once = lookups.access().cost(facts, scan);
        double pages = Math.min(outerRows * once.pages(), 2 * facts.pageCost(scan.relation()));
        int conditions = RelOptUtil.conjunctions(join.getCondition()).size()
                + scan.conditions().size();
        double perRow = once.cpu() + PlanCost.ROW + lookups.access().rows() * conditions * PlanCost.OPERATOR;
        return new PlanCost(0, outer.pages() + pages, outer.cpu() + outerRows * perRow + result);
    }
}
