package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import java.util.Collection;

/** Which OIDs are whose (decision P-4): 15000–16383 the server's own, 16384 and up the users'. */
public final class OidRange {
    public static final int FIRST_OWN = 15000;
    public static final int FIRST_USER = 16384;

    private OidRange() {}

    /** True for objects that come with the server. */
    public static boolean system(int oid) {
        return Integer.compareUnsigned(oid, FIRST_USER) < 0;
    }

    /** The lowest OID above every one in use. */
    static int next(Collection<CatalogObject> objects) {
        int highest = FIRST_USER - 1;
        for (CatalogObject object : objects) {
            highest = Math.max(highest, object.oid());
            if (object instanceof Relation relation) {
                for (Column column : relation.columns()) {
                    highest = Math.max(
                            highest,
                            column.defaultValue() == null
                                    ? 0
                                    : column.defaultValue().oid());
                }
            }
            if (object instanceof TableDefinition table) {
                highest = Math.max(highest, Math.max(table.rowTypeOid(), table.arrayTypeOid()));
            }
            if (object instanceof ViewDefinition view) {
                highest = Math.max(highest, Math.max(view.rowTypeOid(), view.arrayTypeOid()));
            }
        }
        return highest + 1;
    }
}
