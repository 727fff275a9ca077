package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.value.RecordValue;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Anonymous composites: written in both forms, read in binary form only, as in PostgreSQL. */
final class RecordCodec extends RefCodec<RecordValue> {
    RecordCodec() {
        super(PgType.RECORD, RecordValue.class);
    }

    @Override
    public RecordValue parseRef(String text, TypeContext context) {
        throw new DatabaseException(
                ErrorCode.FEATURE_NOT_SUPPORTED, "input of anonymous composite types is not implemented");
    }

    @Override
    public void writeTextRef(RecordValue value, TypeContext context, ByteSink sink) {
        sink.writeByte('(');
        for (int i = 0; i < value.values().length; i++) {
            if (i > 0) {
                sink.writeByte(',');
            }
            Object field = value.values()[i];
            if (field != null) {
                writeField(TypeCodecs.of(value.types().get(i)).formatBoxed(field, context), sink);
            }
        }
        sink.writeByte(')');
    }

    private static void writeField(String text, ByteSink sink) {
        boolean quote = text.isEmpty();
        for (int i = 0; i < text.length() && !quote; i++) {
            char c = text.charAt(i);
            quote = c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' || Texts.isSpace(c);
        }
        if (!quote) {
            sink.writeUtf8(text);
            return;
        }
        StringBuilder out = new StringBuilder(text.length() + 8).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append(c);
            }
            out.append(c);
        }
        sink.writeUtf8(out.append('"').toString());
    }

    @Override
    public RecordValue readBinaryRef(BinaryInput input, TypeContext context) {
        int count = input.readInt();
        if (count < 0 || count > input.remaining() / 8) {
            throw new DatabaseException(ErrorCode.INVALID_BINARY_REPRESENTATION, "wrong number of columns: " + count);
        }
        List<PgType> types = new ArrayList<>();
        @Nullable Object[] values = new Object[count];
        for (int i = 0; i < count; i++) {
            int oid = input.readInt();
            PgType type = PgType.byOid(oid)
                    .orElseThrow(() -> new DatabaseException(
                            ErrorCode.INVALID_BINARY_REPRESENTATION, "type with OID " + oid + " does not exist"));
            types.add(type);
            int length = input.readInt();
            if (length >= 0) {
                values[i] = TypeCodecs.of(type).readBinaryBoxed(input.slice(length), context);
            }
        }
        return new RecordValue(types, values);
    }

    @Override
    public void writeBinaryRef(RecordValue value, TypeContext context, ByteSink sink) {
        sink.writeInt(value.values().length);
        for (int i = 0; i < value.values().length; i++) {
            PgType type = value.types().get(i);
            sink.writeInt(type.oid());
            Object field = value.values()[i];
            if (field == null) {
                sink.writeInt(-1);
                continue;
            }
            int start = sink.position();
            sink.writeInt(0);
            TypeCodecs.of(type).writeBinaryBoxed(field, context, sink);
            sink.setInt(start, sink.position() - start - 4);
        }
    }
}
