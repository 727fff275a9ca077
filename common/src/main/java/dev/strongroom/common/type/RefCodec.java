package dev.strongroom.common.type;

import dev.strongroom.common.value.Row;

/**
 * Codec of a type held as an object.
 *
 * @param <T> class of the object
 */
public abstract non-sealed class RefCodec<T> extends TypeCodec {
    private final Class<T> valueClass;

    RefCodec(PgType type, Class<T> valueClass) {
        super(type);
        this.valueClass = valueClass;
    }

    public abstract T parseRef(String text, TypeContext context);

    public abstract void writeTextRef(T value, TypeContext context, ByteSink sink);

    public abstract T readBinaryRef(BinaryInput input, TypeContext context);

    public abstract void writeBinaryRef(T value, TypeContext context, ByteSink sink);

    @Override
    public final void parse(String text, Row row, int slot, TypeContext context) {
        row.setRef(slot, parseRef(text, context));
    }

    @Override
    public final void writeText(Row row, int slot, TypeContext context, ByteSink sink) {
        writeTextRef(valueClass.cast(row.getRef(slot)), context, sink);
    }

    @Override
    public final void readBinary(BinaryInput input, Row row, int slot, TypeContext context) {
        row.setRef(slot, readBinaryRef(input, context));
    }

    @Override
    public final void writeBinary(Row row, int slot, TypeContext context, ByteSink sink) {
        writeBinaryRef(valueClass.cast(row.getRef(slot)), context, sink);
    }

    @Override
    public final Object parseBoxed(String text, TypeContext context) {
        return parseRef(text, context);
    }

    @Override
    public final void writeTextBoxed(Object value, TypeContext context, ByteSink sink) {
        writeTextRef(valueClass.cast(value), context, sink);
    }

    @Override
    public final Object readBinaryBoxed(BinaryInput input, TypeContext context) {
        return readBinaryRef(input, context);
    }

    @Override
    public final void writeBinaryBoxed(Object value, TypeContext context, ByteSink sink) {
        writeBinaryRef(valueClass.cast(value), context, sink);
    }
}
