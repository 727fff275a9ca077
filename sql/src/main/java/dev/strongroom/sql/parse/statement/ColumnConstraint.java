package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A constraint written behind a column. */
public sealed interface ColumnConstraint {
    /** Name after CONSTRAINT, null without one. */
    @Nullable
    String name();

    record NotNull(@Nullable String name) implements ColumnConstraint {}

    record Null(@Nullable String name) implements ColumnConstraint {}

    record Default(@Nullable String name, Expression value) implements ColumnConstraint {}

    /** CHECK, PRIMARY KEY, UNIQUE, REFERENCES: the same as a table constraint over this column. */
    record OfTable(TableConstraint constraint) implements ColumnConstraint {
        @Override
        public @Nullable String name() {
            return constraint.name();
        }
    }

    /** GENERATED … AS IDENTITY. */
    record Identity(@Nullable String name, boolean always, List<SequenceOption> options) implements ColumnConstraint {
        public Identity {
            options = List.copyOf(options);
        }
    }

    /** GENERATED ALWAYS AS (…) STORED. */
    record Generated(@Nullable String name, Expression value) implements ColumnConstraint {}
}
