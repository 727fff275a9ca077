package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.IndexScan;
import dev.strongroom.sql.execute.KeyBounds;
import dev.strongroom.sql.execute.KeyLookup;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.execute.RowMapping;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.execute.SystemScan;
import dev.strongroom.sql.execute.TableScan;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.sql.validate.RelTrees;
import dev.strongroom.storage.table.TableLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Access paths: the whole table, the primary key, an index with bounds, an index for its order. */
final class ScanPlanner {
    private static final int[] NO_FIELDS = {};

    private final PlanBuilder builder;
    private final CatalogSnapshot catalog;
    private final Estimates estimates;
    private final Expressions expressions;

    ScanPlanner(PlanBuilder builder, CatalogSnapshot catalog, Estimates estimates, Expressions expressions) {
        this.builder = builder;
        this.catalog = catalog;
        this.estimates = estimates;
        this.expressions = expressions;
    }

    /** A condition on one key column. */
    private record Bound(RexNode condition, SqlKind kind, RexNode value) {}

    /**
     * A way to use an index.
     *
     * @param equal conditions that fix the first key columns
     * @param low lower bound of the next one
     * @param rows rows it reads
     */
    record Path(
            int index,
            boolean unique,
            List<RexNode> used,
            List<Equality> equal,
            @Nullable RexNode low,
            boolean lowInclusive,
            @Nullable RexNode high,
            boolean highInclusive,
            double rows,
            boolean orders,
            boolean backward) {}

    /** A condition that fixes one key column. */
    record Equality(SqlKind kind, RexNode value, PgRelType type) {}

    Built scan(ScanRel scan, List<RexNode> conditions, BitSet needed, List<RelFieldCollation> wish) {
        return switch (scan.relation()) {
            case TableDefinition table -> table(scan, table, conditions, needed, wish);
            case SystemTable system -> system(scan, system, conditions, needed);
            case SequenceDefinition sequence -> {
                int[] all = Arrays.copyOf(
                        PlanBuilder.identity(sequence.columns().size()),
                        scan.getRowType().getFieldCount());
                Arrays.fill(all, sequence.columns().size(), all.length, -1);
                yield builder.filtered(
                        builder.noted(new Built(new SequenceScan(sequence), all, 1, 1)), scan, conditions, needed);
            }
            default -> throw new IllegalStateException(scan.relation().name());
        };
    }

    private Built system(ScanRel scan, SystemTable system, List<RexNode> conditions, BitSet needed) {
        BitSet all = withNeeds(needed, conditions);
        int[] slots = slots(all, scan.getRowType().getFieldCount());
        int[] columns = columns(slots, scan);
        Expr filter = filter(conditions, slots);
        double rows = estimates.tableRows(scan) * estimates.selectivity(scan, conditions);
        PlanNode node = new SystemScan(system.oid(), system.name(), columns, filter);
        return builder.noted(new Built(node, slots, Math.max(1, rows), estimates.tableRows(scan) * Estimates.ROW_COST));
    }

    private Built table(
            ScanRel scan,
            TableDefinition table,
            List<RexNode> conditions,
            BitSet needed,
            List<RelFieldCollation> wish) {
        TableLayout layout = catalog.layout(table);
        double total = estimates.tableRows(scan);
        double rows = Math.max(1, total * estimates.selectivity(scan, conditions));
        double fullCost = estimates.tablePages(scan) * Estimates.PAGE_COST + total * Estimates.ROW_COST;
        Path best = null;
        double bestCost = wish.isEmpty() ? fullCost : fullCost + Estimates.sortCost(rows);
        for (Path path : paths(scan, table, layout, conditions, wish)) {
            double cost = cost(path, wish, rows);
            if (cost < bestCost || (path.unique() && path.index() == 0)) {
                best = path;
                bestCost = cost;
            }
        }
        return best == null
                ? fullScan(scan, table, layout, conditions, needed, rows, fullCost)
                : indexScan(scan, table, layout, best, conditions, needed, rows, bestCost, wish);
    }

    /** Reading through a secondary index costs a lookup per row. */
    private static double cost(Path path, List<RelFieldCollation> wish, double rows) {
        double perRow = path.index() == 0 ? Estimates.ROW_COST * 2 : Estimates.LOOKUP_COST;
        double sort = wish.isEmpty() || path.orders() ? 0 : Estimates.sortCost(rows);
        return Estimates.LOOKUP_COST + path.rows() * perRow + sort;
    }

    /** Cost of one lookup by equalities on some fields, or null where no index serves. */
    @Nullable
    Path lookup(ScanRel scan, List<RexNode> conditions) {
        if (!(scan.relation() instanceof TableDefinition table)) {
            return null;
        }
        Path best = null;
        for (Path path : paths(scan, table, catalog.layout(table), conditions, List.of())) {
            if (!path.equal().isEmpty() && (best == null || path.rows() < best.rows())) {
                best = path;
            }
        }
        return best;
    }

