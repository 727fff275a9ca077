package dev.strongroom.sql.validate;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.function.CastSignature;
import dev.strongroom.sql.type.CommonType;
import dev.strongroom.sql.type.ImplicitCasts;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's type conversions (parse_coerce.c): which are allowed where, and the expression that makes them. */
final class Coercions {
    private final Analysis analysis;

    Coercions(Analysis analysis) {
        this.analysis = analysis;
    }

    /** Who asks for a conversion: each level allows what those before it allow. */
    enum Level {
        IMPLICIT,
        ASSIGNMENT,
        EXPLICIT
    }

    static PgRelType typeOf(RexNode node) {
        return PgRelType.of(node.getType());
    }

    static PgType pgType(RexNode node) {
        return typeOf(node).pgType();
    }

    static boolean isUnknown(RexNode node) {
        return typeOf(node).is(PgType.UNKNOWN);
    }

    /** Whether a value of one type may be converted to another. */
    boolean canCoerce(PgType from, PgType to, Level level) {
        if (from.oid() == to.oid() || from == PgType.UNKNOWN || isPolymorphic(to) || to == PgType.ANY) {
            return true;
        }
        if (ImplicitCasts.exists(from, to) || castLevel(from, to, level)) {
            return true;
        }
        if (from.isArray() && isTrueArray(to)) {
            return canCoerce(from.elementType().orElseThrow(), to.elementType().orElseThrow(), level);
        }
        if (level == Level.IMPLICIT) {
            return false;
        }
        if (isText(to)) {
            return true;
        }
        return level == Level.EXPLICIT && (isText(from) || from == PgType.CSTRING);
    }

    private boolean castLevel(PgType from, PgType to, Level level) {
        CastSignature cast = analysis.functions.cast(from, to).orElse(null);
        if (cast == null) {
            return false;
        }
        return switch (cast.context()) {
            case IMPLICIT -> true;
            case ASSIGNMENT -> level != Level.IMPLICIT;
            case EXPLICIT -> level == Level.EXPLICIT;
        };
    }

    static boolean isTrueArray(PgType type) {
        return type.isArray() && type != PgType.INT2VECTOR && type != PgType.OIDVECTOR;
    }

    /** Types of the string category whose values convert through their text form. */
    static boolean isText(PgType type) {
        return type.category() == 'S';
    }

    static boolean isPolymorphic(PgType type) {
        return type.name().startsWith("any") && type != PgType.ANY;
    }

    /** Converts implicitly; the caller has checked that it can. */
    RexNode implicit(RexNode node, PgRelType target, @Nullable SqlNode at) {
        return coerce(node, target, Level.IMPLICIT, at);
    }

    /**
     * Converts an expression.
     *
     * @throws DatabaseException 42846 or 22P02 and its kin for a literal that does not read
     */
    RexNode coerce(RexNode node, PgRelType target, Level level, @Nullable SqlNode at) {
        PgRelType source = typeOf(node);
        PgType to = target.pgType();
        boolean anything = to == PgType.ANY || isPolymorphic(to);
        if (!anything && analysis.cells.concerns(source, target)) {
            return analysis.cells.coerce(node, target, null, at);
        }
        if (anything) {
            return source.is(PgType.UNKNOWN) ? coerce(node, Analysis.TEXT, level, at) : node;
        }
        if (source.is(PgType.UNKNOWN)) {
            return fromUnknown(node, target, level, at);
        }
        if (source.is(to)) {
            return target.typmod() == -1 || target.typmod() == source.typmod() ? node : cast(node, target, level);
        }
        if (!canCoerce(source.pgType(), to, level)) {
            throw Analysis.error(
                            ErrorCode.CANNOT_COERCE,
                            "cannot cast type " + TypeNames.of(source.pgType()) + " to " + TypeNames.of(to),
                            at)
                    .exception();
        }
        return foldCast(node, target, level);
    }

