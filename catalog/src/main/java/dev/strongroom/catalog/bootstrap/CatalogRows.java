package dev.strongroom.catalog.bootstrap;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyObject;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Owned;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.store.CatalogChange;
import dev.strongroom.catalog.store.ChangeWriter;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.WriteOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Catalog objects as rows of the system trees: writes changes, reads everything at start. Thread-safe. */
final class CatalogRows implements ChangeWriter {
    private static final int CLASS = 0;
    private static final int OID = 1;
    private static final int SCOPE = 2;
    private static final int NAME = 3;
    private static final int KIND = 4;
    private static final int OWNER = 5;
    private static final int BODY = 6;
    private static final int SUB_ID = 2;
    private static final int TEXT = 3;

    /** Everything read from one database. */
    record Contents(List<CatalogObject> objects, Map<ObjectRef, String> comments) {}

    private final Table objects;
    private final Table comments;

    private CatalogRows(Table objects, Table comments) {
        this.objects = objects;
        this.comments = comments;
    }

    /** Objects of one database. */
    static CatalogRows local(Database database) {
        return new CatalogRows(database.table(SystemTrees.OBJECTS), database.table(SystemTrees.COMMENTS));
    }

    /** Roles and databases. */
    static CatalogRows shared(Database master) {
        return new CatalogRows(master.table(SystemTrees.SHARED_OBJECTS), master.table(SystemTrees.SHARED_COMMENTS));
    }

    @Override
    public void write(Transaction transaction, CatalogChange change) {
        switch (change) {
            case CatalogChange.Put put -> {
                if (put.before() == null) {
                    objects.insert(transaction, rowOf(put.object()));
                } else {
                    replace(
                            transaction,
                            objects,
                            objectKey(put.object().ref()),
                            rowOf(put.object()),
                            put.object().name());
                }
            }
            case CatalogChange.Remove remove ->
                delete(
                        transaction,
                        objects,
                        objectKey(remove.object().ref()),
                        remove.object().name());
            case CatalogChange.Comment comment -> writeComment(transaction, comment);
        }
    }

    private void writeComment(Transaction transaction, CatalogChange.Comment comment) {
        Row row = commentRow(comment.target());
        byte[] key = comments.keyWriter(0).prefix(row, 3);
        if (comment.text() == null) {
            delete(transaction, comments, key, "comment");
            return;
        }
        row.setRef(TEXT, comment.text());
        if (comment.existed()) {
            replace(transaction, comments, key, row, "comment");
        } else {
            comments.insert(transaction, row);
        }
    }

    private byte[] objectKey(ObjectRef ref) {
        Row row = new Row(2);
        row.setLong(CLASS, Integer.toUnsignedLong(ref.objectClass().oid()));
        row.setLong(OID, Integer.toUnsignedLong(ref.oid()));
        return objects.keyWriter(0).prefix(row, 2);
    }

    private static Row commentRow(ObjectRef target) {
        Row row = new Row(4);
        row.setLong(CLASS, Integer.toUnsignedLong(target.objectClass().oid()));
        row.setLong(OID, Integer.toUnsignedLong(target.oid()));
        row.setLong(SUB_ID, target.subId());
        return row;
    }

    private static void replace(Transaction transaction, Table table, byte[] key, Row row, String name) {
        long version = table.getLatest(transaction, key, new Row(row.width()), null);
        check(version < 0 ? WriteOutcome.GONE : table.update(transaction, key, version, row), name);
    }

    private static void delete(Transaction transaction, Table table, byte[] key, String name) {
        Row row = new Row(table.layout().columns().size());
        long version = table.getLatest(transaction, key, row, null);
        check(version < 0 ? WriteOutcome.GONE : table.delete(transaction, key, version), name);
    }

    private static void check(WriteOutcome outcome, String name) {
        if (outcome != WriteOutcome.DONE) {
            throw ErrorReport.error(ErrorCode.INTERNAL_ERROR, "tuple concurrently updated")
                    .withDetail("Catalog entry \"" + name + "\" was changed by another transaction.")
                    .exception();
        }
    }

    private static Row rowOf(CatalogObject object) {
        Row row = new Row(7);
        row.setLong(CLASS, Integer.toUnsignedLong(object.objectClass().oid()));
        row.setLong(OID, Integer.toUnsignedLong(object.oid()));
        row.setLong(SCOPE, Integer.toUnsignedLong(scope(object)));
        row.setRef(NAME, object.name());
        row.setRef(KIND, String.valueOf(kind(object)));
        row.setLong(OWNER, object instanceof Owned owned ? Integer.toUnsignedLong(owned.ownerOid()) : 0);
        row.setRef(BODY, DefinitionEncoder.encode(object));
        return row;
    }

    private static int scope(CatalogObject object) {
        return switch (object) {
            case Relation relation -> relation.schemaOid();
            case Constraint constraint -> constraint.tableOid();
            case Schema ignored -> 0;
            case Role ignored -> 0;
            case DatabaseDefinition ignored -> 0;
            case ColumnKeyObject ignored -> 0;
        };
    }

    private static char kind(CatalogObject object) {
        return switch (object) {
            case Relation relation -> relation.relkind();
            case Constraint constraint -> constraint.contype();
            case Schema ignored -> 'n';
            case Role ignored -> 'R';
            case DatabaseDefinition ignored -> 'D';
            case ColumnMasterKey ignored -> 'M';
            case ColumnEncryptionKey ignored -> 'E';
            case EncryptionScheme ignored -> 's';
            case ColumnKeyRights ignored -> 'G';
        };
    }

    /** Reads all objects and comments the transaction sees. */
    Contents read(Transaction transaction) {
        List<CatalogObject> found = new ArrayList<>();
        Row row = new Row(7);
        try (RowCursor cursor = objects.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                String kind = row.getRef(KIND);
                byte[] body = row.getRef(BODY);
                found.add(DefinitionDecoder.decode(
                        new DefinitionDecoder.Header(
                                (int) row.getLong(OID),
                                (int) row.getLong(SCOPE),
                                row.getRef(NAME),
                                kind.charAt(0),
                                (int) row.getLong(OWNER)),
                        body));
            }
        }
        Map<ObjectRef, String> texts = new HashMap<>();
        Row commentRow = new Row(4);
        try (RowCursor cursor = comments.scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(commentRow);
                texts.put(
                        new ObjectRef(classOf((int) commentRow.getLong(CLASS)), (int) commentRow.getLong(OID), (int)
                                commentRow.getLong(SUB_ID)),
                        commentRow.getRef(TEXT));
            }
        }
        return new Contents(found, texts);
    }

    private static ObjectClass classOf(int oid) {
        for (ObjectClass candidate : ObjectClass.values()) {
            if (candidate.oid() == oid) {
                return candidate;
            }
        }
        throw ErrorReport.error(ErrorCode.DATA_CORRUPTED, "comment on unknown catalog " + oid)
                .exception();
    }
}
