package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.function.FunctionKind;
import dev.strongroom.sql.function.FunctionSignature;
import dev.strongroom.sql.function.OutputColumn;
import dev.strongroom.sql.parse.node.PgOperators;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgFunction;
import dev.strongroom.sql.type.PgGrouping;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.jspecify.annotations.Nullable;

/** Function calls: plain ones, aggregates, window functions, and those with a syntax of their own (parse_func.c). */
final class CallAnalyzer {
    private final ExpressionAnalyzer expressions;
    private final Scope scope;
    private final Analysis analysis;
    private final Coercions coercions;

    CallAnalyzer(ExpressionAnalyzer expressions, Scope scope) {
        this.expressions = expressions;
        this.scope = scope;
        this.analysis = scope.analysis();
        this.coercions = analysis.coercions;
    }

    /** A call with all that may surround it. */
    private static final class Parts {
        SqlCall function;

        @Nullable
        SqlNode window;

        @Nullable
        SqlNode filter;

        @Nullable
        SqlNodeList withinGroup;

        @Nullable
        SqlNodeList order;

        Parts(SqlCall call) {
            SqlNode node = call;
            while (true) {
                SqlCall current = (SqlCall) node;
                if (current.getKind() == SqlKind.OVER) {
                    window = current.operand(1);
                } else if (current.getKind() == SqlKind.FILTER) {
                    filter = current.operand(1);
                } else if (current.getKind() == SqlKind.WITHIN_GROUP) {
                    withinGroup = current.operand(1);
                } else if (current.getOperator() == PgOperators.AGGREGATE_ORDER) {
                    order = current.operand(1);
                } else {
                    function = current;
                    return;
                }
                node = current.operand(0);
            }
        }
    }

    RexNode function(SqlCall call) {
        Parts parts = new Parts(call);
        SqlCall function = parts.function;
        if (function.getKind() == SqlKind.GROUPING) {
            return PgGrouping.call(analysis.rex, expressions.analyzeAll(function.getOperandList()));
        }
        if (!(function.getOperator() instanceof SqlUnresolvedFunction unresolved)) {
            throw Analysis.unsupported(function.getOperator().getName(), call);
        }
        SqlIdentifier name = unresolved.getNameAsId();
        String simple = name.names.getLast();
        RexNode special = parts.window == null ? special(simple, function) : null;
        return special != null ? special : ordinary(simple, name, parts);
    }

    /** Functions that are syntax in PostgreSQL; null for any other. */
    private @Nullable RexNode special(String name, SqlCall call) {
        return switch (name) {
            case "coalesce" -> variadic(SpecialForm.COALESCE, "COALESCE", call);
            case "greatest" -> variadic(SpecialForm.GREATEST, "GREATEST", call);
            case "least" -> variadic(SpecialForm.LEAST, "LEAST", call);
            case "nullif" -> nullIf(call);
            case "current_date" -> castTo(now(call), PgRelType.of(PgType.DATE), call);
            case "current_timestamp" -> timed(PgType.TIMESTAMPTZ, call);
            case "localtimestamp" -> timed(PgType.TIMESTAMP, call);
            case "current_time" -> timed(PgType.TIMETZ, call);
            case "localtime" -> timed(PgType.TIME, call);
            case "current_role", "user" -> call.operandCount() == 0 ? resolved("current_user", List.of(), call) : null;
            case "current_catalog" -> resolved("current_database", List.of(), call);
            default -> null;
        };
    }

    private RexNode now(SqlCall call) {
        return resolved("now", List.of(), call);
    }

    private RexNode castTo(RexNode node, PgRelType type, SqlCall call) {
        return coercions.coerce(node, type, Coercions.Level.EXPLICIT, call);
    }

    private RexNode timed(PgType type, SqlCall call) {
        int typmod = call.operandCount() == 0 ? -1 : Typmods.time(((SqlLiteral) call.operand(0)).intValue(true));
        RexNode plain = castTo(now(call), PgRelType.of(type), call);
        return typmod == -1 ? plain : castTo(plain, PgRelType.of(type, typmod), call);
    }

