package dev.strongroom.sql.function;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions over the state of encryption: {@code sys.dm_db_log_info} (TDE-208). */
final class EncryptionFunctions {
    /** OID of {@code sys.sr_log_segments}, whose columns the function shows. */
    private static final int LOG_SEGMENTS = 15206;

    private EncryptionFunctions() {}

    static void define(Definitions to) {
        to.set("sr_log_info", (call, arguments) -> logInfo(call.session(), arguments[0]));
    }

    /** The segments of one database; of the current one where the argument is null. */
    private static SetCode.Rows logInfo(SessionContext session, @Nullable Object database) {
        long wanted = database instanceof Long oid ? oid : session.databaseOid();
        List<Row> found = new ArrayList<>();
        for (Row row : session.systemRows(LOG_SEGMENTS)) {
            if (row.getLong(0) == wanted) {
                found.add(row);
            }
        }
        return SystemCatalogFunctions.rows(found, (row, into) -> into.copySlots(0, row, 0, row.width()));
    }
}
