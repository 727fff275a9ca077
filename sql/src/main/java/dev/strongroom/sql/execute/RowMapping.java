package dev.strongroom.sql.execute;

import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.TableLayout;
import org.jspecify.annotations.Nullable;

/**
 * Which slots of a stored row a scan returns, and where. Besides slots of the layout a scan can return three hidden columns:
 * the row's key and version, which changes and locks need, and the table's OID.
 */
public final class RowMapping {
    /** The row's key, a bytea. */
    public static final int KEY = -1;

    /** The row's version, an int8. */
    public static final int VERSION = -2;

    /** The table's OID. */
    public static final int TABLE_OID = -3;

    private final int[] columns;
    private final int stored;
    private final int tableOid;
    private final boolean identity;
    private final int @Nullable [] loaded;

    /**
     * A mapping.
     *
     * @param columns what each output slot holds: a slot of the layout or a hidden column
     * @param tableOid value of {@link #TABLE_OID}
     */
    public RowMapping(TableLayout layout, int[] columns, int tableOid) {
        this.columns = columns.clone();
        this.tableOid = tableOid;
        this.stored = layout.columns().size();
        boolean inPlace = columns.length == stored;
        int count = 0;
        for (int i = 0; i < columns.length; i++) {
            inPlace &= columns[i] == i;
            count += columns[i] >= 0 ? 1 : 0;
        }
        identity = inPlace;
        int[] wanted = new int[count];
        int at = 0;
        for (int column : columns) {
            if (column >= 0) {
                wanted[at++] = column;
            }
        }
        loaded = identity ? null : wanted;
    }

    /** What each output slot holds: a slot of the layout or a hidden column. */
    public int[] columns() {
        return columns.clone();
    }

    /** Slots of the layout to load, null for all. */
    int @Nullable [] loaded() {
        return loaded;
    }

    int width() {
        return columns.length;
    }

    /** A row storage loads into. */
    Row storedRow() {
        return new Row(stored);
    }

    /** The row the scan returns: the stored one itself where nothing moves. */
    Row outputRow(Row storedRow) {
        return identity ? storedRow : new Row(columns.length);
    }

    boolean wantsKey() {
        for (int column : columns) {
            if (column == KEY) {
                return true;
            }
        }
        return false;
    }

    void map(Row from, Row to, byte @Nullable [] key, long version) {
        if (identity) {
            return;
        }
        for (int i = 0; i < columns.length; i++) {
            int column = columns[i];
            switch (column) {
                case KEY -> to.setRef(i, key);
                case VERSION -> to.setLong(i, version);
                case TABLE_OID -> to.setLong(i, tableOid & 0xFFFF_FFFFL);
                default -> to.copySlot(i, from, column);
            }
        }
    }
}
