package dev.strongroom.common.type;

import dev.strongroom.common.value.Row;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Text and binary form of one type, to and from a row's slot or the boxed form. One subclass for each slot kind, so that
 * numbers are never boxed on the way. Stateless and thread-safe. Callers handle NULL: no method here is called for a null
 * slot or gets a null value.
 */
public abstract sealed class TypeCodec permits LongCodec, DoubleCodec, RefCodec {
    private final PgType type;

    TypeCodec(PgType type) {
        this.type = type;
    }

    public final PgType type() {
        return type;
    }

    /** Reads the text form. Type modifiers are applied afterwards by {@link Typmods}. */
    public abstract void parse(String text, Row row, int slot, TypeContext context);

    /** Reads the text form from UTF-8. */
    public void parseUtf8(byte[] bytes, int offset, int length, Row row, int slot, TypeContext context) {
        parse(Utf8.decode(bytes, offset, length), row, slot, context);
    }

    /** Appends the text form in UTF-8. */
    public abstract void writeText(Row row, int slot, TypeContext context, ByteSink sink);

    /** Reads the binary form; the caller checks that nothing remains. */
    public abstract void readBinary(BinaryInput input, Row row, int slot, TypeContext context);

    /** Appends the binary form. */
    public abstract void writeBinary(Row row, int slot, TypeContext context, ByteSink sink);

    /** Reads the text form into the boxed form. */
    public abstract Object parseBoxed(String text, TypeContext context);

    /** Appends the text form of a boxed value. */
    public abstract void writeTextBoxed(Object value, TypeContext context, ByteSink sink);

    public abstract Object readBinaryBoxed(BinaryInput input, TypeContext context);

    public abstract void writeBinaryBoxed(Object value, TypeContext context, ByteSink sink);

    /** Text form of a slot. */
    public String format(Row row, int slot, TypeContext context) {
        HeapSink sink = new HeapSink();
        writeText(row, slot, context, sink);
        return sink.toText();
    }

    /** Text form of a boxed value. */
    public String formatBoxed(Object value, TypeContext context) {
        HeapSink sink = new HeapSink();
        writeTextBoxed(value, context, sink);
        return sink.toText();
    }

    /** Boxed form of a slot of this type, null for NULL. */
    public @Nullable Object box(Row row, int slot) {
        if (row.isNull(slot)) {
            return null;
        }
        return switch (type.storage()) {
            case LONG -> row.getLong(slot);
            case DOUBLE -> row.getDouble(slot);
            case REF -> row.getRef(slot);
        };
    }

    /** Puts a boxed value (or null for NULL) into a slot of this type. */
    public void unbox(@Nullable Object value, Row row, int slot) {
        if (value == null) {
            row.setNull(slot);
            return;
        }
        switch (type.storage()) {
            case LONG -> row.setLong(slot, (Long) value);
            case DOUBLE -> row.setDouble(slot, (Double) value);
            case REF -> row.setRef(slot, Objects.requireNonNull(value));
        }
    }
}
