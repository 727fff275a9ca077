package dev.strongroom.common.type;

/** Where codecs write bytes, network order. Implemented over the heap here and over pooled buffers by the protocol. */
public interface ByteSink {
    void writeByte(int value);

    void writeShort(int value);

    void writeInt(int value);

    void writeLong(long value);

    void writeBytes(byte[] bytes, int offset, int length);

    /** Appends text in UTF-8, without length or terminator. */
    void writeUtf8(String text);

    /** Appends text known to be ASCII, one byte a character. */
    void writeAscii(CharSequence text);

    /** Bytes written so far. */
    int position();

    /** Replaces four bytes already written. */
    void setInt(int position, int value);

    default void writeBytes(byte[] bytes) {
        writeBytes(bytes, 0, bytes.length);
    }

    /** Appends a number in decimal without allocating. */
    default void writeDecimal(long value) {
        if (value == Long.MIN_VALUE) {
            writeAscii("-9223372036854775808");
            return;
        }
        long rest = value;
        if (rest < 0) {
            writeByte('-');
            rest = -rest;
        }
        long power = 1;
        while (rest / power >= 10) {
            power *= 10;
        }
        for (; power > 0; power /= 10) {
            writeByte('0' + (int) (rest / power % 10));
        }
    }
}
