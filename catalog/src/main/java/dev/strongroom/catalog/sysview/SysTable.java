package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.type.PgType;
import java.util.ArrayList;
import java.util.List;

/** Builds the shape of a view of schema {@code sys} from SQL Server's types as TDE-200 maps them. */
final class SysTable {
    /** Row types follow the views at this distance. */
    private static final int ROW_TYPE_DISTANCE = 50;

    private static final int VARLENA_HEADER = 4;

    private SysTable() {}

    /**
     * A view.
     *
     * @param columns {@code name type} separated by commas; types are sysname, nvarchar(n), nvarchar, char(n), datetime,
     *     bit, tinyint, smallint, int, bigint, real, float, varbinary, uniqueidentifier
     */
    static SystemTable of(int oid, String name, String columns) {
        List<Column> parsed = new ArrayList<>();
        for (String column : columns.split(",")) {
            String text = column.strip();
            int space = text.indexOf(' ');
            parsed.add(
                    Column.of(parsed.size() + 1, text.substring(0, space), typeOf(text.substring(space + 1)), false));
        }
        return new SystemTable(oid, Schema.SYS, name, 'v', parsed, oid + ROW_TYPE_DISTANCE);
    }

    private static ColumnType typeOf(String text) {
        int open = text.indexOf('(');
        String name = open < 0 ? text : text.substring(0, open);
        int length = open < 0 ? -1 : Integer.parseInt(text.substring(open + 1, text.length() - 1));
        return switch (name) {
            case "sysname" -> ColumnType.of(PgType.VARCHAR, 128 + VARLENA_HEADER);
            case "nvarchar" -> ColumnType.of(PgType.VARCHAR, length < 0 ? -1 : length + VARLENA_HEADER);
            case "char" -> ColumnType.of(PgType.BPCHAR, length + VARLENA_HEADER);
            case "datetime" -> ColumnType.of(PgType.TIMESTAMP, 3);
            case "bit", "tinyint", "smallint" -> ColumnType.of(PgType.INT2);
            case "int" -> ColumnType.of(PgType.INT4);
            case "bigint" -> ColumnType.of(PgType.INT8);
            case "real" -> ColumnType.of(PgType.FLOAT4);
            case "float" -> ColumnType.of(PgType.FLOAT8);
            case "varbinary" -> ColumnType.of(PgType.BYTEA);
            case "uniqueidentifier" -> ColumnType.of(PgType.UUID);
            default -> throw new IllegalArgumentException("type " + text);
        };
    }
}
