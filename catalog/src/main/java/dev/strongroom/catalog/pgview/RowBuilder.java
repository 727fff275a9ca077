package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds rows of one system table by column name. A column that is not set is null where the table allows it, else zero,
 * false or empty.
 */
public final class RowBuilder {
    private final SystemTable table;
    private final Map<String, Column> columns = new HashMap<>();
    private final Row blank;
    private Row row;

    public RowBuilder(SystemTable table) {
        this.table = table;
        this.blank = new Row(table.columns().size());
        for (Column column : table.columns()) {
            columns.put(column.name(), column);
            if (column.notNull()) {
                setZero(column);
            }
        }
        this.row = blank.copy();
    }

    private void setZero(Column column) {
        PgType type = column.pgType();
        switch (type.storage()) {
            case LONG -> blank.setLong(column.slot(), 0);
            case DOUBLE -> blank.setDouble(column.slot(), 0);
            case REF -> blank.setRef(column.slot(), type.isArray() ? vector(type, List.of()) : "");
        }
    }

    /**
     * Sets a column. Booleans, numbers, characters, strings, lists (arrays) and nulls are taken; OIDs as int or long.
     */
    public RowBuilder set(String name, @Nullable Object value) {
        Column column = Objects.requireNonNull(columns.get(name), () -> table.name() + "." + name);
        int slot = column.slot();
        switch (value) {
            case null -> row.setNull(slot);
            case Boolean flag -> setText(column, flag ? "t" : "f", flag ? 1 : 0);
            case Integer number ->
                row.setLong(slot, unsigned(column.pgType()) ? Integer.toUnsignedLong(number) : number);
            case Long number -> row.setLong(slot, number);
            case Double number -> row.setDouble(slot, number);
            case Character letter -> row.setRef(slot, letter.toString());
            case List<?> list -> row.setRef(slot, vector(column.pgType(), list));
            default -> row.setRef(slot, value);
        }
        return this;
    }

    /** Sets a column from PostgreSQL's text form. */
    RowBuilder setParsed(String name, @Nullable String text) {
        Column column = Objects.requireNonNull(columns.get(name), () -> table.name() + "." + name);
        if (text == null) {
            row.setNull(column.slot());
        } else {
            TypeCodecs.of(column.pgType()).parse(text, row, column.slot(), TypeContext.DEFAULT);
        }
        return this;
    }

    /** Hands the row out and starts the next. */
    public void emit(Consumer<Row> sink) {
        sink.accept(row);
        row = blank.copy();
    }

    private void setText(Column column, String text, long number) {
        if (column.pgType() == PgType.BOOL) {
            row.setLong(column.slot(), number);
        } else {
            row.setRef(column.slot(), text);
        }
    }

    private static boolean unsigned(PgType type) {
        return switch (type.name()) {
            case "oid", "xid", "cid" -> true;
            default -> type.name().startsWith("reg");
        };
    }

    private static Object vector(PgType type, List<?> values) {
        PgType element = type.elementType().orElseThrow();
        @Nullable Object[] boxed = new Object[values.size()];
        for (int i = 0; i < boxed.length; i++) {
            Object value = values.get(i);
            boxed[i] = switch (value) {
                case Integer number ->
                    unsigned(element) ? (Long) Integer.toUnsignedLong(number) : (Long) number.longValue();
                case Character letter -> letter.toString();
                case null -> null;
                default -> value;
            };
        }
        boolean zeroBased = type == PgType.INT2VECTOR || type == PgType.OIDVECTOR;
        if (boxed.length == 0 && !zeroBased) {
            return PgArray.empty(element);
        }
        return zeroBased
                ? new PgArray(element, new int[] {boxed.length}, new int[] {0}, boxed)
                : PgArray.of(element, boxed);
    }
}