    private RexNode variadic(SpecialForm form, String word, SqlCall call) {
        List<RexNode> operands = expressions.analyzeAll(call.getOperandList());
        PgRelType common = coercions.commonType(operands, word, call);
        List<RexNode> coerced = operands.stream()
                .map(node -> coercions.implicit(node, common, call))
                .toList();
        FunctionSignature comparison = null;
        if (form != SpecialForm.COALESCE) {
            RexNode sample = analysis.rex.makeNullLiteral(common);
            String symbol = form == SpecialForm.GREATEST ? ">" : "<";
            comparison = analysis.resolver
                    .findOperator(symbol, List.of(sample, sample), call)
                    .function();
        }
        return PgSpecial.call(analysis.rex, form, comparison, common, coerced);
    }

    private RexNode nullIf(SqlCall call) {
        if (call.operandCount() != 2) {
            throw Analysis.error(ErrorCode.SYNTAX_ERROR, "NULLIF takes two arguments", call)
                    .exception();
        }
        List<RexNode> operands = expressions.analyzeAll(call.getOperandList());
        RexCall equal = (RexCall) analysis.resolver.operator("=", operands, call);
        PgRelType type = Coercions.typeOf(equal.getOperands().getFirst());
        return PgSpecial.call(
                analysis.rex,
                SpecialForm.NULLIF,
                ((PgFunction) equal.getOperator()).function(),
                type,
                equal.getOperands());
    }

    /** A call of a function by name, arguments analysed. */
    RexNode resolved(String name, List<RexNode> arguments, SqlNode at) {
        FunctionResolver.Resolved resolved = analysis.resolver.function(name, arguments, List.of(), false, at);
        return PgFunction.call(analysis.rex, resolved.signature(), resolved.result(), resolved.operands(), false);
    }

    /**
     * A parameter of type void stands where JDBC's {@code {? = call f(?)}} has its result, which pgjdbc passes like an argument:
     * it is none, as in PostgreSQL.
     */
    private static boolean isPlaceOfResult(RexNode argument) {
        return argument instanceof RexDynamicParam && Coercions.pgType(argument) == PgType.VOID;
    }

    private RexNode ordinary(String name, SqlIdentifier qualified, Parts parts) {
        SqlCall call = parts.function;
        boolean star = call.operandCount() == 1
                && call.operand(0) instanceof SqlIdentifier id
                && id.isStar()
                && id.names.size() == 1;
        checkSchema(qualified, call);
        boolean aggregate = isAggregate(name);
        boolean inAggregate = aggregate && parts.window == null;
        CallStage savedAggregates = scope.aggregates;
        CallStage savedWindows = scope.windows;
        String savedClause = scope.clause;
        if (inAggregate) {
            scope.aggregates = null;
            scope.clause = "aggregate arguments";
            scope.windows = null;
        } else if (parts.window != null) {
            scope.windows = null;
        }
        FunctionResolver.Resolved resolved;
        List<RexNode> direct = List.of();
        List<CallStage.Order> order = List.of();
        RexNode filter = null;
        try {
            List<@Nullable String> names = new ArrayList<>();
            boolean variadicArray = false;
            List<RexNode> arguments = new ArrayList<>();
            for (SqlNode operand : star ? List.<SqlNode>of() : call.getOperandList()) {
                SqlNode value = operand;
                String argumentName = null;
                if (value instanceof SqlCall wrapped && wrapped.getOperator() == PgOperators.NAMED_ARGUMENT) {
                    argumentName = ((SqlIdentifier) wrapped.operand(0)).getSimple();
                    value = wrapped.operand(1);
                }
                if (value instanceof SqlCall wrapped && wrapped.getOperator() == PgOperators.VARIADIC) {
                    variadicArray = true;
                    value = wrapped.operand(0);
                }
                RexNode argument = expressions.analyze(value);
                if (isPlaceOfResult(argument)) {
                    continue;
                }
                names.add(argumentName);
                arguments.add(argument);
            }
            RexNode typeCast = parts.window == null && !aggregate ? typeCast(name, arguments, call) : null;
            if (typeCast != null) {
                return typeCast;
            }
            int directCount = arguments.size();
            if (parts.withinGroup != null) {
                order = orders(parts.withinGroup);
                order.forEach(item -> arguments.add(item.expression()));
            }
            resolved = analysis.resolver.function(name, arguments, names, variadicArray, call);
            if (parts.withinGroup != null) {
                direct = resolved.operands().subList(0, directCount);
                List<CallStage.Order> coerced = new ArrayList<>();
                for (int i = 0; i < order.size(); i++) {
                    coerced.add(new CallStage.Order(
                            resolved.operands().get(directCount + i),
                            order.get(i).descending(),
                            order.get(i).nullsFirst()));
                }
                order = coerced;
            }
            if (parts.order != null) {
                order = orders(parts.order);
            }
            if (parts.filter != null) {
                String clause = scope.clause;
                filter = coercions.toBoolean(expressions.analyze(parts.filter), "FILTER", parts.filter);
                scope.clause = clause;
            }
        } finally {
            scope.aggregates = savedAggregates;
            scope.windows = savedWindows;
            scope.clause = savedClause;
        }
        return build(name, parts, resolved, direct, order, filter, star);
    }

