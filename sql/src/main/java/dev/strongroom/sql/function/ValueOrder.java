package dev.strongroom.sql.function;

import dev.strongroom.common.type.JsonOrder;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.CodePoints;
import dev.strongroom.common.value.PgArray;
import dev.strongroom.common.value.RecordValue;
import dev.strongroom.common.value.Row;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Order, equality and hash of a type's values as PostgreSQL's default operator classes have them: numeric by value, NaN equal
 * to itself and largest, bpchar without trailing blanks, text by code point. None of the methods takes nulls. Immutable.
 */
public abstract class ValueOrder {
    private ValueOrder() {}

    /** Compares two slots. */
    public abstract int compare(Row left, int leftSlot, Row right, int rightSlot);

    public abstract int compareBoxed(Object left, Object right);

    public boolean equal(Row left, int leftSlot, Row right, int rightSlot) {
        return compare(left, leftSlot, right, rightSlot) == 0;
    }

    public abstract int hash(Row row, int slot);

    public abstract int hashBoxed(Object value);

    /** The order of a type. */
    public static ValueOrder of(PgType type) {
        return switch (type.storage()) {
            case LONG -> LongOrder.INSTANCE;
            case DOUBLE -> DoubleOrder.INSTANCE;
            case REF -> reference(type);
        };
    }

    private static ValueOrder reference(PgType type) {
        if (type.isArray()) {
            PgType element = type.elementType().orElseThrow();
            ValueOrder order = of(element);
            return new RefOrder(
                    (a, b) -> compareArrays(order, (PgArray) a, (PgArray) b), a -> hashArray(order, (PgArray) a));
        }
        return switch (type.name()) {
            case "bpchar" -> RefOrder.BLANK_PADDED;
            case "bytea", "sr_encrypted_det", "sr_encrypted_rnd" -> RefOrder.BYTES;
            case "numeric", "interval", "timetz" -> RefOrder.NATURAL;
            case "uuid" -> RefOrder.UUIDS;
            case "record" -> RefOrder.RECORDS;
            case "jsonb" -> RefOrder.JSON;
            default -> RefOrder.TEXT;
        };
    }

    /** Compares float8 values: NaN is equal to itself and larger than all others. */
    public static int compareDoubles(double a, double b) {
        if (a < b) {
            return -1;
        }
        if (a > b) {
            return 1;
        }
        if (a == b) {
            return 0;
        }
        return Boolean.compare(Double.isNaN(a), Double.isNaN(b));
    }

