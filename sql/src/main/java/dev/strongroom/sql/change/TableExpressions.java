package dev.strongroom.sql.change;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.sql.execute.Expr;
import org.jspecify.annotations.Nullable;

/** Compiles the SQL texts a table definition holds; implemented by the planner. Expressions read the row's layout slots. */
public interface TableExpressions {
    /** The condition of a CHECK constraint. */
    Expr check(TableDefinition table, Constraint.Check check);

    /** The expression of a generated column, of the column's type and modifier. */
    Expr generated(TableDefinition table, Column column);

    /** A column's default (or the next value of its identity), of its type and modifier; null for none. */
    @Nullable
    Expr columnDefault(TableDefinition table, Column column);
}