    /** Integer constants change their width at once; all else converts when it runs. */
    private RexNode foldCast(RexNode node, PgRelType target, Level level) {
        Object value = PgConstant.valueOf(node);
        if (value instanceof Long number && pgType(node) == PgType.INT4) {
            PgType to = target.pgType();
            if (to == PgType.INT8 || (to == PgType.INT2 && number == number.shortValue())) {
                return PgConstant.of(analysis.rex, target, number);
            }
            if (to == PgType.FLOAT8) {
                return PgConstant.of(analysis.rex, target, (double) number);
            }
            if (to == PgType.NUMERIC && target.typmod() == -1) {
                return PgConstant.of(analysis.rex, target, dev.strongroom.common.value.Numeric.of(number));
            }
        }
        if (node instanceof RexLiteral literal && literal.isNull()) {
            return analysis.rex.makeNullLiteral(target);
        }
        return cast(node, target, level);
    }

    private RexNode cast(RexNode node, PgRelType target, Level level) {
        SpecialForm form = level == Level.EXPLICIT ? SpecialForm.EXPLICIT_CAST : SpecialForm.ASSIGNMENT_CAST;
        return PgSpecial.cast(analysis.rex, form, node, target);
    }

    private RexNode fromUnknown(RexNode node, PgRelType target, Level level, @Nullable SqlNode at) {
        PgType to = target.pgType();
        if (to == PgType.UNKNOWN) {
            return node;
        }
        if (node instanceof RexLiteral literal && literal.isNull()) {
            return analysis.rex.makeNullLiteral(target);
        }
        if (node instanceof RexDynamicParam parameter) {
            analysis.parameters.infer(parameter.getIndex(), to, Analysis.position(at));
            RexNode typed = analysis.rex.makeDynamicParam(PgRelType.of(to), parameter.getIndex());
            return target.typmod() == -1 ? typed : cast(typed, target, level);
        }
        Object value = PgConstant.valueOf(node);
        if (value instanceof String text) {
            return PgConstant.of(analysis.rex, target, read(text, target, level, at));
        }
        return cast(node, target, Level.EXPLICIT);
    }

    private Object read(String text, PgRelType target, Level level, @Nullable SqlNode at) {
        PgType to = target.pgType();
        try {
            if (to.category() == 'D' && isMoment(text)) {
                analysis.markTimeDependent();
            }
            Object value = TypeCodecs.of(to).parseBoxed(text, analysis.types);
            Object fitted = Typmods.applyBoxed(to, target.typmod(), value, level == Level.EXPLICIT);
            return fitted == null ? value : fitted;
        } catch (DatabaseException e) {
            ErrorReport report = e.report();
            throw report.position() != 0
                    ? e
                    : report.withPosition(Analysis.position(at)).exception(e);
        }
    }

    private static boolean isMoment(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        return word.startsWith("now")
                || word.startsWith("today")
                || word.startsWith("tomorrow")
                || word.startsWith("yesterday");
    }

    /** A condition: coerced to boolean, or 42804 in the words of its clause. */
    RexNode toBoolean(RexNode node, String clause, @Nullable SqlNode at) {
        PgRelType type = typeOf(node);
        if (type.is(PgType.BOOL)) {
            return node;
        }
        if (CellRules.encrypted(type)) {
            analysis.cells.refuse("a condition in " + clause, List.of(node), at);
        }
        if (!type.is(PgType.UNKNOWN)) {
            throw Analysis.error(
                            ErrorCode.DATATYPE_MISMATCH,
                            "argument of " + clause + " must be type boolean, not type " + TypeNames.of(type.pgType()),
                            at)
                    .exception();
        }
        return booleanConstant(coerce(node, Analysis.BOOL, Level.IMPLICIT, at));
    }

    /** Boolean constants are Calcite's own literals. */
    RexNode booleanConstant(RexNode node) {
        Object value = PgConstant.valueOf(node);
        return value instanceof Long bit && pgType(node) == PgType.BOOL
                ? analysis.rex.makeLiteral(bit != 0, Analysis.BOOL, false)
                : node;
    }

