package dev.strongroom.catalog.store;

import dev.strongroom.storage.table.Transaction;

/** Writes one change as catalog rows. The transaction is that of {@code master} for shared objects. */
@FunctionalInterface
public interface ChangeWriter {
    void write(Transaction transaction, CatalogChange change);
}
