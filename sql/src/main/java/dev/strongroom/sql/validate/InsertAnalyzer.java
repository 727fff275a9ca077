package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.Modification.Insert;
import dev.strongroom.sql.parse.statement.Modification.OnConflict;
import dev.strongroom.sql.parse.statement.Modification.Overriding;
import dev.strongroom.sql.parse.statement.Modification.TargetColumn;
import dev.strongroom.sql.rel.RowsRel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;

/** INSERT: target columns, VALUES or a query, ON CONFLICT. */
final class InsertAnalyzer {
    private final ModifyAnalyzer modifications;
    private final Analysis analysis;
    private final Ctes ctes;

    InsertAnalyzer(ModifyAnalyzer modifications, Analysis analysis, Ctes ctes) {
        this.modifications = modifications;
        this.analysis = analysis;
        this.ctes = ctes;
    }

    AnalyzedModification analyze(Insert insert) {
        TableDefinition table = modifications.table(insert.table(), Privilege.INSERT, "inserting into");
        List<Column> targets = targets(insert, table);
        SqlNode source = insert.source();
        List<Column> filled = new ArrayList<>();
        RelNode rel;
        if (source == null) {
            rel = new RowsRel(analysis.cluster, List.of(List.of()), Analysis.rowType(List.of()));
        } else if (source.getKind() == SqlKind.VALUES) {
            rel = values((SqlCall) source, insert, table, targets, filled);
        } else {
            rel = query(source, insert, table, targets, filled);
        }
        OnConflict conflict = insert.onConflict();
        return new AnalyzedModification.Insert(
                table,
                modifications.withDefinitions(rel),
                filled.stream().map(Column::slot).toList(),
                conflict == null ? null : conflict(conflict, insert, table),
                modifications.returning(insert.returning(), table, insert.alias(), null));
    }

    private static List<Column> targets(Insert insert, TableDefinition table) {
        if (insert.columns().isEmpty()) {
            return table.liveColumns();
        }
        List<Column> targets = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        for (TargetColumn target : insert.columns()) {
            Column column = ModifyAnalyzer.target(table, target);
            if (!seen.add(column.number())) {
                throw ErrorReport.error(
                                ErrorCode.DUPLICATE_COLUMN, "column \"" + target.name() + "\" specified more than once")
                        .withPosition(target.position())
                        .exception();
            }
            targets.add(column);
        }
        return targets;
    }

