package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ObjectRef;
import org.jspecify.annotations.Nullable;

/** One step of DDL, applied to an {@link ObjectSet} and written as rows. */
public sealed interface CatalogChange {
    /** Whether it concerns objects kept in {@code master}. */
    boolean shared();

    /**
     * Creates or replaces an object.
     *
     * @param before what it replaces, null when created
     */
    record Put(CatalogObject object, @Nullable CatalogObject before) implements CatalogChange {
        @Override
        public boolean shared() {
            return object.shared();
        }
    }

    record Remove(CatalogObject object) implements CatalogChange {
        @Override
        public boolean shared() {
            return object.shared();
        }
    }

    /** Sets or, with null, removes a comment. */
    record Comment(ObjectRef target, @Nullable String text, boolean existed) implements CatalogChange {
        @Override
        public boolean shared() {
            return target.objectClass().shared();
        }
    }
}
