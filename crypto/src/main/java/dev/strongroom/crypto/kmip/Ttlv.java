package dev.strongroom.crypto.kmip;

import dev.strongroom.crypto.kmip.KmipFailure.Reason;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// One item of KMIP's binary encoding (Specification 1.4, 9.1), big endian:
///
/// ```text
/// tag     3 bytes
/// type    1 byte     1 structure, 2 integer, 4 big integer, 5 enumeration, 7 text, 8 bytes; others are kept as they
/// are
/// length  4 bytes    of the value without its padding
/// value              padded with zeros to a multiple of 8
/// ```
public sealed interface Ttlv {
    int HEADER_BYTES = 8;

    int tag();

    /** An item of items, in their order. */
    record Structure(int tag, List<Ttlv> items) implements Ttlv {
        public Structure {
            items = List.copyOf(items);
        }

        List<Ttlv> all(int wanted) {
            return items.stream().filter(item -> item.tag() == wanted).toList();
        }

        <T extends Ttlv> Optional<T> find(int wanted, Class<T> type) {
            return items.stream()
                    .filter(item -> item.tag() == wanted && type.isInstance(item))
                    .map(type::cast)
                    .findFirst();
        }

        private <T extends Ttlv> T get(int wanted, Class<T> type) {
            return find(wanted, type).orElseThrow(() -> malformed("an item of the answer is missing"));
        }

        Structure structure(int wanted) {
            return get(wanted, Structure.class);
        }

        int number(int wanted) {
            return get(wanted, Number.class).value();
        }

        int code(int wanted) {
            return get(wanted, Code.class).value();
        }

        String text(int wanted) {
            return get(wanted, Text.class).value();
        }

        byte[] bytes(int wanted) {
            return get(wanted, Bytes.class).value();
        }

        BigInteger big(int wanted) {
            return get(wanted, Big.class).value();
        }
    }

    /** An integer of 32 bits. */
    record Number(int tag, int value) implements Ttlv {}

    /** One of an enumeration. */
    record Code(int tag, int value) implements Ttlv {}

    /** An integer of any length. */
    record Big(int tag, BigInteger value) implements Ttlv {}

    /** UTF-8. */
    record Text(int tag, String value) implements Ttlv {}

    /** Bytes as they are. */
    record Bytes(int tag, byte[] value) implements Ttlv {}

    /** An item of a type nobody here asks for, such as a time. */
    record Other(int tag, int type, byte[] value) implements Ttlv {}

    static Structure structure(int tag, Ttlv... items) {
        return new Structure(tag, List.of(items));
    }

    /** The same value under another tag. */
    static Ttlv retag(Ttlv item, int tag) {
        return switch (item) {
            case Structure structure -> new Structure(tag, structure.items());
            case Number number -> new Number(tag, number.value());
            case Code code -> new Code(tag, code.value());
            case Big big -> new Big(tag, big.value());
            case Text text -> new Text(tag, text.value());
            case Bytes bytes -> new Bytes(tag, bytes.value());
            case Other other -> new Other(tag, other.type(), other.value());
        };
    }

    /** @return for the caller to zero, if it holds a secret */
    static byte[] encode(Ttlv item) {
        byte[] value = value(item);
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + padded(value.length));
        out.putInt(item.tag() << 8 | type(item)).putInt(value.length).put(value);
        Arrays.fill(value, (byte) 0);
        return out.array();
    }

    private static int type(Ttlv item) {
        return switch (item) {
            case Structure _ -> Types.STRUCTURE;
            case Number _ -> Types.NUMBER;
            case Big _ -> Types.BIG;
            case Code _ -> Types.CODE;
            case Text _ -> Types.TEXT;
            case Bytes _ -> Types.BYTES;
            case Other other -> other.type();
        };
    }

    /** A copy, without padding. */
    private static byte[] value(Ttlv item) {
        return switch (item) {
            case Structure structure -> {
                List<byte[]> parts =
                        structure.items().stream().map(Ttlv::encode).toList();
                ByteBuffer out = ByteBuffer.allocate(
                        parts.stream().mapToInt(part -> part.length).sum());
                for (byte[] part : parts) {
                    out.put(part);
                    Arrays.fill(part, (byte) 0);
                }
                yield out.array();
            }
            case Number number ->
                ByteBuffer.allocate(Integer.BYTES).putInt(number.value()).array();
            case Code code ->
                ByteBuffer.allocate(Integer.BYTES).putInt(code.value()).array();
            case Big big -> signExtended(big.value().toByteArray());
            case Text text -> text.value().getBytes(StandardCharsets.UTF_8);
            case Bytes bytes -> bytes.value().clone();
            case Other other -> other.value().clone();
        };
    }

    /** A big integer has a multiple of 8 bytes, filled with its sign. */
    private static byte[] signExtended(byte[] value) {
        byte[] extended = new byte[padded(value.length)];
        Arrays.fill(extended, 0, extended.length - value.length, (byte) (value[0] < 0 ? -1 : 0));
        System.arraycopy(value, 0, extended, extended.length - value.length, value.length);
        return extended;
    }

    private static int padded(int length) {
        return length + 7 & -8;
    }

    /** A whole message. */
    static Structure decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        if (decode(in, Types.MAX_DEPTH) instanceof Structure structure && !in.hasRemaining()) {
            return structure;
        }
        throw malformed("the answer is no structure");
    }

    private static Ttlv decode(ByteBuffer in, int depth) {
        if (depth == 0 || in.remaining() < HEADER_BYTES) {
            throw malformed("an item of the answer is cut off or nested too deeply");
        }
        int head = in.getInt();
        int tag = head >>> 8;
        int type = head & 0xFF;
        int length = in.getInt();
        if (length < 0 || length > in.remaining() || padded(length) > in.remaining()) {
            throw malformed("an item of the answer is longer than the answer");
        }
        if (type == Types.STRUCTURE) {
            ByteBuffer inside = in.slice(in.position(), length);
            List<Ttlv> items = new ArrayList<>();
            while (inside.hasRemaining()) {
                items.add(decode(inside, depth - 1));
            }
            in.position(in.position() + padded(length));
            return new Structure(tag, items);
        }
        byte[] value = new byte[length];
        in.get(value);
        in.position(in.position() + padded(length) - length);
        return primitive(tag, type, value);
    }

    private static Ttlv primitive(int tag, int type, byte[] value) {
        return switch (type) {
            case Types.NUMBER -> new Number(tag, integer(value));
            case Types.CODE -> new Code(tag, integer(value));
            case Types.BIG -> {
                if (value.length == 0) {
                    throw malformed("a number of the answer is empty");
                }
                yield new Big(tag, new BigInteger(value));
            }
            case Types.TEXT -> new Text(tag, new String(value, StandardCharsets.UTF_8));
            case Types.BYTES -> new Bytes(tag, value);
            default -> new Other(tag, type, value);
        };
    }

    private static int integer(byte[] value) {
        if (value.length != Integer.BYTES) {
            throw malformed("a number of the answer has a wrong length");
        }
        return ByteBuffer.wrap(value).getInt();
    }

    private static KmipFailure malformed(String message) {
        return new KmipFailure(Reason.MALFORMED, message);
    }

    /** Types of the specification, 9.1.1.2. */
    final class Types {
        static final int STRUCTURE = 1;
        static final int NUMBER = 2;
        static final int BIG = 4;
        static final int CODE = 5;
        static final int TEXT = 7;
        static final int BYTES = 8;
        static final int MAX_DEPTH = 16;

        private Types() {}
    }
}
