package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One session's view of the catalog: the committed head plus its own temporary objects, which nobody else sees and which do
 * not move the catalog version (decision P-9). Used by the session's thread only.
 */
public final class CatalogSession implements AutoCloseable {
    private final Catalog catalog;
    private final int number;
    private final Map<ObjectRef, CatalogObject> temporary = new HashMap<>();
    private final Map<ObjectRef, String> temporaryComments = new HashMap<>();
    private int temporarySchemaOid;
    private @Nullable CatalogSnapshot cachedHead;
    private @Nullable CatalogSnapshot cachedView;

    CatalogSession(Catalog catalog, int number) {
        this.catalog = catalog;
        this.number = number;
    }

    public Catalog catalog() {
        return catalog;
    }

    /** What the session sees outside a transaction with DDL. */
    public CatalogSnapshot snapshot() {
        return viewOf(catalog.head());
    }

    /** As {@link #snapshot}, after commits under way have been published. */
    public CatalogSnapshot settled() {
        return viewOf(catalog.settled());
    }

    /** True while the session has temporary objects. */
    public boolean hasTemporary() {
        return temporarySchemaOid != 0;
    }

    /** The session's temporary schema, 0 while it has none. */
    public int temporarySchemaOid() {
        return temporarySchemaOid;
    }

    /** Name of the temporary schema, whether it exists yet or not. */
    public String temporarySchemaName() {
        return "pg_temp_" + number;
    }

    /** Starts DDL inside a storage transaction of this database. */
    public CatalogTransaction begin(Transaction transaction) {
        return new CatalogTransaction(this, transaction);
    }

    /** Drops the session's temporary objects. */
    @Override
    public void close() {
        if (temporarySchemaOid == 0) {
            return;
        }
        Transaction transaction = catalog.storage().begin(TransactionOptions.readCommitted());
        try {
            transaction.beginStatement();
            CatalogTransaction ddl = begin(transaction);
            ddl.dropTemporary(true);
            ddl.commit();
        } finally {
            transaction.rollback();
        }
    }

    private CatalogSnapshot viewOf(CatalogSnapshot head) {
        if (temporarySchemaOid == 0) {
            return head;
        }
        CatalogSnapshot view = cachedView;
        if (view == null || cachedHead != head) {
            List<CatalogChange> changes = new ArrayList<>();
            temporary.values().forEach(object -> changes.add(new CatalogChange.Put(object, null)));
            temporaryComments.forEach((target, text) -> changes.add(new CatalogChange.Comment(target, text, false)));
            view = catalog.snapshot(true, head.objects().apply(changes), head.shared());
            cachedHead = head;
            cachedView = view;
        }
        return view;
    }

    /** Takes over the changes to temporary objects and returns the others. */
    List<CatalogChange> publishTemporary(List<CatalogChange> changes, int schemaOid) {
        if (schemaOid == 0) {
            return changes;
        }
        List<CatalogChange> others = new ArrayList<>();
        for (CatalogChange change : changes) {
            if (!takeTemporary(change, schemaOid)) {
                others.add(change);
            }
        }
        temporarySchemaOid =
                temporary.containsKey(ObjectRef.of(dev.strongroom.catalog.object.ObjectClass.SCHEMA, schemaOid))
                        ? schemaOid
                        : 0;
        cachedView = null;
        return others;
    }

    private boolean takeTemporary(CatalogChange change, int schemaOid) {
        switch (change) {
            case CatalogChange.Put put -> {
                if (isTemporary(put.object(), schemaOid)) {
                    temporary.put(put.object().ref(), put.object());
                    return true;
                }
                return false;
            }
            case CatalogChange.Remove remove -> {
                return temporary.remove(remove.object().ref()) != null;
            }
            case CatalogChange.Comment comment -> {
                if (comment.text() != null
                        && temporary.containsKey(comment.target().whole())) {
                    temporaryComments.put(comment.target(), comment.text());
                    return true;
                }
                return temporaryComments.remove(comment.target()) != null;
            }
        }
    }

    private boolean isTemporary(CatalogObject object, int schemaOid) {
        return switch (object) {
            case Relation relation -> relation.schemaOid() == schemaOid;
            case Schema schema -> schema.oid() == schemaOid;
            case Constraint constraint -> temporary.containsKey(ObjectRef.relation(constraint.tableOid()));
            case dev.strongroom.catalog.object.Role ignored -> false;
            case dev.strongroom.catalog.object.DatabaseDefinition ignored -> false;
            case dev.strongroom.catalog.object.ColumnKeyObject ignored -> false;
        };
    }
}
