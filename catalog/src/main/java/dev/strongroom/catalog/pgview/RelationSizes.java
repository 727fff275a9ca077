package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.storage.table.Table;

/** Rows and pages of tables, as storage estimates them. */
final class RelationSizes {
    /** Bytes of a page, for sizes in bytes. */
    static final long PAGE_BYTES = 8192;

    /** Rows and pages of a table with its indexes. */
    record Size(long rows, long pages) {}

    private RelationSizes() {}

    static Size of(SystemContext context, TableDefinition definition) {
        Table table = context.storage().table(context.snapshot().layout(definition));
        return new Size(table.estimatedRows(), table.estimatedPages());
    }
}
