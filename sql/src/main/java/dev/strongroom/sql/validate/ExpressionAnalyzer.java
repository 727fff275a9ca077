package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.value.Numeric;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.function.OperatorSignature;
import dev.strongroom.sql.parse.node.PgCast;
import dev.strongroom.sql.parse.node.PgCollate;
import dev.strongroom.sql.parse.node.PgFunctionTable;
import dev.strongroom.sql.parse.node.PgOperator;
import dev.strongroom.sql.parse.node.PgOperators;
import dev.strongroom.sql.parse.node.PgQuantified;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.NlsString;

/** Expressions of SQL text to typed {@link RexNode}s (parse_expr.c). */
final class ExpressionAnalyzer {
    private final Scope scope;
    private final Analysis analysis;
    private final Coercions coercions;
    private final CallAnalyzer calls;
    private final SubqueryAnalyzer subqueries;

    ExpressionAnalyzer(Scope scope) {
        this.scope = scope;
        this.analysis = scope.analysis();
        this.coercions = analysis.coercions;
        this.calls = new CallAnalyzer(this, scope);
        this.subqueries = new SubqueryAnalyzer(this, scope);
    }

    Scope scope() {
        return scope;
    }

    Analysis analysis() {
        return analysis;
    }

    /** A condition of a clause named in messages, such as {@code WHERE}. */
    RexNode condition(SqlNode node, String clause) {
        scope.clause = clause;
        return coercions.toBoolean(analyze(node), clause, node);
    }

    List<RexNode> analyzeAll(List<? extends SqlNode> nodes) {
        List<RexNode> result = new ArrayList<>(nodes.size());
        for (SqlNode node : nodes) {
            result.add(analyze(node));
        }
        return result;
    }

    RexNode analyze(SqlNode node) {
        return switch (node) {
            case SqlLiteral literal -> literal(literal);
            case SqlIdentifier identifier -> identifier(identifier);
            case SqlDynamicParam parameter -> parameter(parameter.getIndex());
            case SqlCase caseNode -> caseExpression(caseNode);
            case SqlCall call -> call(call);
            default -> throw Analysis.unsupported("this expression", node);
        };
    }

    private RexNode parameter(int index) {
        return analysis.rex.makeDynamicParam(analysis.parameters.type(index), index);
    }

    private RexNode literal(SqlLiteral literal) {
        if (literal.getTypeName() == SqlTypeName.NULL) {
            return analysis.rex.makeNullLiteral(Analysis.UNKNOWN);
        }
        if (literal.getTypeName() == SqlTypeName.BOOLEAN) {
            return analysis.rex.makeLiteral(literal.booleanValue());
        }
        if (literal instanceof SqlCharStringLiteral text) {
            return PgConstant.of(
                    analysis.rex,
                    Analysis.UNKNOWN,
                    text.getValueAs(NlsString.class).getValue());
        }
        if (literal instanceof SqlNumericLiteral number) {
            return number(number);
        }
        throw Analysis.unsupported("this constant", literal);
    }

    private RexNode number(SqlNumericLiteral literal) {
        BigDecimal value = literal.bigDecimalValue();
        if (value == null) {
            throw Analysis.unsupported("this constant", literal);
        }
        if (literal.isInteger() && value.scale() <= 0 && value.toBigInteger().bitLength() < Long.SIZE) {
            long number = value.longValue();
            return PgConstant.of(analysis.rex, number == (int) number ? Analysis.INT4 : Analysis.INT8, number);
        }
        return PgConstant.of(analysis.rex, PgRelType.of(PgType.NUMERIC), Numeric.of(value));
    }

    private RexNode identifier(SqlIdentifier name) {
        if (name.isStar() && name.names.size() == 2) {
            // In an expression a relation's columns stand for its row.
            return scope.column(name.getComponent(0)).expression();
        }
        if (name.isStar()) {
            throw Analysis.error(ErrorCode.SYNTAX_ERROR, "row expansion via \"*\" is not supported here", name)
                    .exception();
        }
        return scope.column(name).expression();
    }

