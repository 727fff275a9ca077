package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DDL of one transaction. Every change is written at once as rows through the storage transaction, so that conflicts show
 * where PostgreSQL's would, and is seen by {@link #snapshot} from then on. Roles and databases are written through a second
 * transaction on {@code master}; one that writes both commits in two steps, so that the two never part (S-1).
 * Used by the session's thread only.
 */
public final class CatalogTransaction {
    private final CatalogSession session;
    private final Catalog catalog;
    private final Transaction storage;
    private final List<CatalogChange> changes = new ArrayList<>();
    private @Nullable Transaction master;
    private int temporarySchemaOid;
    private @Nullable CatalogSnapshot base;
    private @Nullable CatalogSnapshot overlay;

    CatalogTransaction(CatalogSession session, Transaction storage) {
        this.session = session;
        this.catalog = session.catalog();
        this.storage = storage;
        this.temporarySchemaOid = session.temporarySchemaOid();
    }

    /** What a DROP did. */
    public record Dropped(
            List<CatalogObject> objects, @Nullable ErrorReport notice) {}

    /** A point to go back to. */
    public record Mark(int changeCount, int temporarySchemaOid, Transaction.@Nullable Savepoint master) {}

    /** Head, temporary objects and this transaction's changes. */
    public CatalogSnapshot snapshot() {
        CatalogSnapshot current = session.snapshot();
        if (changes.isEmpty()) {
            return current;
        }
        CatalogSnapshot view = overlay;
        if (view == null || base != current) {
            List<CatalogChange> own =
                    changes.stream().filter(change -> !change.shared()).toList();
            List<CatalogChange> sharedChanges =
                    changes.stream().filter(CatalogChange::shared).toList();
            SharedSnapshot shared = sharedChanges.isEmpty()
                    ? current.shared()
                    : new SharedSnapshot(current.shared().objects().apply(sharedChanges));
            view = catalog.snapshot(true, current.objects().apply(own), shared);
            base = current;
            overlay = view;
        }
        return view;
    }

    /** The storage transaction of this database. */
    public Transaction storage() {
        return storage;
    }

    /** True once there are uncommitted changes. */
    public boolean changed() {
        return !changes.isEmpty();
    }

    /** A fresh OID; never given back. */
    public int allocateOid() {
        return catalog.allocateOid();
    }

    /** An empty tree for a table or index. */
    public long createTree() {
        return catalog.storage().createTree(storage);
    }

    /** OID of the session's temporary schema, created on first use. */
    public int temporarySchema() {
        if (temporarySchemaOid == 0) {
            int oid = allocateOid();
            apply(new CatalogChange.Put(new Schema(oid, session.temporarySchemaName(), Role.POSTGRES, null), null));
            temporarySchemaOid = oid;
        }
        return temporarySchemaOid;
    }

    /** OID of the temporary schema as this transaction sees it, 0 while there is none. */
    public int temporarySchemaOid() {
        return temporarySchemaOid;
    }

    /**
     * Adds an object.
     *
     * @throws dev.strongroom.common.error.DatabaseException DUPLICATE_TABLE and its like where the name is taken
     */
    public void create(CatalogObject object) {
        NameRules.checkNew(snapshot(), object);
        apply(new CatalogChange.Put(object, null));
    }

    /** Replaces an object by another state of it; a changed name or schema must be free. */
    public void replace(CatalogObject object) {
        CatalogSnapshot now = snapshot();
        CatalogObject before = now.object(object.ref())
                .orElseThrow(
                        () -> ErrorReport.error(ErrorCode.INTERNAL_ERROR, "catalog object " + object.ref() + " is gone")
                                .exception());
        NameRules.checkReplace(now, before, object);
        apply(new CatalogChange.Put(object, before));
    }

    /** Renames an object; a constraint and its index, and a table's row type, go together. */
    public void rename(CatalogObject object, String name) {
        CatalogSnapshot now = snapshot();
        replace(object.withName(name));
        if (object instanceof Constraint.Key key) {
            now.relation(key.indexOid()).ifPresent(index -> replace(index.withName(name)));
        }
        if (object instanceof IndexDefinition index) {
            for (Constraint constraint : now.constraints(index.tableOid())) {
                if (constraint instanceof Constraint.Key key && key.indexOid() == index.oid()) {
                    replace(key.withName(name));
                }
            }
        }
    }