    private RexNode build(
            String name,
            Parts parts,
            FunctionResolver.Resolved resolved,
            List<RexNode> direct,
            List<CallStage.Order> order,
            @Nullable RexNode filter,
            boolean star) {
        SqlCall call = parts.function;
        FunctionSignature signature = resolved.signature();
        boolean distinct = call instanceof SqlBasicCall basic
                && basic.getFunctionQuantifier() != null
                && basic.getFunctionQuantifier().symbolValue(SqlSelectKeyword.class) == SqlSelectKeyword.DISTINCT;
        List<RexNode> arguments =
                resolved.operands().subList(direct.size(), resolved.operands().size());
        if (distinct) {
            arguments.forEach(argument -> analysis.cells.checkEquality("DISTINCT", Coercions.typeOf(argument), call));
        }
        if (signature.kind() == FunctionKind.AGGREGATE && parts.window == null) {
            CallStage.Found found =
                    new CallStage.Found(signature, direct, arguments, distinct, filter, order, resolved.result(), null);
            RexNode outer = new OuterAggregates(scope).place(found, call);
            return outer != null ? outer : ownStage(call).add(found);
        }
        if (parts.window != null) {
            return window(name, parts, resolved, distinct, filter);
        }
        if (signature.kind() == FunctionKind.WINDOW) {
            throw Analysis.error(
                            ErrorCode.WRONG_OBJECT_TYPE, "window function " + name + " requires an OVER clause", call)
                    .exception();
        }
        if (star || distinct || filter != null || !order.isEmpty()) {
            String what =
                    star ? name + "(*) specified" : distinct ? "DISTINCT specified" : "ORDER BY or FILTER specified";
            throw Analysis.error(
                            ErrorCode.WRONG_OBJECT_TYPE, what + ", but " + name + " is not an aggregate function", call)
                    .exception();
        }
        return PgFunction.call(
                analysis.rex,
                signature,
                resultType(signature, resolved.result()),
                resolved.operands(),
                resolved.variadicArray());
    }