    private RexNode call(SqlCall call) {
        SqlOperator operator = call.getOperator();
        switch (operator) {
            case PgCast cast -> {
                return cast(call, cast);
            }
            case PgOperator named -> {
                return operator(named.symbol(), call);
            }
            case PgQuantified quantified -> {
                return quantified(call, quantified);
            }
            case PgCollate collate -> {
                return collate(call, collate);
            }
            case PgFunctionTable ignored -> throw Analysis.unsupported("a function table here", call);
            case SqlUnresolvedFunction ignored -> {
                return calls.function(call);
            }
            case SqlQuantifyOperator ignored -> {
                return subqueries.quantified(call);
            }
            default -> {
                return call.getOperator() == PgOperators.AGGREGATE_ORDER ? calls.function(call) : standard(call);
            }
        }
    }

    private RexNode standard(SqlCall call) {
        return switch (call.getKind()) {
            case AND, OR -> logic(call);
            case NOT ->
                analysis.rex.makeCall(
                        Analysis.BOOL, SqlStdOperatorTable.NOT, List.of(argumentOf("NOT", call.operand(0))));
            case IS_NULL, IS_NOT_NULL -> nullTest(call);
            case IS_TRUE, IS_NOT_TRUE, IS_FALSE, IS_NOT_FALSE, IS_UNKNOWN -> booleanTest(call);
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL ->
                comparison(call);
            case PLUS, MINUS, TIMES, DIVIDE, MOD -> operator(call.getOperator().getName(), call);
            case PLUS_PREFIX -> operator("+", call);
            case MINUS_PREFIX -> operator("-", call);
            case IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM -> distinct(call);
            case BETWEEN -> between(call);
            case IN, NOT_IN -> in(call);
            case LIKE -> like(call);
            case EXISTS, ARRAY_QUERY_CONSTRUCTOR -> subqueries.unary(call);
            case SELECT, UNION, INTERSECT, EXCEPT, VALUES, WITH, ORDER_BY -> subqueries.scalar(call);
            case ROW -> row(call);
            case ARRAY_VALUE_CONSTRUCTOR -> array(call, null);
            case ITEM -> subscript(call);
            case FILTER, OVER, WITHIN_GROUP, GROUPING -> calls.function(call);
            case DEFAULT ->
                throw Analysis.error(ErrorCode.SYNTAX_ERROR, "DEFAULT is not allowed in this context", call)
                        .exception();
            default -> other(call);
        };
    }

    private RexNode other(SqlCall call) {
        if (call.getOperator() == PgOperators.SLICE) {
            return slice(call);
        }
        if (call.getOperator() == PgOperators.FIELD) {
            return calls.field(call);
        }
        return switch (call.getOperator().getName()) {
            case "||" -> operator("||", call);
            case "IS UNKNOWN", "IS NOT UNKNOWN" -> booleanTest(call);
            default -> throw Analysis.unsupported(call.getOperator().getName(), call);
        };
    }

    RexNode operator(String symbol, SqlCall call) {
        return analysis.resolver.operator(symbol, analyzeAll(call.getOperandList()), call);
    }

    private RexNode argumentOf(String clause, SqlNode node) {
        return coercions.toBoolean(analyze(node), clause, node);
    }

    private RexNode logic(SqlCall call) {
        SqlOperator operator = call.getKind() == SqlKind.AND ? SqlStdOperatorTable.AND : SqlStdOperatorTable.OR;
        List<RexNode> operands = new ArrayList<>();
        flatten(call, call.getKind(), operands);
        return analysis.rex.makeCall(Analysis.BOOL, operator, operands);
    }

    private void flatten(SqlCall call, SqlKind kind, List<RexNode> operands) {
        for (SqlNode operand : call.getOperandList()) {
            if (operand.getKind() == kind && operand instanceof SqlCall inner) {
                flatten(inner, kind, operands);
            } else {
                operands.add(argumentOf(kind.name(), operand));
            }
        }
    }

