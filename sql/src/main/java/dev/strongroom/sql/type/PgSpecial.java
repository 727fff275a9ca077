package dev.strongroom.sql.type;

import dev.strongroom.sql.execute.SpecialForm;
import dev.strongroom.sql.execute.SpecialOperator;
import dev.strongroom.sql.function.FunctionSignature;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.jspecify.annotations.Nullable;

/** An expression with its own rules of evaluation: COALESCE, ANY, ARRAY, casts and the like. */
public final class PgSpecial extends SqlFunction implements SpecialOperator {
    private final SpecialForm form;
    private final @Nullable FunctionSignature comparison;
    private final PgRelType type;
    private final List<String> names;

    private PgSpecial(SpecialForm form, @Nullable FunctionSignature comparison, PgRelType type, List<String> names) {
        super(name(form, type, names), SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.SYSTEM);
        this.form = form;
        this.comparison = comparison;
        this.type = type;
        this.names = List.copyOf(names);
    }

    public static RexNode call(
            RexBuilder builder,
            SpecialForm form,
            @Nullable FunctionSignature comparison,
            PgRelType result,
            List<RexNode> operands) {
        return builder.makeCall(result, new PgSpecial(form, comparison, result, List.of()), operands);
    }

    /** A row of a relation, whose fields have names. */
    public static RexNode row(RexBuilder builder, PgRelType record, List<RexNode> fields, List<String> names) {
        return builder.makeCall(record, new PgSpecial(SpecialForm.ROW, null, record, names), fields);
    }

    /** A cast: {@link SpecialForm#EXPLICIT_CAST} or {@link SpecialForm#ASSIGNMENT_CAST}. */
    public static RexNode cast(RexBuilder builder, SpecialForm form, RexNode operand, PgRelType target) {
        return call(builder, form, null, target, List.of(operand));
    }

    @Override
    public SpecialForm form() {
        return form;
    }

    @Override
    public @Nullable FunctionSignature comparison() {
        return comparison;
    }

    @Override
    public List<String> names() {
        return names;
    }

    /** True for a conversion of its one operand to the call's type. */
    public boolean isCast() {
        return form == SpecialForm.EXPLICIT_CAST || form == SpecialForm.ASSIGNMENT_CAST;
    }

    @Override
    public RelDataType inferReturnType(SqlOperatorBinding binding) {
        return type;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PgSpecial that
                && form == that.form
                && type.equals(that.type)
                && names.equals(that.names)
                && (comparison == null ? 0 : comparison.oid()) == (that.comparison == null ? 0 : that.comparison.oid());
    }

    @Override
    public int hashCode() {
        return form.ordinal() * 31 + type.hashCode();
    }

    private static String name(SpecialForm form, PgRelType type, List<String> names) {
        return switch (form) {
            case EXPLICIT_CAST, ASSIGNMENT_CAST -> form + ":" + type;
            default -> names.isEmpty() ? form.name() : form + names.toString();
        };
    }
}
