package dev.strongroom.sql.rel;

import org.apache.calcite.plan.RelOptCost;
import org.apache.calcite.plan.RelOptCostFactory;
import org.jspecify.annotations.Nullable;

/**
 * What running a plan costs, in PostgreSQL's unit (reading one page in sequence): page reads and CPU apart, and what of the whole
 * is spent before the first row comes. Immutable.
 *
 * @param startup of the whole, spent before the first row
 * @param pages page reads, in the unit
 * @param cpu everything else, in the unit
 */
public record PlanCost(double startup, double pages, double cpu) implements RelOptCost {
    /** Reading one page. */
    public static final double PAGE = 1.0;

    /** Opening one sealed page: 1.4 µs where a row costs about 0.1 µs. */
    public static final double OPEN_SEALED_PAGE = 0.14;

    /** Handing on one row. */
    public static final double ROW = 0.01;

    /** Evaluating one operator. */
    public static final double OPERATOR = 0.0025;

    /** Descending one tree to a key. */
    public static final double LOOKUP = 0.05;

    public static final PlanCost ZERO = new PlanCost(0, 0, 0);
    private static final PlanCost TINY = new PlanCost(0, 0, OPERATOR);
    private static final PlanCost HUGE = new PlanCost(0, 0, Double.MAX_VALUE);
    private static final PlanCost INFINITE = new PlanCost(0, 0, Double.POSITIVE_INFINITY);

    /** Makes the costs Calcite asks for. */
    public static final RelOptCostFactory FACTORY = new RelOptCostFactory() {
        @Override
        public RelOptCost makeCost(double rows, double cpu, double pages) {
            return new PlanCost(0, pages, (rows + cpu) * ROW);
        }

        @Override
        public RelOptCost makeHugeCost() {
            return HUGE;
        }

        @Override
        public RelOptCost makeInfiniteCost() {
            return INFINITE;
        }

        @Override
        public RelOptCost makeTinyCost() {
            return TINY;
        }

        @Override
        public RelOptCost makeZeroCost() {
            return ZERO;
        }
    };

    /** A cost that is spread evenly over the rows. */
    public static PlanCost cpu(double cpu) {
        return new PlanCost(0, 0, cpu);
    }

    public double total() {
        return pages + cpu;
    }

    /** All of it spent before the first row, and more CPU on top. */
    public PlanCost blocking(double moreCpu) {
        double all = total() + moreCpu;
        return new PlanCost(all, pages, cpu + moreCpu);
    }

    /** With CPU that is spent as rows come. */
    public PlanCost plusCpu(double more) {
        return new PlanCost(startup, pages, cpu + more);
    }

    /** This one once, and the other one before its first row. */
    public PlanCost after(PlanCost first) {
        return new PlanCost(startup + first.total(), pages + first.pages, cpu + first.cpu);
    }

    /** Only a share of the rows is asked for. */
    public PlanCost share(double fraction) {
        double kept = Math.min(1, Math.max(0, fraction));
        double total = total();
        if (total <= 0 || Double.isInfinite(total)) {
            return this;
        }
        double wanted = startup + (total - startup) * kept;
        double scale = wanted / total;
        return new PlanCost(startup, pages * scale, cpu * scale);
    }

    @Override
    public double getRows() {
        return total();
    }

    @Override
    public double getCpu() {
        return cpu;
    }

    @Override
    public double getIo() {
        return pages;
    }

    @Override
    public boolean isInfinite() {
        return Double.isInfinite(total());
    }

    @Override
    public boolean equals(RelOptCost other) {
        return other instanceof PlanCost that && total() == that.total();
    }

    @Override
    public boolean isEqWithEpsilon(RelOptCost other) {
        return other instanceof PlanCost that && Math.abs(total() - that.total()) < 1e-9;
    }

    @Override
    public boolean isLe(RelOptCost other) {
        return total() <= ((PlanCost) other).total();
    }

    @Override
    public boolean isLt(RelOptCost other) {
        return total() < ((PlanCost) other).total();
    }

    @Override
    public PlanCost plus(RelOptCost other) {
        PlanCost that = (PlanCost) other;
        return new PlanCost(startup + that.startup, pages + that.pages, cpu + that.cpu);
    }

    @Override
    public PlanCost minus(RelOptCost other) {
        PlanCost that = (PlanCost) other;
        return new PlanCost(Math.max(0, startup - that.startup), pages - that.pages, cpu - that.cpu);
    }

    @Override
    public PlanCost multiplyBy(double factor) {
        return new PlanCost(startup * factor, pages * factor, cpu * factor);
    }

    @Override
    public double divideBy(RelOptCost other) {
        double divisor = ((PlanCost) other).total();
        return divisor == 0 ? 1 : total() / divisor;
    }

    @Override
    public String toString() {
        return startup + ".." + total();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlanCost(double s, double p, double c) && s == startup && p == pages && c == cpu;
    }

    @Override
    public int hashCode() {
        return Double.hashCode(startup) * 31 + Double.hashCode(total());
    }
}
