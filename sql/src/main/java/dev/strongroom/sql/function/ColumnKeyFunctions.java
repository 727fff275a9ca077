package dev.strongroom.sql.function;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an encrypting client asks: {@code sys.describe_parameter_encryption} (AE-101, decision A-5) and
 * {@code sys.column_encryption_key_info} (AE-104).
 */
final class ColumnKeyFunctions {
    /** The only version of keys there is. */
    private static final int KEY_VERSION = 1;

    private static final int INFO_WIDTH = 12;

    private ColumnKeyFunctions() {}

    static void define(Definitions to) {
        to.set("sr_describe_parameters", (call, arguments) -> {
            List<@Nullable String> statements = strings(arguments[0]);
            List<@Nullable String> types = strings(arguments[1]);
            return rows(call.session().describeEncryption(statements, types, false));
        });
        to.set("sr_describe_parameters_of", (call, arguments) -> {
            List<@Nullable String> text = Collections.singletonList((String) arguments[0]);
            List<@Nullable String> types = Collections.singletonList((String) arguments[1]);
            return rows(call.session().describeEncryption(text, types, true));
        });
        to.set("sr_column_key_info", (call, arguments) -> rows(info(call.session(), (Long) arguments[0])));
    }

    private static List<@Nullable String> strings(@Nullable Object array) {
        List<@Nullable String> strings = new ArrayList<>();
        if (array != null) {
            for (Object element : ((PgArray) array).elements()) {
                strings.add((String) element);
            }
        }
        return strings;
    }

    private static SetCode.Rows rows(List<Row> rows) {
        return SystemCatalogFunctions.rows(rows, (row, into) -> into.copySlots(0, row, 0, row.width()));
    }

    /** Result set 1 of section 6.1: one row for each value of a key, or of all keys. */
    private static List<Row> info(SessionContext session, @Nullable Long keyId) {
        SystemContext context = session.systemContext();
        new AccessRights(context.snapshot(), context.currentUserOid()).requireColumnKeyDefinitions();
        ColumnKeySet keys = context.snapshot().columnKeys();
        List<Row> rows = new ArrayList<>();
        int ordinal = 0;
        for (ColumnEncryptionKey key : keys.encryptionKeys()) {
            if (keyId != null && keyId.intValue() != key.oid()) {
                continue;
            }
            ordinal++;
            for (ColumnEncryptionKey.Value value : key.values()) {
                ColumnMasterKey master = keys.masterKey(value.masterKeyOid()).orElseThrow();
                Row row = new Row(INFO_WIDTH);
                row.setLong(0, ordinal);
                row.setLong(1, session.databaseOid());
                row.setLong(2, key.oid());
                row.setLong(3, KEY_VERSION);
                row.setRef(4, version(key));
                row.setRef(5, value.encrypted());
                row.setRef(6, master.provider());
                row.setRef(7, master.path());
                row.setRef(8, ColumnEncryptionKey.VALUE_ALGORITHM);
                row.setLong(9, 0);
                row.setRef(10, master.signature());
                row.setRef(11, key.name());
                rows.add(row);
            }
        }
        return rows;
    }

    private static byte[] version(ColumnEncryptionKey key) {
        return ByteBuffer.allocate(Long.BYTES).putLong(key.version()).array();
    }
}
