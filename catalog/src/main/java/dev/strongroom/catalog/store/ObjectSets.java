package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ObjectRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Builds an {@link ObjectSet} from what was read at start. */
final class ObjectSets {
    private ObjectSets() {}

    static ObjectSet of(Collection<? extends CatalogObject> objects, Map<ObjectRef, String> comments) {
        List<CatalogChange> changes = new ArrayList<>();
        objects.forEach(object -> changes.add(new CatalogChange.Put(object, null)));
        comments.forEach((target, text) -> changes.add(new CatalogChange.Comment(target, text, false)));
        return ObjectSet.EMPTY.apply(changes);
    }
}
