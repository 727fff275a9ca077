package dev.strongroom.storage.table;

import dev.strongroom.common.cell.Cells;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.key.KeyBuffer;
import dev.strongroom.storage.key.KeyColumn;
import dev.strongroom.storage.key.KeyEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The keys of one table layout: an encoder per tree, and the errors that name keys. Thread-safe. */
public final class TableKeys {
    private final TableLayout layout;
    private final KeyEncoder[] encoders;
    private final int[] uniqueSlots;
    private final int[] indexedSlots;

    public TableKeys(TableLayout layout) {
        this.layout = layout;
        encoders = new KeyEncoder[layout.indexes().size() + 1];
        for (int index = 0; index < encoders.length; index++) {
            List<KeyColumn> columns = new ArrayList<>();
            for (KeyPart part : parts(index)) {
                columns.add(new KeyColumn(type(index, part.slot()), part.slot(), part.descending(), part.nullsFirst()));
            }
            encoders[index] = new KeyEncoder(columns);
        }
        indexedSlots = slots(index -> true);
        uniqueSlots = slots(index -> layout.indexes().get(index - 1).unique());
    }

    private int[] slots(Predicate<Integer> wanted) {
        return IntStream.range(1, encoders.length)
                .filter(wanted::test)
                .flatMap(index -> IntStream.of(slots(index)))
                .distinct()
                .toArray();
    }

    private @Nullable IndexDerivation derivation(int index) {
        return index == 0 ? null : layout.indexes().get(index - 1).derivation();
    }

    private PgType type(int index, int slot) {
        IndexDerivation derivation = derivation(index);
        return derivation == null
                ? layout.columns().get(slot).type()
                : derivation.types().get(slot);
    }

    /** The row that holds the key columns; null if the index does not hold the row. */
    private @Nullable Row keyRow(int index, Row row) {
        IndexDerivation derivation = derivation(index);
        if (derivation == null) {
            return row;
        }
        Row derived = new Row(derivation.types().size());
        return derivation.derive(row, derived) ? derived : null;
    }

    /** Whether the table has no primary key, so that its key is a hidden row id. */
    public boolean hidden() {
        return layout.primaryKey().isEmpty();
    }

    public int indexes() {
        return encoders.length;
    }

    /** Key columns of an index, 0 for the primary key. */
    public List<KeyPart> parts(int index) {
        return index == 0
                ? layout.primaryKey()
                : layout.indexes().get(index - 1).parts();
    }

    public KeyEncoder encoder(int index) {
        return encoders[index];
    }

    /** Primary key of a row of a table that has one. */
    public byte[] primaryKey(Row row) {
        byte[] key = encoders[0].encode(row);
        checkLength(key.length, layout.primaryKeyName());
        return key;
    }

    /** Key of a hidden row id. */
    public static byte[] hiddenKey(long rowId) {
        KeyBuffer buffer = new KeyBuffer(8);
        buffer.putLong(rowId);
        return buffer.toArray();
    }

    /** Index key of a row, without the primary key; null if the index does not hold the row. */
    public byte @Nullable [] indexKey(int index, Row row) {
        Row values = keyRow(index, row);
        return values == null ? null : encoders[index].encode(values);
    }

    /** Entry of an index: index key, then primary key. */
    public byte[] entry(int index, byte[] indexKey, byte[] primaryKey) {
        checkLength(
                indexKey.length + primaryKey.length,
                layout.indexes().get(index - 1).name());
        byte[] entry = new byte[indexKey.length + primaryKey.length];
        System.arraycopy(indexKey, 0, entry, 0, indexKey.length);
        System.arraycopy(primaryKey, 0, entry, indexKey.length, primaryKey.length);
        return entry;
    }

    /** Whether rows with this key exclude each other in the index. */
    public boolean excludes(int index, Row row) {
        IndexLayout definition = layout.indexes().get(index - 1);
        if (!definition.unique()) {
            return false;
        }
        Row values = keyRow(index, row);
        return values != null && (definition.nullsNotDistinct() || !encoders[index].hasNull(values));
    }

    /** Whether there is a unique index besides the primary key. */
    public boolean hasUniqueIndex() {
        return uniqueSlots.length > 0;
    }

    /** Columns that one index's keys come from. */
    int[] slots(int index) {
        IndexDerivation derivation = derivation(index);
        return derivation != null
                ? derivation.slots()
                : parts(index).stream().mapToInt(KeyPart::slot).toArray();
    }

    /** Columns of all indexes besides the primary key. */
    int[] indexedSlots() {
        return indexedSlots;
    }

    /** Columns of the unique indexes besides the primary key. */
    int[] uniqueSlots() {
        return uniqueSlots;
    }

    /** Whether a unique key besides the primary one differs: then FOR KEY SHARE conflicts with the change. */
    public boolean uniqueKeysDiffer(Row before, Row after) {
        for (int index = 1; index < encoders.length; index++) {
            if (layout.indexes().get(index - 1).unique()
                    && !Arrays.equals(indexKey(index, before), indexKey(index, after))) {
                return true;
            }
        }
        return false;
    }

    /** Encoder for callers that search by values. */
    public KeyWriter writer(int index) {
        KeyEncoder encoder = encoders[index];
        return new KeyWriter() {
            @Override
            public byte[] prefix(Row values, int count) {
                return encoder.prefix(values, count);
            }

            @Override
            public int parts() {
                return encoder.columns();
            }
        };
    }

    /** PostgreSQL's error for a key that exists already. */
    public DatabaseException duplicate(int index, Row row) {
        return violation(index, "duplicate key value violates unique constraint \"%s\"", row, "already exists.");
    }

    /** PostgreSQL's error for an index that cannot be made unique. */
    public DatabaseException notUnique(int index, Row row) {
        return violation(index, "could not create unique index \"%s\"", row, "is duplicated.");
    }

    private DatabaseException violation(int index, String message, Row row, String what) {
        String name = index == 0
                ? layout.primaryKeyName()
                : layout.indexes().get(index - 1).name();
        StringBuilder columns = new StringBuilder();
        StringBuilder values = new StringBuilder();
        IndexDerivation derivation = derivation(index);
        Row keyRow = keyRow(index, row);
        for (KeyPart part : parts(index)) {
            String label = derivation == null
                    ? layout.columns().get(part.slot()).name()
                    : derivation.labels().get(part.slot());
            columns.append(columns.isEmpty() ? "" : ", ").append(label);
            values.append(values.isEmpty() ? "" : ", ")
                    .append(keyRow == null ? "null" : text(type(index, part.slot()), keyRow, part.slot()));
        }
        return ErrorReport.error(ErrorCode.UNIQUE_VIOLATION, message.formatted(name))
                .withDetail("Key (%s)=(%s) %s".formatted(columns, values, what))
                .withSchema(layout.schema())
                .withTable(layout.name())
                .withConstraint(name)
                .exception();
    }

    private static String text(PgType type, Row row, int slot) {
        if (row.isNull(slot)) {
            return "null";
        }
        return Cells.text(type, row, slot, TypeContext.DEFAULT);
    }

    private static void checkLength(int length, String name) {
        if (length > KeyEncoder.MAXIMUM_LENGTH) {
            throw ErrorReport.error(
                            ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                            "index row size %d exceeds maximum %d for index \"%s\""
                                    .formatted(length, KeyEncoder.MAXIMUM_LENGTH, name))
                    .withHint("Values larger than 1/8 of a page cannot be indexed.")
                    .exception();
        }
    }
}