    /** Sets a comment, or removes it with null. */
    public void comment(ObjectRef target, @Nullable String text) {
        boolean existed = snapshot().comment(target).isPresent();
        if (existed || text != null) {
            apply(new CatalogChange.Comment(target, text, existed));
        }
    }

    /**
     * Drops objects, columns ({@code subId}) or defaults with what depends on them, frees their trees and sequences.
     *
     * @param path for the names in messages
     * @throws dev.strongroom.common.error.DatabaseException DEPENDENT_OBJECTS_STILL_EXIST with PostgreSQL's detail and hint
     */
    public Dropped drop(List<ObjectRef> refs, DropBehavior behavior, SearchPath path) {
        CatalogSnapshot now = snapshot();
        refs.forEach(ref -> NameRules.checkDroppable(now, ref));
        DropPlan plan = new DropPlan(now, path, refs);
        ErrorReport notice = plan.report(behavior);
        List<CatalogObject> dropped = new ArrayList<>();
        Map<Integer, List<ObjectRef>> parts = new HashMap<>();
        for (ObjectRef ref : plan.refs()) {
            if (ref.objectClass() == ObjectClass.DEFAULT || ref.subId() != 0) {
                ObjectRef column = ref.subId() != 0 ? ref : now.dependencies().columnOfDefault(ref.oid());
                parts.computeIfAbsent(column.oid(), ignored -> new ArrayList<>())
                        .add(ref);
            } else {
                now.object(ref).ifPresent(dropped::add);
            }
        }
        for (CatalogObject object : dropped) {
            remove(object);
            parts.remove(object.oid());
        }
        parts.forEach((relation, refsOfRelation) -> dropParts(relation, refsOfRelation));
        return new Dropped(dropped, notice);
    }

    /** Drops a role nothing depends on, and its memberships. */
    public void dropRole(Role role, SearchPath path) {
        CatalogSnapshot now = snapshot();
        RoleUse.refuseIfUsed(now, role, path, catalog.shared());
        for (Role other : now.shared().roles()) {
            List<Role.Membership> kept = other.memberOf().stream()
                    .filter(membership -> membership.roleOid() != role.oid())
                    .toList();
            if (kept.size() != other.memberOf().size()) {
                replace(other.withMemberOf(kept));
            }
        }
        removeComments(now, role.ref());
        apply(new CatalogChange.Remove(role));
    }

    /** Drops an object without looking at dependents: databases, and what a rewrite replaced. */
    public void remove(CatalogObject object) {
        removeComments(snapshot(), object.ref());
        apply(new CatalogChange.Remove(object));
        switch (object) {
            case TableDefinition table -> catalog.storage().dropTree(storage, table.treeId());
            case IndexDefinition index -> {
                if (!clustered(index)) {
                    catalog.storage().dropTree(storage, index.treeId());
                }
            }
            case SequenceDefinition sequence -> catalog.storage().sequences().drop(storage, sequence.sequenceId());
            default -> {}
        }
    }

    /** Drops what is in the temporary schema, and with {@code schemaToo} the schema (DISCARD TEMP, end of session). */
    public void dropTemporary(boolean schemaToo) {
        CatalogSnapshot now = snapshot();
        List<ObjectRef> refs = new ArrayList<>();
        for (Relation relation : now.relationsIn(temporarySchemaOid)) {
            boolean part = relation instanceof IndexDefinition
                    || (relation instanceof SequenceDefinition sequence && sequence.ownedByTable() != 0);
            if (!part) {
                refs.add(relation.ref());
            }
        }
        SearchPath path = now.searchPath(List.of(), "", temporarySchemaOid);
        if (!refs.isEmpty()) {
            drop(refs, DropBehavior.CASCADE, path);
        }
        if (schemaToo) {
            now.schema(temporarySchemaOid).ifPresent(this::remove);
        }
    }

    public Mark savepoint() {
        return new Mark(
                changes.size(), temporarySchemaOid, master == null || master == storage ? null : master.savepoint());
    }

