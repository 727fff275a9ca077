package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;

/** A relation whose rows are computed. Thread-safe. */
public interface SystemRelation {
    /** Its OID, name and columns. */
    SystemTable table();

    /** Hands out the rows; each is a fresh one that the receiver may keep. */
    void rows(SystemContext context, Consumer<Row> sink);

    /**
     * Whether the rows follow from the catalog snapshot alone: not from the session, the settings or the clock. Such rows are
     * computed once for each snapshot.
     */
    default boolean cacheable() {
        return false;
    }
}