    private RexNode nullTest(SqlCall call) {
        RexNode operand = coercions.resolveUnknown(analyze(call.operand(0)), call);
        boolean not = call.getKind() == SqlKind.IS_NOT_NULL;
        SqlOperator operator = not ? SqlStdOperatorTable.IS_NOT_NULL : SqlStdOperatorTable.IS_NULL;
        if (operand instanceof RexCall row
                && row.getOperator() instanceof PgSpecial special
                && special.form() == SpecialForm.ROW) {
            List<RexNode> tests = new ArrayList<>();
            row.getOperands()
                    .forEach(field -> tests.add(analysis.rex.makeCall(Analysis.BOOL, operator, List.of(field))));
            return RexUtil.composeConjunction(analysis.rex, tests);
        }
        return analysis.rex.makeCall(Analysis.BOOL, operator, List.of(operand));
    }

    private RexNode booleanTest(SqlCall call) {
        String name = call.getOperator().getName();
        RexNode operand = argumentOf(name, call.operand(0));
        SqlOperator operator = switch (name) {
            case "IS TRUE" -> SqlStdOperatorTable.IS_TRUE;
            case "IS NOT TRUE" -> SqlStdOperatorTable.IS_NOT_TRUE;
            case "IS FALSE" -> SqlStdOperatorTable.IS_FALSE;
            case "IS NOT FALSE" -> SqlStdOperatorTable.IS_NOT_FALSE;
            case "IS UNKNOWN" -> SqlStdOperatorTable.IS_NULL;
            default -> SqlStdOperatorTable.IS_NOT_NULL;
        };
        return analysis.rex.makeCall(Analysis.BOOL, operator, List.of(operand));
    }

    private RexNode comparison(SqlCall call) {
        SqlNode left = call.operand(0);
        SqlNode right = call.operand(1);
        String symbol = call.getOperator().getName();
        if (left.getKind() == SqlKind.ROW && SubqueryAnalyzer.isQuery(right)) {
            return subqueries.rowComparison(symbol, call);
        }
        if (left.getKind() == SqlKind.ROW && right.getKind() == SqlKind.ROW) {
            return compareRows(
                    symbol,
                    analyzeAll(((SqlCall) left).getOperandList()),
                    analyzeAll(((SqlCall) right).getOperandList()),
                    call);
        }
        return operator(symbol, call);
    }

    /** Rows compare field by field from the left. */
    RexNode compareRows(String symbol, List<RexNode> left, List<RexNode> right, SqlNode at) {
        if (left.size() != right.size()) {
            throw Analysis.error(ErrorCode.SYNTAX_ERROR, "unequal number of entries in row expressions", at)
                    .exception();
        }
        if (left.isEmpty()) {
            throw Analysis.error(ErrorCode.FEATURE_NOT_SUPPORTED, "cannot compare rows of zero length", at)
                    .exception();
        }
        List<RexNode> tests = new ArrayList<>();
        switch (symbol) {
            case "=", "<>", "!=" -> {
                for (int i = 0; i < left.size(); i++) {
                    tests.add(analysis.resolver.operator(symbol, List.of(left.get(i), right.get(i)), at));
                }
                return symbol.equals("=")
                        ? RexUtil.composeConjunction(analysis.rex, tests)
                        : RexUtil.composeDisjunction(analysis.rex, tests);
            }
            default -> {
                String strict = symbol.substring(0, 1);
                List<RexNode> equal = new ArrayList<>();
                for (int i = 0; i < left.size(); i++) {
                    boolean last = i == left.size() - 1;
                    List<RexNode> pair = List.of(left.get(i), right.get(i));
                    List<RexNode> all = new ArrayList<>(equal);
                    all.add(analysis.resolver.operator(last ? symbol : strict, pair, at));
                    tests.add(RexUtil.composeConjunction(analysis.rex, all));
                    if (!last) {
                        equal.add(analysis.resolver.operator("=", pair, at));
                    }
                }
                return RexUtil.composeDisjunction(analysis.rex, tests);
            }
        }
    }

