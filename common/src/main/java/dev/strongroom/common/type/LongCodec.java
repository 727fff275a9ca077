package dev.strongroom.common.type;

import dev.strongroom.common.value.Row;

/** Codec of a type held as a long. */
public abstract non-sealed class LongCodec extends TypeCodec {
    LongCodec(PgType type) {
        super(type);
    }

    public abstract long parseLong(String text, TypeContext context);

    public abstract void writeText(long value, TypeContext context, ByteSink sink);

    public abstract long readBinary(BinaryInput input, TypeContext context);

    public abstract void writeBinary(long value, TypeContext context, ByteSink sink);

    @Override
    public final void parse(String text, Row row, int slot, TypeContext context) {
        row.setLong(slot, parseLong(text, context));
    }

    @Override
    public final void writeText(Row row, int slot, TypeContext context, ByteSink sink) {
        writeText(row.getLong(slot), context, sink);
    }

    @Override
    public final void readBinary(BinaryInput input, Row row, int slot, TypeContext context) {
        row.setLong(slot, readBinary(input, context));
    }

    @Override
    public final void writeBinary(Row row, int slot, TypeContext context, ByteSink sink) {
        writeBinary(row.getLong(slot), context, sink);
    }

    @Override
    public final Object parseBoxed(String text, TypeContext context) {
        return parseLong(text, context);
    }

    @Override
    public final void writeTextBoxed(Object value, TypeContext context, ByteSink sink) {
        writeText((Long) value, context, sink);
    }

    @Override
    public final Object readBinaryBoxed(BinaryInput input, TypeContext context) {
        return readBinary(input, context);
    }

    @Override
    public final void writeBinaryBoxed(Object value, TypeContext context, ByteSink sink) {
        writeBinary((Long) value, context, sink);
    }
}
