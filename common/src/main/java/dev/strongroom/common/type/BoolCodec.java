package dev.strongroom.common.type;

import dev.strongroom.common.error.DatabaseException;
import java.util.Locale;

/** {@code bool}: any unique prefix of true, false, yes, no, on, off, and 1 and 0. */
final class BoolCodec extends LongCodec {
    BoolCodec() {
        super(PgType.BOOL);
    }

    @Override
    public long parseLong(String text, TypeContext context) {
        String word = Texts.trim(text).toLowerCase(Locale.ROOT);
        boolean isTrue = isPrefix(word, "true") || isPrefix(word, "yes") || word.equals("on") || word.equals("1");
        if (isTrue) {
            return 1;
        }
        boolean isFalse = isPrefix(word, "false")
                || isPrefix(word, "no")
                || word.equals("of")
                || word.equals("off")
                || word.equals("0");
        if (isFalse) {
            return 0;
        }
        throw invalid(text);
    }

    private static DatabaseException invalid(String text) {
        return Texts.invalidSyntax("boolean", text);
    }

    private static boolean isPrefix(String word, String whole) {
        return !word.isEmpty() && whole.startsWith(word);
    }

    @Override
    public void writeText(long value, TypeContext context, ByteSink sink) {
        sink.writeByte(value != 0 ? 't' : 'f');
    }

    @Override
    public long readBinary(BinaryInput input, TypeContext context) {
        return input.readByte() != 0 ? 1 : 0;
    }

    @Override
    public void writeBinary(long value, TypeContext context, ByteSink sink) {
        sink.writeByte(value != 0 ? 1 : 0);
    }
}
