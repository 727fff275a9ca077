package dev.strongroom.common.type;

import dev.strongroom.common.value.PgArray;
import org.jspecify.annotations.Nullable;

/** {@code int2vector} and {@code oidvector}: numbers separated by blanks, lower bound 0; binary form as arrays. */
final class VectorCodec extends RefCodec<PgArray> {
    private final PgType elementType;
    private final ArrayCodec arrays;

    VectorCodec(PgType type) {
        super(type, PgArray.class);
        elementType = type.elementType().orElseThrow();
        arrays = new ArrayCodec(type);
    }

    @Override
    public PgArray parseRef(String text, TypeContext context) {
        String trimmed = Texts.trim(text);
        if (trimmed.isEmpty()) {
            return zeroBased(new Object[0]);
        }
        String[] words = trimmed.split("\\s+");
        Object[] elements = new Object[words.length];
        LongCodec codec = (LongCodec) TypeCodecs.of(elementType);
        for (int i = 0; i < words.length; i++) {
            elements[i] = codec.parseLong(words[i], context);
        }
        return zeroBased(elements);
    }

    private PgArray zeroBased(@Nullable Object[] elements) {
        return new PgArray(elementType, new int[] {elements.length}, new int[] {0}, elements);
    }

    @Override
    public void writeTextRef(PgArray value, TypeContext context, ByteSink sink) {
        boolean first = true;
        for (Object element : value.elements()) {
            if (!first) {
                sink.writeByte(' ');
            }
            first = false;
            sink.writeDecimal(element == null ? 0 : (Long) element);
        }
    }

    @Override
    public PgArray readBinaryRef(BinaryInput input, TypeContext context) {
        return zeroBased(arrays.readBinaryRef(input, context).elements());
    }

    @Override
    public void writeBinaryRef(PgArray value, TypeContext context, ByteSink sink) {
        arrays.writeBinaryRef(value, context, sink);
    }
}