    private RexNode window(
            String name, Parts parts, FunctionResolver.Resolved resolved, boolean distinct, @Nullable RexNode filter) {
        SqlCall call = parts.function;
        CallStage stage = scope.windows;
        if (stage == null) {
            throw Analysis.error(ErrorCode.WINDOWING_ERROR, "window functions are not allowed in " + scope.clause, call)
                    .exception();
        }
        FunctionKind kind = resolved.signature().kind();
        if (kind != FunctionKind.WINDOW && kind != FunctionKind.AGGREGATE) {
            throw Analysis.error(
                            ErrorCode.WRONG_OBJECT_TYPE,
                            "OVER specified, but " + name + " is not a window function nor an aggregate function",
                            call)
                    .exception();
        }
        if (distinct) {
            throw Analysis.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED, "DISTINCT is not implemented for window functions", call)
                    .exception();
        }
        SqlNode definition = parts.window;
        Objects.requireNonNull(definition);
        CallStage.Window window = new WindowAnalyzer(expressions, scope).window(definition);
        return stage.add(new CallStage.Found(
                resolved.signature(),
                List.of(),
                resolved.operands(),
                false,
                filter,
                List.of(),
                resolved.result(),
                window));
    }

    private List<CallStage.Order> orders(SqlNodeList list) {
        List<CallStage.Order> orders = new ArrayList<>();
        for (SqlNode item : list) {
            SortItem sort = SortItem.of(item);
            RexNode expression = coercions.resolveUnknown(expressions.analyze(sort.node()), sort.node());
            analysis.cells.checkOrder(expression, sort.node());
            orders.add(new CallStage.Order(expression, sort.descending(), sort.nullsFirst()));
        }
        return orders;
    }

    private CallStage ownStage(SqlCall call) {
        if (scope.aggregates != null) {
            return scope.aggregates;
        }
        String message = scope.clause.equals("aggregate arguments")
                ? "aggregate function calls cannot be nested"
                : "aggregate functions are not allowed in " + scope.clause;
        throw Analysis.error(ErrorCode.GROUPING_ERROR, message, call).exception();
    }

    private boolean isAggregate(String name) {
        List<FunctionSignature> overloads = analysis.functions.functions(name);
        return !overloads.isEmpty() && overloads.getFirst().kind() == FunctionKind.AGGREGATE;
    }

    private void checkSchema(SqlIdentifier name, SqlCall call) {
        if (name.names.size() < 2) {
            return;
        }
        String schema = name.names.get(name.names.size() - 2);
        if (analysis.catalog.schema(schema).isEmpty()) {
            throw Analysis.error(ErrorCode.INVALID_SCHEMA_NAME, "schema \"" + schema + "\" does not exist", name)
                    .exception();
        }
        if (schema.equals("pg_catalog") || schema.equals("sys") || schema.equals("information_schema")) {
            return;
        }
        String types = expressions.analyzeAll(call.getOperandList()).stream()
                .map(node -> TypeNames.of(Coercions.pgType(node)))
                .collect(Collectors.joining(", "));
        throw Analysis.error(
                        ErrorCode.UNDEFINED_FUNCTION,
                        "function " + String.join(".", name.names) + "(" + types + ") does not exist",
                        call)
                .withHint("No function matches the given name and argument types. "
                        + "You might need to add explicit type casts.")
                .exception();
    }

    /** {@code int4(x)}: a type's name used as a function casts. Null where it is none. */
    private @Nullable RexNode typeCast(String name, List<RexNode> arguments, SqlCall call) {
        if (arguments.size() != 1) {
            return null;
        }
        Optional<PgType> type = TypeResolver.byName(name, false);
        if (type.isEmpty()) {
            return null;
        }
        RexNode argument = arguments.getFirst();
        PgType from = Coercions.pgType(argument);
        boolean literal = PgConstant.valueOf(argument) != null && from == PgType.UNKNOWN;
        boolean exact = analysis.functions.functions(name).stream()
                .anyMatch(function -> function.arguments().size() == 1
                        && function.arguments().getFirst().oid() == from.oid());
        if (exact || !(literal || coercions.canCoerce(from, type.get(), Coercions.Level.EXPLICIT))) {
            return null;
        }
        return coercions.coerce(argument, PgRelType.of(type.get()), Coercions.Level.EXPLICIT, call);
    }

    /** {@code (x).f} where x is a row constructor or a function with OUT parameters. */
    RexNode field(SqlCall call) {
        String field = ((SqlIdentifier) call.operand(1)).getSimple();
        SqlNode base = call.operand(0);
        if (base instanceof SqlIdentifier table && table.isSimple()) {
            List<FromItem.Visible> columns = scope.relationColumns(null, table.getSimple());
            if (columns != null) {
                for (FromItem.Visible column : columns) {
                    if (column.name().equals(field)) {
                        analysis.read(column);
                        return column.expression();
                    }
                }
            }
        }
        RexNode record = expressions.analyze(base);
        List<OutputColumn> outputs = fieldsOf(record);
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).name().equals(field)) {
                return PgSpecial.call(
                        analysis.rex,
                        SpecialForm.FIELD,
                        null,
                        PgRelType.of(outputs.get(i).type()),
                        List.of(record, PgConstant.of(analysis.rex, Analysis.INT4, (long) i + 1)));
            }
        }
        throw Analysis.error(
                        ErrorCode.UNDEFINED_COLUMN,
                        "could not identify column \"" + field + "\" in record data type",
                        call)
                .exception();
    }

    /** OUT parameters of the function a record came from: called here, or named by the record's modifier. */
    private List<OutputColumn> fieldsOf(RexNode record) {
        if (record instanceof RexCall function && function.getOperator() instanceof PgFunction known) {
            return known.function().outputs();
        }
        PgRelType type = Coercions.typeOf(record);
        if (!type.is(PgType.RECORD) || type.typmod() < 0) {
            return List.of();
        }
        return analysis.functions
                .function(type.typmod())
                .map(FunctionSignature::outputs)
                .orElse(List.of());
    }

    /** The result type; a record's modifier is the OID of the function whose OUT parameters are its fields. */
    private static PgRelType resultType(FunctionSignature signature, PgRelType result) {
        boolean row = result.is(PgType.RECORD) && signature.outputs().size() > 1;
        return row ? PgRelType.of(PgType.RECORD, signature.oid()) : result;
    }
}
