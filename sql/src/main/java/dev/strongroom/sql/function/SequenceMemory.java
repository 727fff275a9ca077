package dev.strongroom.sql.function;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a session remembers of the sequences it used: {@code currval} and {@code lastval}. Used by the session's thread only. */
public final class SequenceMemory {
    private final Map<Integer, Long> values = new HashMap<>();
    private int last;

    /** Remembers a value that nextval returned. */
    public void remember(int sequenceOid, long value) {
        values.put(sequenceOid, value);
        last = sequenceOid;
    }

    /** Remembers a value that setval set, without becoming what lastval means. */
    public void replace(int sequenceOid, long value) {
        values.put(sequenceOid, value);
    }

    /** {@code currval}, null before the first nextval of the session. */
    public @Nullable Long current(int sequenceOid) {
        return values.get(sequenceOid);
    }

    /** OID of the sequence nextval was last called for, 0 for none. */
    public int last() {
        return last;
    }

    /** DISCARD SEQUENCES. */
    public void clear() {
        values.clear();
        last = 0;
    }
}
