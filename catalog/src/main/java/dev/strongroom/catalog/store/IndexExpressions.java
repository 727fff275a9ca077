package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.storage.table.IndexDerivation;

/** Makes the texts of an index over expressions, or of a partial one, something storage can evaluate; implemented by sql. */
@FunctionalInterface
public interface IndexExpressions {
    /** For catalogs that are only looked at: nothing is evaluated. */
    IndexExpressions NONE = (catalog, table, index) -> {
        throw new IllegalStateException("index \"" + index.name() + "\" has expressions nobody can evaluate here");
    };

    /** The keys of an index; compiled when first needed, so that this never fails. */
    IndexDerivation derivation(CatalogSnapshot catalog, TableDefinition table, IndexDefinition index);
}
