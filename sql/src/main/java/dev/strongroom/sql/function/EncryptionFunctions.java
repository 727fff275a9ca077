package dev.strongroom.sql.function;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions over the state of encryption: {@code sys.dm_db_log_info} (TDE-208), {@code sys.dm_cryptographic_provider_keys} and its kin
 * (TDE-207). */
final class EncryptionFunctions {
    /** OID of {@code sys.sr_log_segments}, whose columns the function shows. */
    private static final int LOG_SEGMENTS = 15206;

    private static final int PROVIDER_ALGORITHMS = 15222;
    private static final int PROVIDER_KEYS = 15223;

    private EncryptionFunctions() {}

    static void define(Definitions to) {
        to.set("sr_log_info", (call, arguments) -> logInfo(call.session(), arguments[0]));
        to.set("sr_provider_algorithms", (call, arguments) -> of(call.session(), PROVIDER_ALGORITHMS, arguments[0]));
        to.set("sr_provider_keys", (call, arguments) -> of(call.session(), PROVIDER_KEYS, arguments[0]));
    }

    /** The segments of one database; of the current one where the argument is null. */
    private static SetCode.Rows logInfo(SessionContext session, @Nullable Object database) {
        Object wanted = database == null ? Long.valueOf(session.databaseOid()) : database;
        return of(session, LOG_SEGMENTS, wanted);
    }

    /** The rows of a view whose first column is this number; all for a null. */
    private static SetCode.Rows of(SessionContext session, int view, @Nullable Object number) {
        List<Row> found = new ArrayList<>();
        for (Row row : session.systemRows(view)) {
            if (number == null || number instanceof Long wanted && row.getLong(0) == wanted) {
                found.add(row);
            }
        }
        return SystemCatalogFunctions.rows(found, (row, into) -> into.copySlots(0, row, 0, row.width()));
    }
}
