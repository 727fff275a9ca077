package dev.strongroom.sql.plan;

import dev.strongroom.catalog.statistics.ColumnStatistics;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.TableFacts;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * Share of a table's rows for which conditions hold: from most common values, histogram, null fraction and distinct counts where
 * the table was analyzed, else PostgreSQL's default guesses (selfuncs.h). Wrong answers cost time, never results.
 */
final class Selectivity {
    static final double EQUAL = 0.005;
    static final double RANGE = 1.0 / 3;
    static final double BOTH_BOUNDS = 0.005;
    static final double MATCH = 0.005;
    static final double UNKNOWN = 0.5;
    static final double DEFAULT_DISTINCT = 200;

    private final TableFacts facts;
    private final ScanRel scan;
    private final double rows;

    Selectivity(TableFacts facts, ScanRel scan) {
        this.facts = facts;
        this.scan = scan;
        this.rows = facts.rows(scan.relation());
    }

    /** Share of the rows for which all conditions hold, given over all fields of the scan. */
    double all(List<RexNode> conditions) {
        double result = 1;
        Map<Integer, double[]> ranges = new HashMap<>();
        for (RexNode condition : conditions) {
            int column = rangeColumn(condition);
            if (column < 0) {
                result *= of(condition);
                continue;
            }
            double[] bounds = ranges.computeIfAbsent(column, ignored -> new double[] {-1, -1});
            boolean lower = isLower((RexCall) condition);
            double share = of(condition);
            int side = lower ? 0 : 1;
            bounds[side] = bounds[side] < 0 ? share : Math.min(bounds[side], share);
        }
        for (Map.Entry<Integer, double[]> range : ranges.entrySet()) {
            double low = range.getValue()[0];
            double high = range.getValue()[1];
            if (low < 0 || high < 0) {
                result *= Math.max(low, high);
            } else {
                ColumnStatistics known = facts.column(scan.relation(), range.getKey());
                double nulls = known == null ? 0 : known.nullFraction();
                double both = low + high - 1 + nulls;
                result *= known == null || both <= 0 ? BOTH_BOUNDS : both;
            }
        }
        return clamp(result);
    }

    private static double clamp(double value) {
        return Math.min(1, Math.max(1e-9, value));
    }

    /** Share of the rows for which one condition holds. */
    double of(RexNode condition) {
        if (!(condition instanceof RexCall call)) {
            return condition.isAlwaysTrue()
                    ? 1
                    : condition instanceof RexLiteral
                            ? 0
                            : condition instanceof RexInputRef ref ? isTrue(ref) : UNKNOWN;
        }
        return switch (call.getKind()) {
            case AND -> all(RelOptUtil.conjunctions(call));
            case OR ->
                1
                        - call.getOperands().stream()
                                .mapToDouble(operand -> 1 - of(operand))
                                .reduce(1, (a, b) -> a * b);
            case NOT -> clamp(1 - of(call.getOperands().getFirst()));
            case IS_NULL -> nulls(call.getOperands().getFirst(), EQUAL);
            case IS_NOT_NULL -> 1 - nulls(call.getOperands().getFirst(), EQUAL);
            case EQUALS -> comparison(call, SqlKind.EQUALS);
            case NOT_EQUALS -> clamp(1 - comparison(call, SqlKind.EQUALS));
            case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> comparison(call, call.getKind());
            default -> other(call);
        };
    }

    private double other(RexCall call) {
        if (call.getOperator() instanceof PgSpecial special && special.form() == SpecialForm.ANY) {
            int column = column(call.getOperands().getFirst());
            boolean equal =
                    special.comparison() != null && special.comparison().name().endsWith("eq");
            if (column >= 0 && equal) {
                double sum = 0;
                for (RexNode element : elements(call.getOperands().get(1))) {
                    Object value = PgConstant.valueOf(element);
                    sum += value == null ? averageShare(column) : equalTo(column, value);
                }
                return clamp(Math.min(1, sum));
            }
            return UNKNOWN;
        }
        if (call.getOperator() instanceof SubqueryOperator) {
            return UNKNOWN;
        }
        String name = call.getOperator().getName();
        return name.startsWith("~") || name.contains("like")
                ? MATCH
                : call.getOperands().size() == 2 ? RANGE : UNKNOWN;
    }