    private static void requireWidth(int given, Insert insert, List<Column> targets, SqlNode at) {
        if (given > targets.size()) {
            throw Analysis.error(ErrorCode.SYNTAX_ERROR, "INSERT has more expressions than target columns", at)
                    .exception();
        }
        if (!insert.columns().isEmpty() && given < targets.size()) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "INSERT has more target columns than expressions")
                    .withPosition(insert.columns().get(given).position())
                    .exception();
        }
    }

    private void use(TableDefinition table, List<Column> targets) {
        targets.forEach(column -> analysis.useColumn(table.oid(), Privilege.INSERT, column.number()));
    }

    private RelNode values(
            SqlCall values, Insert insert, TableDefinition table, List<Column> targets, List<Column> filled) {
        int width = ((SqlCall) values.operand(0)).operandCount();
        SqlCall firstRow = values.operand(0);
        requireWidth(width, insert, targets, firstRow.operand(Math.min(width - 1, targets.size())));
        use(table, targets.subList(0, width));
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            if (isFilled(values, i, insert, targets.get(i))) {
                kept.add(i);
                filled.add(targets.get(i));
            }
        }
        FromItem nothing = new FromItem(
                new RowsRel(analysis.cluster, List.of(List.of()), Analysis.rowType(List.of())), List.of(), List.of());
        Scope scope = new Scope(analysis, null, ctes, nothing);
        scope.clause = "VALUES";
        ExpressionAnalyzer expressions = new ExpressionAnalyzer(scope);
        List<List<RexNode>> rows = new ArrayList<>();
        for (SqlNode row : values.getOperandList()) {
            List<RexNode> converted = new ArrayList<>();
            for (int i : kept) {
                SqlNode value = ((SqlCall) row).operand(i);
                Column column = targets.get(i);
                converted.add(
                        value.getKind() == SqlKind.DEFAULT
                                ? modifications.defaultValue(table, column)
                                : modifications.assigned(expressions.analyze(value), table, column, value));
            }
            rows.add(converted);
        }
        return new RowsRel(analysis.cluster, rows, rowType(filled));
    }

    /** Whether any row gives the column a value; if not it gets its default. */
    private static boolean isFilled(SqlCall values, int i, Insert insert, Column column) {
        boolean all = true;
        for (SqlNode row : values.getOperandList()) {
            all &= ((SqlCall) row).operand(i).getKind() == SqlKind.DEFAULT;
        }
        return !all && mayFill(insert, column);
    }

    private static boolean mayFill(Insert insert, Column column) {
        if (column.generated()) {
            throw ErrorReport.error(
                            ErrorCode.GENERATED_ALWAYS,
                            "cannot insert a non-DEFAULT value into column \"" + column.name() + "\"")
                    .withDetail("Column \"" + column.name() + "\" is a generated column.")
                    .exception();
        }
        if (column.identity() == Column.Identity.NONE || insert.overriding() == Overriding.SYSTEM_VALUE) {
            return true;
        }
        if (insert.overriding() == Overriding.USER_VALUE) {
            return false;
        }
        if (column.identity() == Column.Identity.ALWAYS) {
            throw ErrorReport.error(
                            ErrorCode.GENERATED_ALWAYS,
                            "cannot insert a non-DEFAULT value into column \"" + column.name() + "\"")
                    .withDetail("Column \"" + column.name() + "\" is an identity column defined as GENERATED ALWAYS.")
                    .withHint("Use OVERRIDING SYSTEM VALUE to override.")
                    .exception();
        }
        return true;
    }

    private RelNode query(
            SqlNode source, Insert insert, TableDefinition table, List<Column> targets, List<Column> filled) {
        AnalyzedQuery query = new QueryAnalyzer(analysis, null, ctes).open(source, QueryAnalyzer.Tail.NONE);
        requireWidth(query.columns().size(), insert, targets, source);
        use(table, targets.subList(0, query.columns().size()));
        RelNode rel = query.rel();
        boolean merge = rel instanceof LogicalProject;
        List<RexNode> fields = rel instanceof LogicalProject project ? project.getProjects() : Rels.references(rel);
        List<RexNode> converted = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Column column = targets.get(i);
            if (mayFill(insert, column)) {
                filled.add(column);
                converted.add(modifications.assigned(fields.get(i), table, column, source));
            }
        }
        return Rels.project(merge ? rel.getInput(0) : rel, converted);
    }

    private static RelDataType rowType(List<Column> columns) {
        return Analysis.rowType(columns.stream().map(FromAnalyzer::type).toList());
    }

    // ---- ON CONFLICT

    private AnalyzedModification.Conflict conflict(OnConflict conflict, Insert insert, TableDefinition table) {
        int arbiter = arbiter(conflict, table);
        List<Integer> slots = new ArrayList<>();
        List<RexNode> values = new ArrayList<>();
        if (!conflict.update()) {
            return new AnalyzedModification.Conflict(arbiter, false, slots, values, null);
        }
        FromItem both = ModifyAnalyzer.existingAndExcluded(analysis, table, insert.alias());
        // Bare names mean the existing row; the excluded one is only found by its name.
        FromItem item = new FromItem(both.rel(), both.relations().getFirst().columns(), both.relations());
        Scope scope = new Scope(analysis, null, ctes, item);
        ExpressionAnalyzer expressions = new ExpressionAnalyzer(scope);
        modifications.assign(table, conflict.assignments(), expressions, slots, values);
        SqlNode where = conflict.where();
        RexNode condition = where == null ? null : expressions.condition(where, "WHERE");
        return new AnalyzedModification.Conflict(arbiter, true, slots, values, condition);
    }

    private int arbiter(OnConflict conflict, TableDefinition table) {
        String constraint = conflict.constraint();
        if (constraint != null) {
            Constraint.Key key = analysis.catalog
                    .constraint(table.oid(), constraint)
                    .filter(Constraint.Key.class::isInstance)
                    .map(Constraint.Key.class::cast)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.UNDEFINED_OBJECT,
                                    "constraint \"" + constraint + "\" for table \"" + table.name()
                                            + "\" does not exist")
                            .withPosition(conflict.position())
                            .exception());
            key.columns().forEach(number -> analysis.useColumn(table.oid(), Privilege.SELECT, number));
            return key.indexOid();
        }
        if (conflict.targets().isEmpty()) {
            return 0;
        }
        TableText text = new TableText(analysis);
        Set<RexNode> wanted = new HashSet<>();
        for (SqlNode target : conflict.targets()) {
            wanted.add(text.indexKey(target, table));
        }
        for (int slot : RelOptUtil.InputFinder.bits(List.copyOf(wanted), null)) {
            analysis.useColumn(
                    table.oid(), Privilege.SELECT, table.columns().get(slot).number());
        }
        SqlNode where = conflict.targetWhere();
        List<RexNode> conditions =
                where == null ? List.of() : RelOptUtil.conjunctions(text.indexPredicate(where, table));
        for (IndexDefinition index : analysis.catalog.indexes(table.oid())) {
            if (index.unique() && index.valid()) {
                IndexText found = IndexText.of(analysis, table, index);
                if (wanted.equals(new HashSet<>(found.keys())) && found.covers(conditions)) {
                    return index.oid();
                }
            }
        }
        throw ErrorReport.error(
                        ErrorCode.INVALID_COLUMN_REFERENCE,
                        "there is no unique or exclusion constraint matching the ON CONFLICT specification")
                .exception();
    }
}