    static double lookupCost(Path path) {
        return cost(path, List.of(), path.rows());
    }

    private Built fullScan(
            ScanRel scan,
            TableDefinition table,
            TableLayout layout,
            List<RexNode> conditions,
            BitSet needed,
            double rows,
            double cost) {
        int[] slots = slots(withNeeds(needed, conditions), scan.getRowType().getFieldCount());
        RowMapping mapping = new RowMapping(layout, columns(slots, scan), table.oid());
        PlanNode node = new TableScan(layout, mapping, filter(conditions, slots));
        return builder.noted(new Built(node, slots, rows, cost));
    }

    private Built indexScan(
            ScanRel scan,
            TableDefinition table,
            TableLayout layout,
            Path path,
            List<RexNode> conditions,
            BitSet needed,
            double rows,
            double cost,
            List<RelFieldCollation> wish) {
        List<RexNode> residual = new ArrayList<>(conditions);
        residual.removeAll(path.used());
        int[] slots = slots(withNeeds(needed, residual), scan.getRowType().getFieldCount());
        RowMapping mapping = new RowMapping(layout, columns(slots, scan), table.oid());
        Expr filter = filter(residual, slots);
        PlanNode node;
        if (path.unique()
                && path.index() == 0
                && path.low() == null
                && path.high() == null
                && path.equal().stream().allMatch(equality -> equality.kind() == SqlKind.EQUALS)) {
            List<Expr> key = new ArrayList<>();
            path.equal().forEach(equality -> key.add(expressions.compile(equality.value(), NO_FIELDS)));
            node = new KeyLookup(layout, mapping, key, filter);
        } else {
            node = new IndexScan(layout, path.index(), mapping, bounds(path), path.backward(), filter);
        }
        return builder.noted(new Built(node, slots, rows, cost, !wish.isEmpty() && path.orders()));
    }

    private KeyBounds bounds(Path path) {
        List<KeyBounds.Equal> equal = new ArrayList<>();
        for (Equality equality : path.equal()) {
            equal.add(
                    switch (equality.kind()) {
                        case IS_NULL -> new KeyBounds.IsNull(equality.type().pgType());
                        case EQUALS -> new KeyBounds.Value(expressions.compile(equality.value(), NO_FIELDS));
                        default -> new KeyBounds.InArray(expressions.compile(equality.value(), NO_FIELDS));
                    });
        }
        RexNode low = path.low();
        RexNode high = path.high();
        return new KeyBounds(
                equal,
                low == null ? null : expressions.compile(low, NO_FIELDS),
                path.lowInclusive(),
                high == null ? null : expressions.compile(high, NO_FIELDS),
                path.highInclusive());
    }

    private @Nullable Expr filter(List<RexNode> conditions, int[] slots) {
        return conditions.isEmpty()
                ? null
                : expressions.compile(RexUtil.composeConjunction(builder.rex(), conditions), slots);
    }

    private static BitSet withNeeds(BitSet needed, List<RexNode> conditions) {
        BitSet all = (BitSet) needed.clone();
        conditions.forEach(condition -> Expressions.addNeeded(condition, all));
        return all;
    }

    /** Slots of the needed fields, in field order. */
    static int[] slots(BitSet needed, int fields) {
        int[] slots = new int[fields];
        Arrays.fill(slots, -1);
        int next = 0;
        for (int field = needed.nextSetBit(0); field >= 0; field = needed.nextSetBit(field + 1)) {
            slots[field] = next++;
        }
        return slots;
    }

    private static int[] columns(int[] slots, ScanRel scan) {
        int width = 0;
        for (int slot : slots) {
            width = Math.max(width, slot + 1);
        }
        int stored = scan.relation().columns().size();
        int[] columns = new int[width];
        for (int field = 0; field < slots.length; field++) {
            if (slots[field] >= 0) {
                columns[slots[field]] = field < stored
                        ? field
                        : switch (field - stored) {
                            case ScanRel.KEY -> RowMapping.KEY;
                            case ScanRel.VERSION -> RowMapping.VERSION;
                            default -> RowMapping.TABLE_OID;
                        };
            }
        }
        return columns;
    }

    // ---- paths

    private List<Path> paths(
            ScanRel scan,
            TableDefinition table,
            TableLayout layout,
            List<RexNode> conditions,
            List<RelFieldCollation> wish) {
        List<Path> paths = new ArrayList<>();
        for (IndexDefinition index : catalog.indexes(table.oid())) {
            int number = catalog.storedIndexNumber(table, index.oid());
            if (number < 0 || !index.valid()) {
                continue;
            }
            IndexText text = index.plain() ? columns(scan, index) : builder.indexText(table, index);
            Path path = text.covers(conditions) ? path(scan, index, text, number, conditions, wish) : null;
            if (path != null) {
                paths.add(path);
            }
        }
        return paths;
    }

