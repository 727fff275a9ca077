package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A constraint of a table. */
public sealed interface TableConstraint {
    /** Name after CONSTRAINT, null without one. */
    @Nullable
    String name();

    Timing timing();

    int position();

    /**
     * Attributes behind a constraint.
     *
     * @param notValid NOT VALID: existing rows are not checked
     */
    record Timing(boolean deferrable, boolean initiallyDeferred, boolean notValid, boolean noInherit) {
        public static final Timing IMMEDIATE = new Timing(false, false, false, false);
    }

    record Check(@Nullable String name, Expression condition, Timing timing, int position) implements TableConstraint {}

    /**
     * PRIMARY KEY or UNIQUE.
     *
     * @param columns empty where {@code usingIndex} names an index
     */
    record Key(
            @Nullable String name,
            boolean primary,
            boolean nullsNotDistinct,
            List<String> columns,
            List<String> include,
            List<Option> options,
            @Nullable String usingIndex,
            Timing timing,
            int position)
            implements TableConstraint {
        public Key {
            columns = List.copyOf(columns);
            include = List.copyOf(include);
            options = List.copyOf(options);
        }
    }

    /**
     * FOREIGN KEY or REFERENCES.
     *
     * @param referenced columns of the referenced table, empty for its primary key
     * @param setColumns columns named after SET NULL or SET DEFAULT
     */
    record ForeignKey(
            @Nullable String name,
            List<String> columns,
            ObjectName table,
            List<String> referenced,
            Match match,
            Action onDelete,
            Action onUpdate,
            List<String> setColumns,
            Timing timing,
            int position)
            implements TableConstraint {
        public ForeignKey {
            columns = List.copyOf(columns);
            referenced = List.copyOf(referenced);
            setColumns = List.copyOf(setColumns);
        }
    }

    /** MATCH clause. */
    enum Match {
        SIMPLE,
        FULL,
        PARTIAL
    }

    /** What happens to referencing rows. */
    enum Action {
        NO_ACTION,
        RESTRICT,
        CASCADE,
        SET_NULL,
        SET_DEFAULT
    }
}
