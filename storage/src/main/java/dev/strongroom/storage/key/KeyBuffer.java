package dev.strongroom.storage.key;

import java.util.Arrays;

/** A growing byte array that key bytes are written to. Not thread-safe. */
public final class KeyBuffer {
    private byte[] bytes;
    private int length;

    public KeyBuffer(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    public void putByte(int value) {
        room(1);
        bytes[length++] = (byte) value;
    }

    /** Two bytes, big-endian. */
    public void putShort(int value) {
        room(2);
        bytes[length++] = (byte) (value >>> 8);
        bytes[length++] = (byte) value;
    }

    /** Four bytes, big-endian. */
    public void putInt(int value) {
        putShort(value >>> 16);
        putShort(value);
    }

    /** Eight bytes, big-endian. */
    public void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    public void putBytes(byte[] from) {
        room(from.length);
        System.arraycopy(from, 0, bytes, length, from.length);
        length += from.length;
    }

    /** Bytes of any content, closed so that no encoding is a prefix of another: 00 becomes 00 FF, the end is 00 00. */
    public void putEscaped(byte[] from, int count) {
        room(count + 2);
        for (int i = 0; i < count; i++) {
            byte b = from[i];
            putByte(b);
            if (b == 0) {
                putByte(0xFF);
            }
        }
        putShort(0);
    }

    /** Text as UTF-8 in code point order, escaped and closed as {@link #putEscaped}; {@code end} is exclusive. */
    public void putText(String text, int end) {
        room(end + 2);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                putByte(c);
                if (c == 0) {
                    putByte(0xFF);
                }
            } else if (c < 0x800) {
                putByte(0xC0 | c >> 6);
                putByte(0x80 | c & 0x3F);
            } else if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                putByte(0xF0 | point >> 18);
                putByte(0x80 | point >> 12 & 0x3F);
                putByte(0x80 | point >> 6 & 0x3F);
                putByte(0x80 | point & 0x3F);
            } else {
                putByte(0xE0 | c >> 12);
                putByte(0x80 | c >> 6 & 0x3F);
                putByte(0x80 | c & 0x3F);
            }
        }
        putShort(0);
    }

    /** Complements everything from a position on, which turns ascending into descending. */
    public void complementFrom(int start) {
        for (int i = start; i < length; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
    }

    public int length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int count) {
        if (length + count > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
        }
    }
}