    private RexNode distinct(SqlCall call) {
        List<RexNode> operands = analyzeAll(call.getOperandList());
        RexCall equal = (RexCall) analysis.resolver.operator("=", operands, call);
        SpecialForm form = call.getKind() == SqlKind.IS_DISTINCT_FROM
                ? SpecialForm.IS_DISTINCT_FROM
                : SpecialForm.IS_NOT_DISTINCT_FROM;
        return PgSpecial.call(
                analysis.rex, form, ((PgFunction) equal.getOperator()).function(), Analysis.BOOL, equal.getOperands());
    }

    private RexNode between(SqlCall call) {
        String name = call.getOperator().getName();
        RexNode value = analyze(call.operand(0));
        RexNode low = analyze(call.operand(1));
        RexNode high = analyze(call.operand(2));
        RexNode inside = inside(value, low, high, call);
        if (name.contains("SYMMETRIC") && !name.contains("ASYMMETRIC")) {
            inside = RexUtil.composeDisjunction(analysis.rex, List.of(inside, inside(value, high, low, call)));
        }
        return name.startsWith("NOT") || name.contains("NOT ")
                ? analysis.rex.makeCall(Analysis.BOOL, SqlStdOperatorTable.NOT, List.of(inside))
                : inside;
    }

    private RexNode inside(RexNode value, RexNode low, RexNode high, SqlNode at) {
        return RexUtil.composeConjunction(
                analysis.rex,
                List.of(
                        analysis.resolver.operator(">=", List.of(value, low), at),
                        analysis.resolver.operator("<=", List.of(value, high), at)));
    }

    private RexNode in(SqlCall call) {
        boolean not = call.getKind() == SqlKind.NOT_IN;
        SqlNode right = call.operand(1);
        RexNode result;
        if (right instanceof SqlNodeList list) {
            result = inList(call.operand(0), list, call);
        } else {
            result = subqueries.in(call);
        }
        return not ? analysis.rex.makeCall(Analysis.BOOL, SqlStdOperatorTable.NOT, List.of(result)) : result;
    }

    /** Constants of one type become {@code = ANY (ARRAY[…])}; anything else a chain of OR. */
    private RexNode inList(SqlNode leftNode, SqlNodeList list, SqlCall call) {
        if (leftNode.getKind() == SqlKind.ROW) {
            List<RexNode> left = analyzeAll(((SqlCall) leftNode).getOperandList());
            List<RexNode> tests = new ArrayList<>();
            for (SqlNode item : list) {
                if (item.getKind() != SqlKind.ROW) {
                    throw Analysis.error(ErrorCode.SYNTAX_ERROR, "unequal number of entries in row expressions", item)
                            .exception();
                }
                tests.add(compareRows("=", left, analyzeAll(((SqlCall) item).getOperandList()), call));
            }
            return RexUtil.composeDisjunction(analysis.rex, tests);
        }
        RexNode left = analyze(leftNode);
        List<RexNode> items = analyzeAll(list.getList());
        if (items.size() > 1 && !CellRules.encrypted(left) && items.stream().allMatch(ExpressionAnalyzer::isConstant)) {
            List<RexNode> all = new ArrayList<>(items);
            all.add(left);
            PgRelType common = coercions.commonType(all, "IN", call);
            PgType array = common.pgType().arrayType().orElse(null);
            if (array != null) {
                List<RexNode> elements = items.stream()
                        .map(item -> coercions.implicit(item, common.withTypmod(-1), call))
                        .toList();
                RexNode arrayNode =
                        PgSpecial.call(analysis.rex, SpecialForm.ARRAY, null, PgRelType.of(array), elements);
                return anyAll("=", left, arrayNode, false, call);
            }
        }
        List<RexNode> tests = new ArrayList<>();
        for (RexNode item : items) {
            tests.add(analysis.resolver.operator("=", List.of(left, item), call));
        }
        return RexUtil.composeDisjunction(analysis.rex, tests);
    }