    /** What an array holds, ten unknown values if that cannot be seen. */
    private static List<RexNode> elements(RexNode array) {
        if (array instanceof RexCall call
                && call.getOperator() instanceof PgSpecial special
                && special.form() == SpecialForm.ARRAY) {
            return call.getOperands();
        }
        int count = PgConstant.valueOf(array) instanceof PgArray values ? values.elements().length : 10;
        List<RexNode> unknown = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            unknown.add(array);
        }
        return unknown;
    }

    private double isTrue(RexInputRef reference) {
        return facts.column(scan.relation(), reference.getIndex()) == null
                ? UNKNOWN
                : equalTo(reference.getIndex(), 1L);
    }

    private double nulls(RexNode node, double guess) {
        int column = column(node);
        ColumnStatistics known = column < 0 ? null : facts.column(scan.relation(), column);
        return known == null ? guess : known.nullFraction();
    }

    private double comparison(RexCall call, SqlKind kind) {
        if (call.getOperands().size() != 2) {
            return UNKNOWN;
        }
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        int column = column(left);
        RexNode other = right;
        SqlKind seen = kind;
        if (column < 0) {
            column = column(right);
            other = left;
            seen = kind.reverse();
        }
        if (column < 0) {
            return kind == SqlKind.EQUALS ? EQUAL : RANGE;
        }
        Object value = PgConstant.valueOf(other);
        if (kind == SqlKind.EQUALS) {
            return value == null ? averageShare(column) : equalTo(column, value);
        }
        ColumnStatistics known = facts.column(scan.relation(), column);
        return value == null || known == null ? RANGE : range(known, value, seen);
    }

    /** Share of the rows with a value nothing is known of. */
    private double averageShare(int column) {
        ColumnStatistics known = facts.column(scan.relation(), column);
        double nulls = known == null ? 0 : known.nullFraction();
        return clamp((1 - nulls) / distinct(column));
    }

    /** Distinct values of a column in the whole table. */
    double distinct(int column) {
        BitSet alone = new BitSet();
        alone.set(column);
        if (facts.isUnique(scan.relation(), alone)) {
            return rows;
        }
        ColumnStatistics known = facts.column(scan.relation(), column);
        double values = known == null ? DEFAULT_DISTINCT : known.distinctValues(rows);
        return Math.max(1, Math.min(rows, values));
    }

    private double equalTo(int column, Object value) {
        ColumnStatistics known = facts.column(scan.relation(), column);
        if (known == null) {
            return averageShare(column);
        }
        int at = known.mostCommon().indexOf(value);
        if (at >= 0) {
            return known.frequencies().get(at);
        }
        double common =
                known.frequencies().stream().mapToDouble(Double::doubleValue).sum();
        double rest = 1 - known.nullFraction() - common;
        double values = distinct(column) - known.mostCommon().size();
        return values < 1 ? 1 / rows : clamp(rest / values);
    }

    private static double range(ColumnStatistics known, Object value, SqlKind kind) {
        boolean less = kind == SqlKind.LESS_THAN || kind == SqlKind.LESS_THAN_OR_EQUAL;
        double common = 0;
        double matching = 0;
        for (int i = 0; i < known.mostCommon().size(); i++) {
            Integer order = compare(known.mostCommon().get(i), value);
            if (order == null) {
                return RANGE;
            }
            double frequency = known.frequencies().get(i);
            common += frequency;
            boolean equal = order == 0 && (kind == SqlKind.LESS_THAN_OR_EQUAL || kind == SqlKind.GREATER_THAN_OR_EQUAL);
            matching += equal || (less ? order < 0 : order > 0) ? frequency : 0;
        }
        double rest = Math.max(0, 1 - known.nullFraction() - common);
        List<Object> bounds = known.histogram();
        if (bounds.size() < 2) {
            return clamp(matching + rest * RANGE);
        }
        Double below = below(bounds, value);
        return below == null ? RANGE : clamp(matching + rest * (less ? below : 1 - below));
    }

    /** Share of the histogram's values below one, null if they cannot be compared. */
    private static @Nullable Double below(List<Object> bounds, Object value) {
        int parts = bounds.size() - 1;
        for (int i = 0; i <= parts; i++) {
            Integer order = compare(bounds.get(i), value);
            if (order == null) {
                return null;
            }
            if (order >= 0) {
                return i == 0 ? 0.0 : (i - 1 + within(bounds.get(i - 1), bounds.get(i), value)) / parts;
            }
        }
        return 1.0;
    }

    /** Where between two bounds a value lies, half-way for values that are not numbers. */
    private static double within(Object low, Object high, Object value) {
        if (low instanceof String) {
            return 0.5;
        }
        double from = number(low);
        double to = number(high);
        return to <= from ? 0.5 : Math.min(1, Math.max(0, (number(value) - from) / (to - from)));
    }

    private static double number(Object value) {
        return switch (value) {
            case Number number -> number.doubleValue();
            case Numeric numeric -> Double.parseDouble(numeric.toString());
            default -> 0;
        };
    }

    private static @Nullable Integer compare(Object a, Object b) {
        if (a instanceof String text && b instanceof String other) {
            return CodePoints.compare(text, other);
        }
        boolean numbers =
                (a instanceof Number || a instanceof Numeric) && (b instanceof Number || b instanceof Numeric);
        return numbers ? Double.compare(number(a), number(b)) : null;
    }

    /** The column a comparison bounds on one side, -1 for any other condition. */
    private static int rangeColumn(RexNode condition) {
        if (!(condition instanceof RexCall call) || call.getOperands().size() != 2) {
            return -1;
        }
        return switch (call.getKind()) {
            case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> {
                int left = column(call.getOperands().get(0));
                int right = column(call.getOperands().get(1));
                yield left >= 0 && right >= 0 ? -1 : Math.max(left, right);
            }
            default -> -1;
        };
    }

    private static boolean isLower(RexCall call) {
        SqlKind kind = column(call.getOperands().get(0)) >= 0
                ? call.getKind()
                : call.getKind().reverse();
        return kind == SqlKind.GREATER_THAN || kind == SqlKind.GREATER_THAN_OR_EQUAL;
    }

    /** The column an expression is, conversions looked through; -1 if it is none. */
    private static int column(RexNode node) {
        RexNode current = node;
        while (current instanceof RexCall call && call.getOperator() instanceof PgSpecial special && special.isCast()) {
            current = call.getOperands().getFirst();
        }
        return current instanceof RexInputRef reference ? reference.getIndex() : -1;
    }
}
