package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.rel.PlanCost;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.TableFacts;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.sql.validate.RelTrees;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/**
 * A way to use an index of a table; all expressions are over all fields of the scan. Bounds may be anything that does not look at
 * the row itself: constants, parameters, outer rows.
 *
 * @param index 0 for the table's own order, i for its index i
 * @param definition the index
 * @param used conditions that the bounds make true
 * @param equal conditions that fix the first key columns
 * @param low lower bound of the next one
 * @param rows rows it reads
 */
record Access(
        int index,
        IndexDefinition definition,
        List<IndexDefinition.Part> parts,
        boolean unique,
        List<RexNode> used,
        List<Equality> equal,
        @Nullable Bound low,
        @Nullable Bound high,
        double rows) {

    /** A condition that fixes one key column: EQUALS, or OTHER for any of an array. */
    record Equality(SqlKind kind, RexNode value, PgRelType type) {}

    /**
     * A condition on one key column.
     *
     * @param narrowed the value's type is wider than the column's, so that the bound may hold for more rows than the condition
     */
    record Bound(RexNode condition, SqlKind kind, RexNode value, PgRelType type, boolean narrowed) {
        boolean inclusive() {
            return narrowed || kind == SqlKind.LESS_THAN_OR_EQUAL || kind == SqlKind.GREATER_THAN_OR_EQUAL;
        }
    }

    /** All ways to use an index of the scanned table under some conditions, those that only give an order included. */
    static List<Access> of(ScanRel scan, List<RexNode> conditions) {
        Statistics facts = Statistics.of(scan);
        CatalogSnapshot catalog = facts.catalog();
        List<Access> found = new ArrayList<>();
        if (!(scan.relation() instanceof TableDefinition table)) {
            return found;
        }
        for (IndexDefinition index : catalog.indexes(table.oid())) {
            int number = catalog.storedIndexNumber(table, index.oid());
            if (number >= 0 && index.valid()) {
                IndexText text = index.plain() ? columns(scan, index) : facts.indexText(table, index);
                if (text.covers(conditions)) {
                    found.add(of(facts, scan, index, text, number, conditions));
                }
            }
        }
        return found;
    }

    private static IndexText columns(ScanRel scan, IndexDefinition index) {
        List<RexNode> keys = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            keys.add(RexInputRef.of(part.column() - 1, scan.fullType()));
        }
        return new IndexText(keys, null);
    }

    private static Access of(
            TableFacts facts,
            ScanRel scan,
            IndexDefinition index,
            IndexText text,
            int number,
            List<RexNode> conditions) {
        List<RexNode> used = new ArrayList<>();
        List<Equality> equal = new ArrayList<>();
        List<RexNode> counted = new ArrayList<>();
        List<IndexDefinition.Part> parts = index.parts();
        boolean array = false;
        for (int column = 0; column < parts.size() && !array; column++) {
            RexNode key = text.keys().get(column);
            PgRelType type = PgRelType.of(key.getType());
            Bound bound = equality(conditions, key, type, equal.isEmpty());
            if (bound == null) {
                break;
            }
            array = bound.kind() == SqlKind.OTHER;
            used.add(bound.condition());
            equal.add(new Equality(bound.kind(), bound.value(), type));
        }
        counted.addAll(used);
        Bound low = null;
        Bound high = null;
        if (!array && equal.size() < parts.size()) {
            RexNode key = text.keys().get(equal.size());
            PgRelType type = PgRelType.of(key.getType());
            low = range(conditions, key, type, true);
            high = range(conditions, key, type, false);
        }
        for (Bound bound : new Bound[] {low, high}) {
            if (bound != null) {
                counted.add(bound.condition());
                if (!bound.narrowed()) {
                    used.add(bound.condition());
                }
            }
        }
        if (text.predicate() != null) {
            counted.add(text.predicate());
        }
        boolean unique = index.unique() && equal.size() == parts.size() && !array;
        double rows = unique ? 1 : Math.max(1, facts.rows(scan.relation()) * new Selectivity(facts, scan).all(counted));
        return new Access(number, index, parts, unique, used, equal, low, high, rows);
    }

    /** Whether it reads less than everything. */
    boolean isBounded() {
        return !equal.isEmpty() || low != null || high != null || definition.predicate() != null;
    }

    /** Whether it finds at most one row, by the table's own key. */
    boolean isPrimaryKey() {
        return unique && index == 0;
    }

    /** What reading the rows costs, filters apart. */
    PlanCost cost(TableFacts facts, ScanRel scan) {
        double total = facts.rows(scan.relation());
        double pages = facts.pageCost(scan.relation());
        if (index == 0) {
            return new PlanCost(
                    PlanCost.LOOKUP, isBounded() ? pages * rows / total : pages, PlanCost.LOOKUP + rows * PlanCost.ROW);
        }
        // Every entry leads to a lookup in the table; pages met again are still in memory.
        double read = Math.min(rows * 0.1, pages * 2);
        return new PlanCost(PlanCost.LOOKUP, read, PlanCost.LOOKUP + rows * (PlanCost.ROW + 2 * PlanCost.LOOKUP));
    }

    /** 1 if it gives the order, -1 if it does read backward, 0 if it does not. Keys are over all fields of the scan. */
    int order(List<RelFieldCollation> keys) {
        if (equal.stream().anyMatch(equality -> equality.kind() == SqlKind.OTHER)) {
            return 0;
        }
        int fixed = equal.size();
        boolean forward = true;
        boolean backward = true;
        int at = fixed;
        for (RelFieldCollation key : keys) {
            if (parts.subList(0, fixed).stream().anyMatch(part -> part.column() - 1 == key.getFieldIndex())) {
                continue;
            }
            if (unique && fixed == parts.size()) {
                return 1;
            }
            if (at >= parts.size() || parts.get(at).column() - 1 != key.getFieldIndex()) {
                return 0;
            }
            IndexDefinition.Part part = parts.get(at++);
            boolean descending = key.getDirection().isDescending();
            boolean nullsFirst = key.nullDirection == RelFieldCollation.NullDirection.FIRST;
            forward &= part.descending() == descending && part.nullsFirst() == nullsFirst;
            backward &= part.descending() != descending && part.nullsFirst() != nullsFirst;
        }
        return forward ? 1 : backward ? -1 : 0;
    }

    private static @Nullable Bound equality(List<RexNode> conditions, RexNode key, PgRelType type, boolean first) {
        Bound array = null;
        for (RexNode condition : conditions) {
            Bound bound = bound(condition, key, type);
            if (bound != null && bound.kind() == SqlKind.EQUALS) {
                return bound;
            }
            if (first && bound != null && bound.kind() == SqlKind.OTHER) {
                array = bound;
            }
        }
        return array;
    }

    private static @Nullable Bound range(List<RexNode> conditions, RexNode key, PgRelType type, boolean low) {
        for (RexNode condition : conditions) {
            Bound bound = bound(condition, key, type);
            if (bound == null) {
                continue;
            }
            boolean lower = bound.kind() == SqlKind.GREATER_THAN || bound.kind() == SqlKind.GREATER_THAN_OR_EQUAL;
            boolean upper = bound.kind() == SqlKind.LESS_THAN || bound.kind() == SqlKind.LESS_THAN_OR_EQUAL;
            if (low ? lower : upper) {
                return bound;
            }
        }
        return null;
    }

    /** A comparison of a key with something the scan can know beforehand. */
    private static @Nullable Bound bound(RexNode condition, RexNode key, PgRelType type) {
        if (!(condition instanceof RexCall call) || RelTrees.isVolatile(condition)) {
            return null;
        }
        if (call.getOperator() instanceof PgSpecial special && special.form() == SpecialForm.ANY) {
            RexNode array = call.getOperands().get(1);
            boolean equality = special.comparison() != null
                    && special.comparison().name().endsWith("eq")
                    && PgRelType.of(array.getType()).pgType().elementOid() == keyOid(type);
            return equality && isKey(call.getOperands().get(0), key) && isKnown(array)
                    ? new Bound(condition, SqlKind.OTHER, array, type, false)
                    : null;
        }
        SqlKind kind = call.getKind();
        boolean comparison = switch (kind) {
            case EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> true;
            default -> false;
        };
        if (!comparison || call.getOperands().size() != 2) {
            return null;
        }
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        if (isKey(left, key) && isKnown(right) && sameKey(right, type)) {
            return new Bound(condition, kind, right, type, isWider(right, type));
        }
        if (isKey(right, key) && isKnown(left) && sameKey(left, type)) {
            return new Bound(condition, kind.reverse(), left, type, isWider(left, type));
        }
        return null;
    }

    /** The key itself, or converted between varchar and text, which changes nothing. */
    private static boolean isKey(RexNode node, RexNode key) {
        RexNode current = node;
        while (!current.equals(key)
                && current instanceof RexCall call
                && call.getOperator() instanceof PgSpecial special
                && special.isCast()
                && isText(call)
                && isText(call.getOperands().getFirst())
                && PgRelType.of(call.getType()).typmod() == -1) {
            current = call.getOperands().getFirst();
        }
        return current.equals(key);
    }

    private static boolean isText(RexNode node) {
        PgType type = PgRelType.of(node.getType()).pgType();
        return type == PgType.TEXT || type == PgType.VARCHAR || type == PgType.NAME;
    }

    /** No field of the row: constants, parameters, outer rows, queries that look at none of this row. */
    private static boolean isKnown(RexNode node) {
        return RelOptUtil.InputFinder.bits(node).isEmpty();
    }

    /** Whether a value can be encoded in a key of the type. */
    private static boolean sameKey(RexNode value, PgRelType key) {
        PgType have = PgRelType.of(value.getType()).pgType();
        PgType want = key.pgType();
        return have.oid() == want.oid()
                || isText(value) && (want == PgType.VARCHAR || want == PgType.TEXT)
                || isInteger(have) && isInteger(want);
    }

    private static boolean isWider(RexNode value, PgRelType key) {
        PgType have = PgRelType.of(value.getType()).pgType();
        return isInteger(have)
                && isInteger(key.pgType())
                && have.length() > key.pgType().length();
    }

    static boolean isInteger(PgType type) {
        return type == PgType.INT8 || type == PgType.INT4 || type == PgType.INT2;
    }

    private static int keyOid(PgRelType type) {
        return type.is(PgType.VARCHAR) ? PgType.TEXT.oid() : type.pgType().oid();
    }
}
