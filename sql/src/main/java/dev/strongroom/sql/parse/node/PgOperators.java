package dev.strongroom.sql.parse.node;

import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;

/** Fixed operators of PostgreSQL's syntax that Calcite lacks. */
public final class PgOperators {
    /** {@code f(args ORDER BY …)}: operands are the call and a SqlNodeList of sort items. */
    public static final SqlOperator AGGREGATE_ORDER = special("AGGREGATE ORDER BY");

    /** {@code a[l:u]}: operands array, lower, upper; a missing bound is a DEFAULT call. */
    public static final SqlOperator SLICE = special("SLICE");

    /** {@code (x).f}: operands expression and a simple identifier. */
    public static final SqlOperator FIELD = special("FIELD");

    /** {@code (x).*}: one operand. */
    public static final SqlOperator ALL_FIELDS = special("ALL FIELDS");

    /** {@code f(VARIADIC array)}: wraps the last argument. */
    public static final SqlOperator VARIADIC = special("VARIADIC");

    /** {@code name => value}: operands simple identifier and value. */
    public static final SqlOperator NAMED_ARGUMENT = special("=>");

    /** {@code x USING op} of ORDER BY: operands expression and operator name as identifier. */
    public static final SqlOperator SORT_USING = special("USING");

    private PgOperators() {}

    private static SqlOperator special(String name) {
        return new SqlSpecialOperator(name, SqlKind.OTHER, 100);
    }
}
