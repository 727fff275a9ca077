package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.type.SubqueryOperator.Form;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;

/** Queries inside expressions: scalar, EXISTS, ARRAY, IN, ANY, ALL. */
final class SubqueryAnalyzer {
    private final ExpressionAnalyzer expressions;
    private final Scope scope;
    private final Analysis analysis;

    SubqueryAnalyzer(ExpressionAnalyzer expressions, Scope scope) {
        this.expressions = expressions;
        this.scope = scope;
        this.analysis = scope.analysis();
    }

    static boolean isQuery(SqlNode node) {
        return switch (node.getKind()) {
            case SELECT, UNION, INTERSECT, EXCEPT, VALUES, WITH, ORDER_BY -> true;
            default -> false;
        };
    }

    private AnalyzedQuery query(SqlNode node) {
        return new QueryAnalyzer(analysis, scope, scope.ctes()).query(node);
    }

    RexNode scalar(SqlNode node) {
        AnalyzedQuery query = query(node);
        requireOneColumn(query, node);
        return SubqueryOperator.call(
                analysis.rex, Form.SCALAR, query.rel(), List.of(), query.type(0), List.of(), scope);
    }

    private static void requireOneColumn(AnalyzedQuery query, SqlNode at) {
        if (query.columns().size() != 1) {
            throw Analysis.error(ErrorCode.SYNTAX_ERROR, "subquery must return only one column", at)
                    .exception();
        }
    }

    /** EXISTS (…) and ARRAY (…). */
    RexNode unary(SqlCall call) {
        AnalyzedQuery query = query(call.operand(0));
        if (call.getKind() == SqlKind.EXISTS) {
            return SubqueryOperator.call(
                    analysis.rex, Form.EXISTS, query.rel(), List.of(), Analysis.BOOL, List.of(), scope);
        }
        requireOneColumn(query, call);
        analysis.cells.refuse("an array", List.of(RexInputRef.of(0, query.rel().getRowType())), call);
        PgType element = query.type(0).pgType();
        PgType array = Coercions.isTrueArray(element)
                ? element
                : element.arrayType()
                        .orElseThrow(() -> Analysis.error(
                                        ErrorCode.UNDEFINED_OBJECT,
                                        "could not find array type for data type " + TypeNames.of(element),
                                        call)
                                .exception());
        return SubqueryOperator.call(
                analysis.rex, Form.ARRAY, query.rel(), List.of(), PgRelType.of(array), List.of(), scope);
    }

    RexNode in(SqlCall call) {
        return compareWith("=", call, Form.ANY);
    }

    /** {@code x = SOME (query)} in Calcite's own operators. */
    RexNode quantified(SqlCall call) {
        SqlQuantifyOperator operator = (SqlQuantifyOperator) call.getOperator();
        Form form = operator.getKind() == SqlKind.ALL ? Form.ALL : Form.ANY;
        String symbol = operator.comparisonKind.sql;
        return compareWith(symbol.equals("!=") ? "<>" : symbol, call, form);
    }

    RexNode anyAll(String symbol, SqlCall call, boolean all) {
        return compareWith(symbol, call, all ? Form.ALL : Form.ANY);
    }

    private RexNode compareWith(String symbol, SqlCall call, Form form) {
        SqlNode leftNode = call.operand(0);
        List<RexNode> left = leftNode.getKind() == SqlKind.ROW
                ? expressions.analyzeAll(((SqlCall) leftNode).getOperandList())
                : List.of(expressions.analyze(leftNode));
        AnalyzedQuery query = query(call.operand(1));
        if (query.columns().size() != left.size()) {
            String many = query.columns().size() > left.size() ? "many" : "few";
            throw Analysis.error(ErrorCode.SYNTAX_ERROR, "subquery has too " + many + " columns", call)
                    .exception();
        }
        if (left.size() > 1 && !symbol.equals("=")) {
            throw Analysis.unsupported("comparing rows with " + symbol + " ANY or ALL", call);
        }
        List<FunctionSignature> comparisons = new ArrayList<>();
        List<RexNode> operands = new ArrayList<>();
        List<RexNode> outputs = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            RexNode column = RexInputRef.of(i, query.rel().getRowType());
            RexCall comparison = (RexCall) analysis.resolver.operator(symbol, List.of(left.get(i), column), call);
            comparisons.add(((PgFunction) comparison.getOperator()).function());
            operands.add(comparison.getOperands().get(0));
            outputs.add(comparison.getOperands().get(1));
        }
        RelNode rel = Rels.projectIfNeeded(analysis, query.rel(), outputs);
        return SubqueryOperator.call(analysis.rex, form, rel, comparisons, Analysis.BOOL, operands, scope);
    }

    /** {@code (a, b) = (query)}: a row query used as a row. */
    RexNode rowComparison(String symbol, SqlCall call) {
        if (!symbol.equals("=")) {
            throw Analysis.unsupported("comparing a row with a subquery by " + symbol, call);
        }
        return compareWith(symbol, call, Form.ANY);
    }
}
