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
        return condition(table, SqlTextParser.parseExpression(text).node());
    }

    /** A condition over the table's columns. */
    public RexNode condition(TableDefinition table, SqlNode node) {
        return analysis.coercions.toBoolean(analyzer(table).analyze(node), "CHECK", node);
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

    /** A column of the table, by number. */
    public RexNode column(TableDefinition table, int number) {
        Column column = table.column(number);
        return analysis.rex.makeInputRef(FromAnalyzer.type(column), column.slot());
    }

    /** A key of an index over expressions. */
    public RexNode indexKey(SqlNode node, TableDefinition table) {
        return analysis.coercions.resolveUnknown(
                indexAnalyzer(table, "index expressions").analyze(node), node);
    }

    /** The condition of a partial index. */
    public RexNode indexPredicate(SqlNode node, TableDefinition table) {
        ExpressionAnalyzer analyzer = indexAnalyzer(table, "index predicates");
        return analysis.coercions.toBoolean(analyzer.analyze(node), "WHERE", node);
    }

    private ExpressionAnalyzer indexAnalyzer(TableDefinition table, String clause) {
        Scope scope = scope(table);
        scope.clause = clause;
        return new ExpressionAnalyzer(scope);
    }

    /** An analysed expression over a table as its definition keeps it; the text given where it cannot be printed. */
    public static String print(RexNode node, TableDefinition table, String written) {
        return ExpressionPrinter.print(node, table).orElse(written);
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
                visible.add(new FromItem.Visible(column.name(), RexInputRef.of(column.slot(), row.getRowType()), 0, 0));
            }
        }
        FromItem item =
                table == null ? new FromItem(row, List.of(), List.of()) : FromItem.of(row, table.name(), null, visible);
        Scope scope = new Scope(analysis, null, new Ctes(null), item);
        scope.clause = table == null ? "DEFAULT expressions" : "check constraints";
        return scope;
    }
}