    /** Forgets the changes since a mark; the storage transaction of the database is rolled back by its owner. */
    public void rollbackTo(Mark mark) {
        Transaction sharedWrites = master;
        if (sharedWrites != null && sharedWrites != storage) {
            if (mark.master() == null) {
                sharedWrites.rollback();
                master = null;
            } else {
                sharedWrites.rollbackTo(mark.master());
            }
        }
        changes.subList(mark.changeCount(), changes.size()).clear();
        temporarySchemaOid = mark.temporarySchemaOid();
        overlay = null;
    }

    /**
     * Commits storage and publishes.
     *
     * @throws dev.strongroom.common.error.DatabaseException what storage throws. Nothing is published then
     */
    public void commit() {
        if (changes.isEmpty()) {
            storage.commit();
            return;
        }
        catalog.beginPublishing();
        try {
            commitStorage();
            publish();
        } finally {
            catalog.endPublishing();
        }
    }

    private void commitStorage() {
        Transaction sharedWrites = master;
        if (sharedWrites == null || sharedWrites == storage) {
            storage.commit();
        } else if (storage.id() == 0) {
            storage.commit();
            sharedWrites.commit();
        } else {
            catalog.shared().twoDatabases().commit(sharedWrites, catalog.databaseOid(), storage);
        }
    }

    /** Forgets everything and rolls both transactions back. */
    public void rollback() {
        Transaction sharedWrites = master;
        if (sharedWrites != null && sharedWrites != storage) {
            sharedWrites.rollback();
        }
        storage.rollback();
        changes.clear();
        overlay = null;
        master = null;
        temporarySchemaOid = session.temporarySchemaOid();
    }

    private void publish() {
        List<CatalogChange> sharedChanges =
                changes.stream().filter(CatalogChange::shared).toList();
        List<CatalogChange> own =
                changes.stream().filter(change -> !change.shared()).toList();
        if (!sharedChanges.isEmpty()) {
            catalog.shared().publish(sharedChanges);
        }
        List<CatalogChange> permanent = session.publishTemporary(own, temporarySchemaOid);
        if (!permanent.isEmpty()) {
            catalog.publish(permanent);
        }
        changes.clear();
        overlay = null;
    }

    private void apply(CatalogChange change) {
        if (change.shared()) {
            catalog.shared().writer().write(masterTransaction(), change);
        } else {
            catalog.writer().write(storage, change);
        }
        changes.add(change);
        overlay = null;
    }

    private Transaction masterTransaction() {
        Transaction transaction = master;
        if (transaction == null) {
            if (catalog.databaseOid() == catalog.shared().master().id()) {
                transaction = storage;
            } else {
                TransactionOptions own = storage.options();
                transaction = catalog.shared().master().begin(own);
                transaction.beginStatement();
            }
            master = transaction;
        }
        return transaction;
    }

    private boolean clustered(IndexDefinition index) {
        return snapshot().relation(index.tableOid()).stream()
                .anyMatch(table ->
                        table instanceof TableDefinition definition && definition.clusterIndexOid() == index.oid());
    }

    private void removeComments(CatalogSnapshot now, ObjectRef ref) {
        Map<ObjectRef, String> comments =
                ref.objectClass().shared() ? now.shared().objects().comments() : now.comments();
        for (ObjectRef target : comments.keySet()) {
            if (target.whole().equals(ref)) {
                apply(new CatalogChange.Comment(target, null, true));
            }
        }
    }

    private void dropParts(int relationOid, List<ObjectRef> refs) {
        Relation relation = snapshot().relation(relationOid).orElseThrow();
        for (ObjectRef ref : refs) {
            if (ref.subId() != 0) {
                comment(ref, null);
            }
            for (Column column : relation.columns()) {
                boolean ofDefault = column.defaultValue() != null
                        && ref.objectClass() == ObjectClass.DEFAULT
                        && column.defaultValue().oid() == ref.oid();
                if (ofDefault) {
                    relation = withColumn(relation, column.withDefault(null));
                } else if (ref.subId() == column.number() && !column.dropped()) {
                    relation = withColumn(relation, column.asDropped());
                }
            }
        }
        replace(relation);
    }

    private static Relation withColumn(Relation relation, Column column) {
        if (relation instanceof ViewDefinition view) {
            List<Column> columns = new ArrayList<>(view.columns());
            columns.set(column.number() - 1, column);
            return view.withQuery(columns, view.query(), view.references());
        }
        return ((TableDefinition) relation).withColumn(column);
    }
}
