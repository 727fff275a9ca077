package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One option of CREATE/ALTER SEQUENCE or of an identity column. */
public sealed interface SequenceOption {
    record As(TypeName type) implements SequenceOption {}

    record Increment(long by) implements SequenceOption {}

    /** MINVALUE n, or NO MINVALUE with null. */
    record MinValue(@Nullable Long value) implements SequenceOption {}

    /** MAXVALUE n, or NO MAXVALUE with null. */
    record MaxValue(@Nullable Long value) implements SequenceOption {}

    record Start(long value) implements SequenceOption {}

    /** RESTART [WITH n]. */
    record Restart(@Nullable Long value) implements SequenceOption {}

    record Cache(long count) implements SequenceOption {}

    record Cycle(boolean cycle) implements SequenceOption {}

    /** OWNED BY table.column; empty for NONE. */
    record OwnedBy(List<String> column, int position) implements SequenceOption {
        public OwnedBy {
            column = List.copyOf(column);
        }
    }

    /** SEQUENCE NAME name (written by pg_dump for identity columns). */
    record SequenceName(ObjectName name) implements SequenceOption {}
}