    private static IndexText columns(ScanRel scan, IndexDefinition index) {
        List<RexNode> keys = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            keys.add(RexInputRef.of(part.column() - 1, scan.getRowType()));
        }
        return new IndexText(keys, null);
    }

    private @Nullable Path path(
            ScanRel scan,
            IndexDefinition index,
            IndexText text,
            int number,
            List<RexNode> conditions,
            List<RelFieldCollation> wish) {
        List<RexNode> used = new ArrayList<>();
        List<Equality> equal = new ArrayList<>();
        double rows = estimates.tableRows(scan);
        RexNode predicate = text.predicate();
        if (predicate != null) {
            rows *= estimates.selectivity(scan, List.of(predicate));
        }
        List<IndexDefinition.Part> parts = index.parts();
        List<RexNode> keys = text.keys();
        boolean plain = true;
        int column = 0;
        for (; column < parts.size(); column++) {
            RexNode key = keys.get(column);
            PgRelType type = PgRelType.of(key.getType());
            Bound bound = equality(conditions, key, type, plain && equal.isEmpty());
            if (bound == null) {
                break;
            }
            used.add(bound.condition());
            equal.add(new Equality(bound.kind(), bound.value(), type));
            plain &= bound.kind() == SqlKind.EQUALS;
            rows = Math.max(1, rows * Math.max(0.005, 1 / rows));
            if (bound.kind() == SqlKind.OTHER) {
                column++;
                break;
            }
        }
        boolean unique = index.unique()
                && equal.size() == parts.size()
                && equal.stream().allMatch(equality -> equality.kind() == SqlKind.EQUALS);
        if (unique) {
            rows = 1;
        }
        Bound low = null;
        Bound high = null;
        if (plain && column < parts.size()) {
            RexNode key = keys.get(column);
            PgRelType type = PgRelType.of(key.getType());
            low = range(conditions, key, type, true);
            high = range(conditions, key, type, false);
            rows *= low != null && high != null ? 0.05 : low != null || high != null ? 1.0 / 3 : 1;
        }
        if (low != null) {
            used.add(low.condition());
        }
        if (high != null) {
            used.add(high.condition());
        }
        int order = plain ? order(parts, equal.size(), wish) : 0;
        if (used.isEmpty() && order == 0 && predicate == null) {
            return null;
        }
        return new Path(
                number,
                unique,
                used,
                equal,
                low == null ? null : low.value(),
                low == null || low.kind() == SqlKind.GREATER_THAN_OR_EQUAL,
                high == null ? null : high.value(),
                high == null || high.kind() == SqlKind.LESS_THAN_OR_EQUAL,
                rows,
                order != 0,
                order < 0);
    }

    /** 1 if the index gives the order, -1 if it does read backward, 0 if it does not. */
    private static int order(List<IndexDefinition.Part> parts, int fixed, List<RelFieldCollation> wish) {
        if (wish.isEmpty()) {
            return 0;
        }
        boolean forward = true;
        boolean backward = true;
        int at = fixed;
        for (RelFieldCollation key : wish) {
            boolean isFixed =
                    parts.subList(0, fixed).stream().anyMatch(part -> part.column() - 1 == key.getFieldIndex());
            if (isFixed) {
                continue;
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
        for (RexNode condition : conditions) {
            Bound bound = bound(condition, key, type);
            if (bound != null && bound.kind() == SqlKind.EQUALS) {
                return bound;
            }
            if (first && bound != null && bound.kind() == SqlKind.OTHER) {
                return bound;
            }
        }
        return null;
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
                    ? new Bound(condition, SqlKind.OTHER, array)
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
            return new Bound(condition, kind, right);
        }
        if (isKey(right, key) && isKnown(left) && sameKey(left, type)) {
            return new Bound(condition, kind.reverse(), left);
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

    /** No field of the row: constants, parameters, outer rows. */
    private static boolean isKnown(RexNode node) {
        return Expressions.needed(List.of(node)).isEmpty() && !Expressions.hasSubquery(node);
    }

    /** Whether a value is encoded in a key as the key's own type is. */
    private static boolean sameKey(RexNode value, PgRelType key) {
        PgType have = PgRelType.of(value.getType()).pgType();
        PgType want = key.pgType();
        if (have.oid() == want.oid()) {
            return true;
        }
        return isText(value) && (want == PgType.VARCHAR || want == PgType.TEXT)
                || isInteger(have) && isInteger(want) && have.length() <= want.length();
    }

    private static boolean isInteger(PgType type) {
        return type == PgType.INT8 || type == PgType.INT4 || type == PgType.INT2;
    }

    private static int keyOid(PgRelType type) {
        return type.is(PgType.VARCHAR) ? PgType.TEXT.oid() : type.pgType().oid();
    }
}