    private static int compareNullable(ValueOrder order, @Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return Boolean.compare(a == null, b == null);
        }
        return order.compareBoxed(a, b);
    }

    private static int compareArrays(ValueOrder order, PgArray a, PgArray b) {
        int limit = Math.min(a.size(), b.size());
        for (int i = 0; i < limit; i++) {
            int result = compareNullable(order, a.elements()[i], b.elements()[i]);
            if (result != 0) {
                return result;
            }
        }
        int result = Integer.compare(a.size(), b.size());
        if (result == 0) {
            result = Integer.compare(a.dimensions(), b.dimensions());
        }
        if (result == 0) {
            result = Arrays.compare(a.dims(), b.dims());
        }
        return result == 0 ? Arrays.compare(a.lowerBounds(), b.lowerBounds()) : result;
    }

    private static int hashArray(ValueOrder order, PgArray array) {
        int hash = array.dimensions();
        for (Object element : array.elements()) {
            hash = hash * 31 + (element == null ? 0 : order.hashBoxed(element));
        }
        return hash;
    }

    private static int compareRecords(RecordValue a, RecordValue b) {
        List<PgType> types = a.types();
        int limit = Math.min(types.size(), b.types().size());
        for (int i = 0; i < limit; i++) {
            int result = compareNullable(of(types.get(i)), a.values()[i], b.values()[i]);
            if (result != 0) {
                return result;
            }
        }
        return Integer.compare(types.size(), b.types().size());
    }

    private static int hashRecord(RecordValue record) {
        int hash = 7;
        for (int i = 0; i < record.types().size(); i++) {
            Object value = record.values()[i];
            hash = hash * 31 + (value == null ? 0 : of(record.types().get(i)).hashBoxed(value));
        }
        return hash;
    }

    private static int mix(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        return (int) (mixed ^ mixed >>> 32);
    }

    private static final class LongOrder extends ValueOrder {
        static final LongOrder INSTANCE = new LongOrder();

        @Override
        public int compare(Row left, int leftSlot, Row right, int rightSlot) {
            return Long.compare(left.getLong(leftSlot), right.getLong(rightSlot));
        }

        @Override
        public boolean equal(Row left, int leftSlot, Row right, int rightSlot) {
            return left.getLong(leftSlot) == right.getLong(rightSlot);
        }

        @Override
        public int compareBoxed(Object left, Object right) {
            return Long.compare((Long) left, (Long) right);
        }

        @Override
        public int hash(Row row, int slot) {
            return mix(row.getLong(slot));
        }

        @Override
        public int hashBoxed(Object value) {
            return mix((Long) value);
        }
    }

    private static final class DoubleOrder extends ValueOrder {
        static final DoubleOrder INSTANCE = new DoubleOrder();

        @Override
        public int compare(Row left, int leftSlot, Row right, int rightSlot) {
            return compareDoubles(left.getDouble(leftSlot), right.getDouble(rightSlot));
        }

        @Override
        public int compareBoxed(Object left, Object right) {
            return compareDoubles((Double) left, (Double) right);
        }

        @Override
        public int hash(Row row, int slot) {
            return hashDouble(row.getDouble(slot));
        }

        @Override
        public int hashBoxed(Object value) {
            return hashDouble((Double) value);
        }

        private static int hashDouble(double value) {
            return mix(value == 0 ? 0 : Double.doubleToLongBits(value));
        }
    }

    private static final class RefOrder extends ValueOrder {
        static final RefOrder TEXT =
                new RefOrder((a, b) -> CodePoints.compare((String) a, (String) b), Objects::hashCode);
        static final RefOrder BLANK_PADDED = new RefOrder(
                (a, b) -> CodePoints.compareBlankPadded((String) a, (String) b), a -> hashTrimmed((String) a));
        static final RefOrder BYTES = new RefOrder(
                (a, b) -> Arrays.compareUnsigned((byte[]) a, (byte[]) b), a -> Arrays.hashCode((byte[]) a));
        static final RefOrder UUIDS = new RefOrder((a, b) -> compareUuids((UUID) a, (UUID) b), Objects::hashCode);
        static final RefOrder NATURAL = new RefOrder(RefOrder::natural, Objects::hashCode);
        static final RefOrder RECORDS = new RefOrder(
                (a, b) -> compareRecords((RecordValue) a, (RecordValue) b), a -> hashRecord((RecordValue) a));
        static final RefOrder JSON =
                new RefOrder((a, b) -> JsonOrder.compare((String) a, (String) b), a -> JsonOrder.hash((String) a));

        private final Comparator<Object> comparator;
        private final ToIntFunction<Object> hash;

        RefOrder(Comparator<Object> comparator, ToIntFunction<Object> hash) {
            this.comparator = comparator;
            this.hash = hash;
        }

        @Override
        public int compare(Row left, int leftSlot, Row right, int rightSlot) {
            return comparator.compare(left.<Object>getRef(leftSlot), right.<Object>getRef(rightSlot));
        }

        @Override
        public int compareBoxed(Object left, Object right) {
            return comparator.compare(left, right);
        }

        @Override
        public int hash(Row row, int slot) {
            return hash.applyAsInt(row.<Object>getRef(slot));
        }

        @Override
        public int hashBoxed(Object value) {
            return hash.applyAsInt(value);
        }

        @SuppressWarnings("unchecked")
        private static int natural(Object a, Object b) {
            return ((Comparable<Object>) a).compareTo(b);
        }

        private static int hashTrimmed(String text) {
            return text.substring(0, CodePoints.trimmedEnd(text)).hashCode();
        }

        private static int compareUuids(UUID a, UUID b) {
            int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
            return high != 0 ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
        }
    }
}
