package dev.strongroom.sql.function;

import dev.strongroom.common.value.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Functions over the state of encryption: {@code sys.dm_db_log_info} (TDE-208), {@code sys.dm_cryptographic_provider_keys} and its kin
 * (TDE-207). */
final class EncryptionFunctions {
    /** OID of {@code sys.sr_log_segments}, whose columns the function shows. */
    private static final int LOG_SEGMENTS = 15206;

    private static final int PROVIDER_ALGORITHMS = 15222;
    private static final int PROVIDER_KEYS = 15223;
    private static final int AUDIT_RECORDS = 15232;

    /** Columns of the records. */
    private static final int FILE_NAME = 26;

    private static final int FILE_OFFSET = 27;

    private EncryptionFunctions() {}

    static void define(Definitions to) {
        to.set("sr_log_info", (call, arguments) -> logInfo(call.session(), arguments[0]));
        to.set("sr_provider_algorithms", (call, arguments) -> of(call.session(), PROVIDER_ALGORITHMS, arguments[0]));
        to.set("sr_audit_file", (call, arguments) -> auditFile(call.session(), arguments));
        to.set("sr_provider_keys", (call, arguments) -> of(call.session(), PROVIDER_KEYS, arguments[0]));
    }

    /**
     * {@code sys.fn_get_audit_file(pattern, initial file, offset)}: the records of the files whose names fit the pattern, in
     * which {@code *} stands for anything; from a file and offset on where they are given.
     */
    private static SetCode.Rows auditFile(SessionContext session, @Nullable Object[] arguments) {
        if (!(arguments[0] instanceof String pattern)) {
            return SystemCatalogFunctions.rows(List.<Row>of(), (row, into) -> {});
        }
        Pattern wanted = Pattern.compile(Arrays.stream(pattern.split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*", "(.*/)?", "")));
        String initial = arguments[1] instanceof String name ? name : "";
        long offset = arguments[2] instanceof Long given ? given : 0;
        List<Row> found = new ArrayList<>();
        boolean reached = initial.isEmpty();
        for (Row row : session.systemRows(AUDIT_RECORDS)) {
            String file = row.getRef(FILE_NAME);
            boolean first = !initial.isEmpty() && file.endsWith(initial);
            reached |= first;
            boolean before = first && row.getLong(FILE_OFFSET) < offset;
            if (reached && !before && wanted.matcher(file).matches()) {
                found.add(row);
            }
        }
        return SystemCatalogFunctions.rows(found, (row, into) -> into.copySlots(0, row, 0, row.width()));
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
