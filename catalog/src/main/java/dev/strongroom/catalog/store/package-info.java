/**
 * The catalog in memory. {@link dev.strongroom.catalog.store.Catalog} holds the committed head of one database,
 * {@link dev.strongroom.catalog.store.SharedCatalog} that of roles and databases; both publish immutable snapshots. DDL runs in
 * a {@link dev.strongroom.catalog.store.CatalogTransaction}: each change is written as rows through the storage transaction and
 * laid over the snapshot its own session sees; commit publishes the overlay, rollback forgets it.
 */
@NullMarked
package dev.strongroom.catalog.store;

import org.jspecify.annotations.NullMarked;