    private static boolean isConstant(RexNode node) {
        return PgConstant.valueOf(node) != null || node instanceof RexLiteral;
    }

    private RexNode like(SqlCall call) {
        String name = call.getOperator().getName();
        String symbol = (name.startsWith("NOT") ? "!" : "") + (name.contains("ILIKE") ? "~~*" : "~~");
        RexNode value = analyze(call.operand(0));
        RexNode pattern = analyze(call.operand(1));
        if (call.operandCount() > 2) {
            RexNode escape = analyze(call.operand(2));
            pattern = calls.resolved("like_escape", List.of(pattern, escape), call);
        }
        return analysis.resolver.operator(symbol, List.of(value, pattern), call);
    }

    private RexNode quantified(SqlCall call, PgQuantified quantified) {
        SqlOperator comparison = quantified.comparison();
        String symbol = comparison instanceof PgOperator named ? named.symbol() : comparison.getName();
        if (SubqueryAnalyzer.isQuery(call.operand(1))) {
            return subqueries.anyAll(symbol, call, quantified.all());
        }
        return anyAll(symbol, analyze(call.operand(0)), analyze(call.operand(1)), quantified.all(), call);
    }

    /** {@code x op ANY (array)}. */
    RexNode anyAll(String symbol, RexNode left, RexNode arrayNode, boolean all, SqlNode at) {
        analysis.cells.refuse("ANY or ALL of an array", List.of(left, arrayNode), at);
        RexNode array = arrayNode;
        if (Coercions.isUnknown(array)) {
            PgType element = Coercions.isUnknown(left) ? PgType.TEXT : Coercions.pgType(left);
            PgType type = element.arrayType().orElse(PgType.TEXT.arrayType().orElseThrow());
            array = coercions.implicit(array, PgRelType.of(type), at);
        }
        PgType arrayType = Coercions.pgType(array);
        PgType element = arrayType
                .elementType()
                .orElseThrow(() -> Analysis.error(
                                ErrorCode.WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires array on right side", at)
                        .exception());
        RexNode sample = analysis.rex.makeNullLiteral(PgRelType.of(element));
        OperatorSignature operator = analysis.resolver.findOperator(symbol, List.of(left, sample), at);
        if (operator.result() != PgType.BOOL) {
            throw Analysis.error(
                            ErrorCode.WRONG_OBJECT_TYPE, "op ANY/ALL (array) requires operator to yield boolean", at)
                    .exception();
        }
        RexNode value = left;
        PgType leftType = operator.left();
        if (leftType != null && !Coercions.isPolymorphic(leftType)) {
            value = coercions.implicit(left, PgRelType.of(leftType), at);
            PgType wanted = operator.right().arrayType().orElse(arrayType);
            array = coercions.implicit(array, PgRelType.of(wanted), at);
        }
        return PgSpecial.call(
                analysis.rex,
                all ? SpecialForm.ALL : SpecialForm.ANY,
                operator.function(),
                Analysis.BOOL,
                List.of(coercions.resolveUnknown(value, at), array));
    }

    private RexNode caseExpression(SqlCase node) {
        List<RexNode> conditions = new ArrayList<>();
        List<RexNode> results = new ArrayList<>();
        SqlNode valueNode = node.getValueOperand();
        RexNode value = valueNode == null ? null : coercions.resolveUnknown(analyze(valueNode), valueNode);
        RexNode compared = value != null && RelTrees.isVolatile(value)
                ? PgSpecial.call(analysis.rex, SpecialForm.CASE_VALUE, null, PgRelType.of(value.getType()), List.of())
                : value;
        for (SqlNode when : node.getWhenOperands()) {
            conditions.add(
                    compared == null
                            ? argumentOf("CASE/WHEN", when)
                            : analysis.resolver.operator("=", List.of(compared, analyze(when)), when));
        }
        for (SqlNode then : node.getThenOperands()) {
            results.add(analyze(then));
        }
        SqlNode otherwise = node.getElseOperand();
        results.add(otherwise == null ? analysis.rex.makeNullLiteral(Analysis.UNKNOWN) : analyze(otherwise));
        // PostgreSQL looks at ELSE first when it picks the type.
        List<RexNode> ordered = new ArrayList<>();
        ordered.add(results.getLast());
        ordered.addAll(results.subList(0, results.size() - 1));
        PgRelType common = coercions.commonType(ordered, "CASE", node);
        List<RexNode> operands = new ArrayList<>();
        for (int i = 0; i < conditions.size(); i++) {
            operands.add(conditions.get(i));
            operands.add(coercions.implicit(results.get(i), common, node));
        }
        operands.add(coercions.implicit(results.getLast(), common, node));
        if (value != null && compared != value) {
            operands.addFirst(value);
            return PgSpecial.call(analysis.rex, SpecialForm.SIMPLE_CASE, null, common, operands);
        }
        return analysis.rex.makeCall(common, SqlStdOperatorTable.CASE, operands);
    }

    private RexNode cast(SqlCall call, PgCast cast) {
        PgRelType target = TypeResolver.resolve(cast.type());
        SqlNode operand = call.operand(0);
        if (operand.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR
                && target.pgType().isArray()) {
            PgType element = target.pgType().elementType().orElseThrow();
            return coercions.coerce(
                    array((SqlCall) operand, PgRelType.of(element, target.typmod())),
                    target,
                    Coercions.Level.EXPLICIT,
                    call);
        }
        RexNode value = analyze(operand);
        SqlNode at = Coercions.isUnknown(value) ? operand : call;
        return coercions.booleanConstant(coercions.coerce(value, target, Coercions.Level.EXPLICIT, at));
    }

    private RexNode collate(SqlCall call, PgCollate collate) {
        RexNode operand = coercions.resolveUnknown(analyze(call.operand(0)), call);
        String name = collate.collation().name();
        PgRelType type = Coercions.typeOf(operand);
        PgType scalar = type.pgType().elementType().orElse(type.pgType());
        if (scalar.category() != 'S') {
            throw Analysis.error(
                            ErrorCode.DATATYPE_MISMATCH,
                            "collations are not supported by type " + TypeNames.of(type.pgType()),
                            call)
                    .exception();
        }
        return switch (name) {
            case "C", "POSIX", "default", "ucs_basic", "C.UTF-8", "C.utf8" -> operand;
            default -> {
                if (name.endsWith("-x-icu") || name.equals("unicode")) {
                    throw Analysis.unsupported("collation \"" + name + "\"", call);
                }
                throw Analysis.error(
                                ErrorCode.UNDEFINED_OBJECT,
                                "collation \"" + name + "\" for encoding \"UTF8\" does not exist",
                                call)
                        .exception();
            }
        };
    }

    private RexNode row(SqlCall call) {
        List<RexNode> fields = new ArrayList<>();
        for (SqlNode operand : call.getOperandList()) {
            fields.add(coercions.resolveUnknown(analyze(operand), operand));
        }
        return PgSpecial.call(analysis.rex, SpecialForm.ROW, null, analysis.cells.rowOf(fields), fields);
    }

    private RexNode array(SqlCall call, @org.jspecify.annotations.Nullable PgRelType element) {
        List<RexNode> items = new ArrayList<>();
        for (SqlNode operand : call.getOperandList()) {
            items.add(
                    operand.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR
                            ? array((SqlCall) operand, element)
                            : analyze(operand));
        }
        if (items.isEmpty() && element == null) {
            throw Analysis.error(ErrorCode.INDETERMINATE_DATATYPE, "cannot determine type of empty array", call)
                    .withHint("Explicitly cast to the desired type, for example ARRAY[]::integer[].")
                    .exception();
        }
        analysis.cells.refuse("an array", items, call);
        boolean nested = !items.isEmpty() && call.operand(0).getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR;
        PgRelType common = element == null || nested ? coercions.commonType(items, "ARRAY", call) : element;
        PgType type = common.pgType().isArray() && Coercions.isTrueArray(common.pgType())
                ? common.pgType()
                : common.pgType()
                        .arrayType()
                        .orElseThrow(() -> Analysis.error(
                                        ErrorCode.UNDEFINED_OBJECT,
                                        "could not find array type for data type " + TypeNames.of(common.pgType()),
                                        call)
                                .exception());
        Coercions.Level level = element == null ? Coercions.Level.IMPLICIT : Coercions.Level.EXPLICIT;
        List<RexNode> coerced = items.stream()
                .map(item -> coercions.coerce(item, common, level, call))
                .toList();
        return PgSpecial.call(analysis.rex, SpecialForm.ARRAY, null, PgRelType.of(type), coerced);
    }

    private RexNode subscript(SqlCall call) {
        List<RexNode> subscripts = new ArrayList<>();
        SqlNode base = call;
        List<SqlNode> written = new ArrayList<>();
        while (base.getKind() == SqlKind.ITEM) {
            SqlCall item = (SqlCall) base;
            written.addFirst(item.operand(1));
            base = item.operand(0);
        }
        RexNode array = analyze(base);
        PgType type = Coercions.pgType(array);
        if (type == PgType.JSONB) {
            List<RexNode> path = new ArrayList<>(List.of(array));
            for (SqlNode step : written) {
                path.add(coercions.coerce(analyze(step), Analysis.TEXT, Coercions.Level.ASSIGNMENT, step));
            }
            return calls.resolved("jsonb_extract_path", path, call);
        }
        if (type == PgType.NAME && written.size() == 1) {
            return character(array, written.getFirst(), call);
        }
        for (SqlNode index : written) {
            subscripts.add(coercions.coerce(analyze(index), Analysis.INT4, Coercions.Level.ASSIGNMENT, index));
        }
        PgType element = type.elementType()
                .orElseThrow(() -> Analysis.error(
                                ErrorCode.DATATYPE_MISMATCH,
                                "cannot subscript type " + TypeNames.of(type)
                                        + " because it does not support subscripting",
                                call)
                        .exception());
        List<RexNode> operands = new ArrayList<>();
        operands.add(array);
        operands.addAll(subscripts);
        return PgSpecial.call(analysis.rex, SpecialForm.SUBSCRIPT, null, PgRelType.of(element), operands);
    }

    /** A character of a name, counted from 0. */
    private RexNode character(RexNode name, SqlNode index, SqlCall at) {
        RexNode position = coercions.coerce(analyze(index), Analysis.INT4, Coercions.Level.ASSIGNMENT, index);
        RexNode one = PgConstant.of(analysis.rex, Analysis.INT4, 1L);
        RexNode text = coercions.coerce(name, Analysis.TEXT, Coercions.Level.EXPLICIT, at);
        RexNode next = analysis.resolver.operator("+", List.of(position, one), at);
        RexNode character = calls.resolved("substr", List.of(text, next, one), at);
        return coercions.coerce(character, PgRelType.of(PgType.CHAR), Coercions.Level.EXPLICIT, at);
    }

    private RexNode slice(SqlCall call) {
        List<RexNode> bounds = new ArrayList<>();
        SqlNode base = call;
        while (base instanceof SqlCall part && part.getOperator() == PgOperators.SLICE) {
            bounds.add(0, bound(part.operand(2)));
            bounds.add(0, bound(part.operand(1)));
            base = part.operand(0);
        }
        RexNode array = analyze(base);
        List<RexNode> operands = new ArrayList<>();
        operands.add(array);
        operands.addAll(bounds);
        return PgSpecial.call(analysis.rex, SpecialForm.SLICE, null, Coercions.typeOf(array), operands);
    }

    private RexNode bound(SqlNode node) {
        return node.getKind() == SqlKind.DEFAULT
                ? analysis.rex.makeNullLiteral(Analysis.INT4)
                : coercions.coerce(analyze(node), Analysis.INT4, Coercions.Level.ASSIGNMENT, node);
    }
}