    /** Text where the type is still unknown: what a select list does to its columns. */
    RexNode resolveUnknown(RexNode node, @Nullable SqlNode at) {
        return isUnknown(node) ? coerce(node, Analysis.TEXT, Level.IMPLICIT, at) : node;
    }

    /** The common type of expressions, or 42804 in the words of the context ({@code CASE}, {@code UNION} …). */
    PgRelType commonType(List<RexNode> nodes, String context, @Nullable SqlNode at) {
        // Beside a cell a parameter becomes one, also where a client declares it as the bytea that it sends.
        boolean cells = nodes.stream().anyMatch(CellRules::encrypted);
        List<PgRelType> types = new ArrayList<>();
        for (RexNode node : nodes) {
            types.add(cells && node instanceof RexDynamicParam ? Analysis.UNKNOWN : typeOf(node));
        }
        return commonTypeOf(types, context, at);
    }

    PgRelType commonTypeOf(List<PgRelType> types, String context, @Nullable SqlNode at) {
        PgRelType cell = analysis.cells.merged(types, context, at);
        if (cell != null) {
            return cell;
        }
        PgRelType common = CommonType.select(types);
        if (common != null) {
            return common;
        }
        PgRelType first = types.stream()
                .filter(type -> !type.is(PgType.UNKNOWN))
                .findFirst()
                .orElseThrow();
        PgRelType other = types.stream()
                .filter(type -> !type.is(PgType.UNKNOWN) && CommonType.select(List.of(first, type)) == null)
                .findFirst()
                .orElse(types.getLast());
        throw Analysis.error(
                        ErrorCode.DATATYPE_MISMATCH,
                        context + " types " + TypeNames.of(first.pgType()) + " and " + TypeNames.of(other.pgType())
                                + " cannot be matched",
                        at)
                .exception();
    }

    List<RexNode> toCommonType(List<RexNode> nodes, String context, @Nullable SqlNode at) {
        PgRelType common = commonType(nodes, context, at);
        return nodes.stream().map(node -> implicit(node, common, at)).toList();
    }

    /** A value for a column: assignment casts, or 42804. */
    RexNode assign(RexNode node, PgRelType target, String column, @Nullable SqlNode at) {
        return assign(node, target, column, column, at);
    }

    /**
     * A value for a column.
     *
     * @param origin the column with its table
     */
    RexNode assign(RexNode node, PgRelType target, String column, String origin, @Nullable SqlNode at) {
        PgRelType source = typeOf(node);
        if (analysis.cells.concerns(source, target)) {
            return analysis.cells.coerce(node, target, origin, at);
        }
        if (!canCoerce(source.pgType(), target.pgType(), Level.ASSIGNMENT)) {
            throw Analysis.error(
                            ErrorCode.DATATYPE_MISMATCH,
                            "column \"" + column + "\" is of type " + TypeNames.of(target.pgType())
                                    + " but expression is of type " + TypeNames.of(source.pgType()),
                            at)
                    .withHint("You will need to rewrite or cast the expression.")
                    .exception();
        }
        return coerce(node, target, Level.ASSIGNMENT, at);
    }

    /** The expression below conversions that do not change the value: what an index on it could serve. */
    static RexNode stripRelabel(RexNode node) {
        RexNode current = node;
        while (current instanceof RexCall call
                && call.getOperator() instanceof PgSpecial special
                && special.isCast()
                && typeOf(call).typmod() == -1
                && sameBytes(pgType(call.getOperands().getFirst()), pgType(call))) {
            current = call.getOperands().getFirst();
        }
        return current;
    }

    private static boolean sameBytes(PgType from, PgType to) {
        return from.oid() == to.oid()
                || (from == PgType.VARCHAR && to == PgType.TEXT)
                || (from == PgType.TEXT && to == PgType.VARCHAR);
    }
}
