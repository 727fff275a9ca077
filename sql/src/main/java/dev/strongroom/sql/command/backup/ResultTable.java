package dev.strongroom.sql.command.backup;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.session.ResultColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Columns of a result set by SQL Server's names and types, as TDE-200 maps them, and rows built by name. */
final class ResultTable {
    private static final int VARLENA_HEADER = 4;
    /** Microseconds from 1970 to 2000, where PostgreSQL's timestamps start. */
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;

    private static final long MILLI = 1000;

    private final List<ResultColumn> columns = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private Row row;

    /** @param text {@code name type} separated by commas */
    ResultTable(List<ResultColumn> given) {
        for (ResultColumn column : given) {
            places.put(column.name(), columns.size());
            columns.add(column);
        }
        row = blank();
    }

    /** Reads {@code name type, name type}. */
    static List<ResultColumn> columns(String text) {
        List<ResultColumn> columns = new ArrayList<>();
        for (String column : text.split(",")) {
            String stripped = column.strip();
            int space = stripped.indexOf(' ');
            columns.add(column(stripped.substring(0, space), stripped.substring(space + 1)));
        }
        return List.copyOf(columns);
    }

    private static ResultColumn column(String name, String type) {
        int open = type.indexOf('(');
        String base = open < 0 ? type : type.substring(0, open);
        int length = open < 0 ? -1 : Integer.parseInt(type.substring(open + 1, type.length() - 1));
        return switch (base) {
            case "nvarchar" -> new ResultColumn(name, 0, 0, PgType.VARCHAR, length < 0 ? -1 : length + VARLENA_HEADER);
            case "char" -> new ResultColumn(name, 0, 0, PgType.BPCHAR, length + VARLENA_HEADER);
            case "datetime" -> new ResultColumn(name, 0, 0, PgType.TIMESTAMP, 3);
            case "bit", "tinyint", "smallint" -> ResultColumn.of(name, PgType.INT2);
            case "int" -> ResultColumn.of(name, PgType.INT4);
            case "numeric", "bigint" -> ResultColumn.of(name, PgType.INT8);
            case "varbinary" -> ResultColumn.of(name, PgType.BYTEA);
            case "uniqueidentifier" -> ResultColumn.of(name, PgType.UUID);
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    private Row blank() {
        Row made = new Row(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            made.setNull(i);
        }
        return made;
    }

    ResultTable set(String name, @Nullable Object value) {
        int slot = Objects.requireNonNull(places.get(name), name);
        switch (value) {
            case null -> row.setNull(slot);
            case Boolean flag -> row.setLong(slot, flag ? 1 : 0);
            case Integer number -> row.setLong(slot, number);
            case Long number -> row.setLong(slot, number);
            default -> row.setRef(slot, value);
        }
        return this;
    }

    /** A text; null where it is empty. */
    ResultTable setText(String name, String text) {
        return set(name, text.isEmpty() ? null : text);
    }

    /** A datetime from microseconds since 1970; null for 0. */
    ResultTable setTime(String name, long epochMicros) {
        return set(
                name, epochMicros == 0 ? null : (Long) (Math.floorDiv(epochMicros - EPOCH_2000_MICROS, MILLI) * MILLI));
    }

    void emit() {
        rows.add(row);
        row = blank();
    }

    List<ResultColumn> columns() {
        return List.copyOf(columns);
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }
}
