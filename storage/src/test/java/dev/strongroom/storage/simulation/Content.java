package dev.strongroom.storage.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row as it was written once: the serial number tells it from every other row ever written.
 *
 * @param unique value of the unique column, null for none
 * @param parent id of a row of the table referred to, null for none
 */
record Content(
        long serial,
        long id,
        @Nullable Long unique,
        long number,
        @Nullable Long parent,
        int length) {
    static final int ID = 0;
    static final int SERIAL = 1;
    static final int UNIQUE = 2;
    static final int NUMBER = 3;
    static final int PARENT = 4;
    static final int TEXT = 5;
    static final int COLUMNS = 6;

    static final List<ColumnLayout> LAYOUT = List.of(
            new ColumnLayout("id", PgType.INT8),
            new ColumnLayout("serial", PgType.INT8),
            new ColumnLayout("u", PgType.INT8),
            new ColumnLayout("n", PgType.INT8),
            new ColumnLayout("parent", PgType.INT8),
            new ColumnLayout("s", PgType.TEXT));

    /** Stands in every text, for the hunt through encrypted files. */
    static final String MARKER = "PLAINTEXT-OF-A-ROW";

    static final int IDS = 60;
    private static final int UNIQUES = 80;
    private static final int NUMBERS = 12;

    static Content draw(long serial, long id, SeededRandomness random) {
        int length = random.oneIn(12) ? random.below(14_000) : random.oneIn(3) ? random.below(1500) : random.below(60);
        Long unique = random.oneIn(3) ? null : (long) random.below(UNIQUES);
        return new Content(serial, id, unique, random.below(NUMBERS), null, length);
    }

    Content withParent(long newParent) {
        return new Content(serial, id, unique, number, newParent, length);
    }

    Row row() {
        Row row = new Row(COLUMNS);
        row.setLong(ID, id);
        row.setLong(SERIAL, serial);
        set(row, UNIQUE, unique);
        row.setLong(NUMBER, number);
        set(row, PARENT, parent);
        row.setRef(TEXT, text());
        return row;
    }

    private static void set(Row row, int slot, @Nullable Long value) {
        if (value == null) {
            row.setNull(slot);
        } else {
            row.setLong(slot, value);
        }
    }

    private String text() {
        StringBuilder text = new StringBuilder(length + 64).append(MARKER).append(serial);
        long state = serial * 0x9E3779B97F4A7C15L;
        while (text.length() < length) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            text.append((char) ('a' + (state >>> 60)));
            if (state >>> 59 == 0) {
                text.append(MARKER);
            }
        }
        return text.toString();
    }

    /** Fails unless a row that was read is this one, down to the last byte. */
    void assertIs(Row row, String where) {
        assertThat(row.getLong(ID)).as(where).isEqualTo(id);
        assertThat(row.isNull(UNIQUE) ? null : (Long) row.getLong(UNIQUE))
                .as(where)
                .isEqualTo(unique);
        assertThat(row.getLong(NUMBER)).as(where).isEqualTo(number);
        assertThat(row.isNull(PARENT) ? null : (Long) row.getLong(PARENT))
                .as(where)
                .isEqualTo(parent);
        String text = row.getRef(TEXT);
        assertThat(text).as(where).isEqualTo(text());
    }
}
