package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** Expressions that a table's definition keeps as text: defaults, generated columns, CHECK conditions. */
public final class TableText {
    private static final String NEXTVAL = "nextval('";

    private final Analysis analysis;

    public TableText(Analysis analysis) {
        this.analysis = analysis;
    }

    /** A condition over the table's columns. */
    public RexNode condition(TableDefinition table, String text) {
        return analyzer(table).condition(SqlTextParser.parseExpression(text).node(), "CHECK");
    }

    /** The value of a generated column. */
    public RexNode generated(TableDefinition table, Column column) {
        ColumnDefault text = column.defaultValue();
        Objects.requireNonNull(text);
        return value(analyzer(table), column, text.expression());
    }

    /** What a column becomes where nothing is given for it; null for NULL. */
    public @Nullable RexNode columnDefault(TableDefinition table, Column column) {
        if (column.identity() != Column.Identity.NONE) {
            for (SequenceDefinition sequence : analysis.catalog.ownedSequences(table.oid())) {
                if (sequence.ownedByColumn() == column.number()) {
                    return nextValue(sequence.oid(), column);
                }
            }
        }
        ColumnDefault value = column.defaultValue();
        if (value == null || column.generated()) {
            return null;
        }
        if (value.expression().startsWith(NEXTVAL) && value.expression().endsWith("'::regclass)")) {
            for (ObjectRef reference : value.references()) {
                Relation sequence = analysis.catalog.relation(reference.oid()).orElse(null);
                if (sequence instanceof SequenceDefinition) {
                    return nextValue(sequence.oid(), column);
                }
            }
        }
        return value(analyzer(null), column, value.expression());
    }

    private RexNode nextValue(int sequenceOid, Column column) {
        RexNode sequence =
                PgConstant.of(analysis.rex, PgRelType.of(PgType.REGCLASS), Integer.toUnsignedLong(sequenceOid));
        FunctionResolver.Resolved nextval = analysis.resolver.function(
                "nextval",
                List.of(sequence),
                List.of(),
                false,
                SqlTextParser.parseExpression("0").node());
        RexNode next = PgFunction.call(analysis.rex, nextval.signature(), nextval.result(), nextval.operands(), false);
        return analysis.coercions.assign(next, FromAnalyzer.type(column), column.name(), null);
    }

    private RexNode value(ExpressionAnalyzer analyzer, Column column, String text) {
        SqlNode node = SqlTextParser.parseExpression(text).node();
        return analysis.coercions.assign(analyzer.analyze(node), FromAnalyzer.type(column), column.name(), node);
    }

    private ExpressionAnalyzer analyzer(@Nullable TableDefinition table) {
        return new ExpressionAnalyzer(scope(table));
    }

    /** An expression given with a statement, over a table's columns or none. */
    public RexNode expression(SqlNode node, @Nullable TableDefinition table, @Nullable PgRelType target) {
        RexNode value = analyzer(table).analyze(node);
        return target == null
                ? analysis.coercions.resolveUnknown(value, node)
                : analysis.coercions.coerce(value, target, Coercions.Level.ASSIGNMENT, node);
    }

    private Scope scope(@Nullable TableDefinition table) {
        List<RelDataType> types = new ArrayList<>();
        List<FromItem.Visible> visible = new ArrayList<>();
        if (table != null) {
            for (Column column : table.columns()) {
                types.add(FromAnalyzer.type(column));
            }
        }
        RowsRel row = new RowsRel(analysis.cluster, List.of(), Analysis.rowType(types));
        if (table != null) {
            for (Column column : table.liveColumns()) {
                visible.add(new FromItem.Visible(
                        column.name(), RexInputRef.of(column.slot(), row.getRowType()), table.oid(), column.number()));
            }
        }
        FromItem item =
                table == null ? new FromItem(row, List.of(), List.of()) : FromItem.of(row, table.name(), null, visible);
        Scope scope = new Scope(analysis, null, new Ctes(null), item);
        scope.clause = table == null ? "DEFAULT expressions" : "check constraints";
        return scope;
    }
}
