package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.OutputColumn;
import dev.strongroom.sql.parse.node.PgFunctionTable;
import dev.strongroom.sql.rel.FunctionRel;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.jspecify.annotations.Nullable;

/** Functions in FROM. They see the tables to their left without the word LATERAL. */
final class FunctionTableAnalyzer {
    private final Analysis analysis;
    private final Ctes ctes;

    FunctionTableAnalyzer(Analysis analysis, Ctes ctes) {
        this.analysis = analysis;
        this.ctes = ctes;
    }

    FromItem analyze(SqlCall table, PgFunctionTable options, @Nullable String alias, @Nullable Scope lateral) {
        FromItem nothing = new FromItem(
                new RowsRel(analysis.cluster, List.of(List.of()), Analysis.rowType(List.of())), List.of(), List.of());
        Scope scope = new Scope(analysis, lateral, ctes, nothing);
        scope.clause = "functions in FROM";
        ExpressionAnalyzer expressions = new ExpressionAnalyzer(scope);
        List<RexNode> calls = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<RelDataType> types = new ArrayList<>();
        for (SqlNode node : table.getOperandList()) {
            for (SqlNode single : separated(node)) {
                RexNode call = analysis.coercions.resolveUnknown(expressions.analyze(single), single);
                calls.add(call);
                boolean only = table.operandCount() == 1;
                addColumns(call, single, only ? alias : null, options, names, types);
            }
        }
        if (options.withOrdinality()) {
            names.add("ordinality");
            types.add(Analysis.INT8);
        }
        FunctionRel rel =
                new FunctionRel(analysis.cluster, calls, options.withOrdinality(), Analysis.rowType(names, types));
        String shown = alias == null ? names(table.operand(0)) : alias;
        return FromItem.of(rel, shown, null, FromItem.columnsOf(rel, names));
    }

    /** {@code unnest(a, b)} is several functions side by side. */
    private static List<SqlNode> separated(SqlNode node) {
        if (node instanceof SqlCall call
                && call.getOperator() instanceof SqlUnresolvedFunction function
                && function.getNameAsId().names.getLast().equals("unnest")
                && call.operandCount() > 1) {
            List<SqlNode> calls = new ArrayList<>();
            for (SqlNode operand : call.getOperandList()) {
                calls.add(function.createCall(call.getParserPosition(), operand));
            }
            return calls;
        }
        return List.of(node);
    }

    private static String names(SqlNode node) {
        return OutputNames.of(node);
    }

    private static void addColumns(
            RexNode call,
            SqlNode node,
            @Nullable String alias,
            PgFunctionTable options,
            List<String> names,
            List<RelDataType> types) {
        if (!options.columns().isEmpty()) {
            for (PgFunctionTable.ColumnSpec column : options.columns()) {
                names.add(column.name());
                types.add(TypeResolver.resolve(column.type()));
            }
            return;
        }
        FunctionSignature signature =
                call instanceof RexCall function && function.getOperator() instanceof PgFunction known
                        ? known.function()
                        : null;
        if (signature != null && signature.outputs().size() > 1) {
            for (OutputColumn output : signature.outputs()) {
                names.add(output.name());
                types.add(PgRelType.of(output.type()));
            }
            return;
        }
        if (Coercions.pgType(call) == PgType.RECORD && signature != null) {
            throw Analysis.error(
                            ErrorCode.SYNTAX_ERROR,
                            "a column definition list is required for functions returning \"record\"",
                            node)
                    .exception();
        }
        String name = signature != null && signature.outputs().size() == 1
                ? signature.outputs().getFirst().name()
                : OutputNames.of(node);
        names.add(alias == null ? name : alias);
        types.add(Coercions.typeOf(call));
    }
}
