package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.PgArray;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of any built-in type. Binary form:
 *
 * ```
 * 0   int32  dimensions
 * 4   int32  1 if there are nulls
 * 8   int32  element type OID
 * 12  (int32 length, int32 lower bound) for each dimension
 *     (int32 length or -1, bytes) for each element
 * ```
 */
final class ArrayCodec extends RefCodec<PgArray> {
    private static final int MAX_DIMENSIONS = 6;
    private static final int MAX_ELEMENTS = 134_217_727;
    private final PgType elementType;

    ArrayCodec(PgType type) {
        super(type, PgArray.class);
        elementType = type.elementType().orElseThrow();
    }

    @Override
    public PgArray parseRef(String text, TypeContext context) {
        return new ArrayTextReader(elementType, text, context).read();
    }

    @Override
    public void writeTextRef(PgArray value, TypeContext context, ByteSink sink) {
        if (value.size() == 0) {
            sink.writeAscii("{}");
            return;
        }
        boolean plainBounds = true;
        for (int bound : value.lowerBounds()) {
            plainBounds &= bound == 1;
        }
        if (!plainBounds) {
            for (int i = 0; i < value.dimensions(); i++) {
                int low = value.lowerBounds()[i];
                sink.writeByte('[');
                sink.writeDecimal(low);
                sink.writeByte(':');
                sink.writeDecimal((long) low + value.dims()[i] - 1);
                sink.writeByte(']');
            }
            sink.writeByte('=');
        }
        writeDimension(value, 0, 0, value.size(), context, sink);
    }

    private void writeDimension(PgArray value, int dimension, int from, int count, TypeContext context, ByteSink sink) {
        TypeCodec codec = TypeCodecs.of(value.elementType());
        int parts = value.dims()[dimension];
        int size = count / parts;
        sink.writeByte('{');
        for (int i = 0; i < parts; i++) {
            if (i > 0) {
                sink.writeByte(',');
            }
            if (dimension + 1 < value.dimensions()) {
                writeDimension(value, dimension + 1, from + i * size, size, context, sink);
            } else {
                writeElement(value.elements()[from + i], codec, context, sink);
            }
        }
        sink.writeByte('}');
    }

    private static void writeElement(@Nullable Object element, TypeCodec codec, TypeContext context, ByteSink sink) {
        if (element == null) {
            sink.writeAscii("NULL");
            return;
        }
        if (codec instanceof IntegerCodec integers) {
            integers.writeText((Long) element, context, sink);
            return;
        }
        String text = codec.formatBoxed(element, context);
        if (!needsQuotes(text)) {
            sink.writeUtf8(text);
            return;
        }
        StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\');
            }
            quoted.append(c);
        }
        sink.writeUtf8(quoted.append('"').toString());
    }

    private static boolean needsQuotes(String text) {
        if (text.isEmpty() || text.equalsIgnoreCase("NULL")) {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || Texts.isSpace(c)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public PgArray readBinaryRef(BinaryInput input, TypeContext context) {
        int dimensions = input.readInt();
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
            throw tooManyDimensions(dimensions);
        }
        int flags = input.readInt();
        if (flags != 0 && flags != 1) {
            throw new DatabaseException(ErrorCode.INVALID_BINARY_REPRESENTATION, "invalid array flags");
        }
        int oid = input.readInt();
        if (oid != elementType.oid()) {
            throw new DatabaseException(
                    ErrorCode.DATATYPE_MISMATCH,
                    "binary data has array element type " + oid + " (" + nameOf(oid) + ") instead of expected "
                            + elementType.oid() + " (" + TypeNames.of(elementType) + ")");
        }
        int[] dims = new int[dimensions];
        int[] bounds = new int[dimensions];
        for (int i = 0; i < dimensions; i++) {
            dims[i] = input.readInt();
            bounds[i] = input.readInt();
        }
        int count = elementCount(dims);
        if (count == 0) {
            return PgArray.empty(elementType);
        }
        if (count > input.remaining() / 4) {
            throw new DatabaseException(ErrorCode.PROTOCOL_VIOLATION, "insufficient data left in message");
        }
        TypeCodec codec = TypeCodecs.of(elementType);
        @Nullable Object[] elements = new Object[count];
        for (int i = 0; i < count; i++) {
            int length = input.readInt();
            if (length < -1) {
                throw new DatabaseException(
                        ErrorCode.INVALID_BINARY_REPRESENTATION, "insufficient data left in message");
            }
            if (length >= 0) {
                BinaryInput slice = input.slice(length);
                elements[i] = codec.readBinaryBoxed(slice, context);
                if (slice.remaining() > 0) {
                    throw new DatabaseException(
                            ErrorCode.INVALID_BINARY_REPRESENTATION,
                            "improper binary format in array element " + (i + 1));
                }
            }
        }
        return new PgArray(elementType, dims, bounds, elements);
    }

    private static String nameOf(int oid) {
        return PgType.byOid(oid).map(TypeNames::of).orElse("-");
    }

    static int elementCount(int[] dims) {
        if (dims.length == 0) {
            return 0;
        }
        long count = 1;
        for (int dim : dims) {
            if (dim < 0) {
                throw tooLarge();
            }
            count *= dim;
            if (count > MAX_ELEMENTS) {
                throw tooLarge();
            }
        }
        return (int) count;
    }

    static DatabaseException tooLarge() {
        return new DatabaseException(
                ErrorCode.PROGRAM_LIMIT_EXCEEDED, "array size exceeds the maximum allowed (" + MAX_ELEMENTS + ")");
    }

    static DatabaseException tooManyDimensions(int dimensions) {
        return ErrorReport.error(
                        ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                        "number of array dimensions (" + dimensions + ") exceeds the maximum allowed (" + MAX_DIMENSIONS
                                + ")")
                .exception();
    }

    @Override
    public void writeBinaryRef(PgArray value, TypeContext context, ByteSink sink) {
        TypeCodec codec = TypeCodecs.of(value.elementType());
        sink.writeInt(value.dimensions());
        sink.writeInt(value.hasNulls() ? 1 : 0);
        sink.writeInt(value.elementType().oid());
        for (int i = 0; i < value.dimensions(); i++) {
            sink.writeInt(value.dims()[i]);
            sink.writeInt(value.lowerBounds()[i]);
        }
        for (Object element : value.elements()) {
            if (element == null) {
                sink.writeInt(-1);
                continue;
            }
            int start = sink.position();
            sink.writeInt(0);
            codec.writeBinaryBoxed(element, context, sink);
            sink.setInt(start, sink.position() - start - 4);
        }
    }
}
