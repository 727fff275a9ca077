package dev.strongroom.protocol.wire;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.Utf8;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads message bodies. Every count is checked against the bytes that are there before anything is allocated for it. */
final class MessageBodies {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_ENC_REQUEST = 80877104;
    private static final int CANCEL_REQUEST = 80877102;
    private static final byte[] NO_BYTES = {};
    private static final FrontendMessage.Sync SYNC = new FrontendMessage.Sync();
    private static final FrontendMessage.Flush FLUSH = new FrontendMessage.Flush();

    private MessageBodies() {}

    static FrontendMessage startup(ByteBuf body) {
        int code = body.readInt();
        return switch (code) {
            case SSL_REQUEST -> new FrontendMessage.SslRequest();
            case GSS_ENC_REQUEST -> new FrontendMessage.GssEncRequest();
            case CANCEL_REQUEST -> {
                if (body.readableBytes() != 8) {
                    throw violation("invalid length of startup packet");
                }
                yield new FrontendMessage.CancelRequest(body.readInt(), body.readInt());
            }
            default -> startupMessage(code >>> 16, code & 0xffff, body);
        };
    }

    private static FrontendMessage startupMessage(int major, int minor, ByteBuf body) {
        if (major != 3) {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "unsupported frontend protocol " + major + "." + minor + ": server supports 3.0 to 3.0");
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        while (true) {
            if (!body.isReadable()) {
                throw violation("invalid startup packet layout: expected terminator as last byte");
            }
            String name = string(body);
            if (name.isEmpty()) {
                break;
            }
            parameters.put(name, string(body));
        }
        if (body.isReadable()) {
            throw violation("invalid startup packet layout: expected terminator as last byte");
        }
        return new FrontendMessage.Startup(major, minor, parameters);
    }

    static FrontendMessage message(char type, ByteBuf body) {
        FrontendMessage message = switch (type) {
            case 'p' -> new FrontendMessage.Authentication(rest(body));
            case 'Q' -> new FrontendMessage.Query(string(body));
            case 'P' -> parse(body);
            case 'B' -> bind(body);
            case 'D' -> new FrontendMessage.Describe(isStatement(body, "DESCRIBE"), string(body));
            case 'E' -> new FrontendMessage.Execute(string(body), int32(body));
            case 'C' -> new FrontendMessage.Close(isStatement(body, "CLOSE"), string(body));
            case 'S' -> SYNC;
            case 'H' -> FLUSH;
            case 'd' -> new FrontendMessage.CopyData(rest(body));
            case 'c' -> new FrontendMessage.CopyDone();
            case 'f' -> new FrontendMessage.CopyFail(string(body));
            case 'F' -> {
                rest(body);
                yield new FrontendMessage.FunctionCall();
            }
            case 'X' -> new FrontendMessage.Terminate();
            default -> throw violation("invalid frontend message type " + (int) type);
        };
        if (body.isReadable()) {
            throw violation("invalid message format");
        }
        return message;
    }

    private static FrontendMessage parse(ByteBuf body) {
        String statement = string(body);
        String text = string(body);
        int count = count(body, 4);
        int[] oids = new int[count];
        for (int i = 0; i < count; i++) {
            oids[i] = body.readInt();
        }
        return new FrontendMessage.Parse(statement, text, oids);
    }

    private static FrontendMessage bind(ByteBuf body) {
        String portal = string(body);
        String statement = string(body);
        short[] formats = formats(body);
        int count = count(body, 4);
        if (formats.length > 1 && formats.length != count) {
            throw violation("bind message has " + formats.length + " parameter formats but " + count + " parameters");
        }
        byte[] @Nullable [] values = new byte[count][];
        for (int i = 0; i < count; i++) {
            int length = int32(body);
            if (length == -1) {
                continue;
            }
            if (length < -1 || length > body.readableBytes()) {
                throw violation("insufficient data left in message");
            }
            byte[] value = length == 0 ? NO_BYTES : new byte[length];
            body.readBytes(value);
            values[i] = value;
        }
        return new FrontendMessage.Bind(portal, statement, formats, values, formats(body));
    }

    private static short[] formats(ByteBuf body) {
        int count = count(body, 2);
        short[] formats = new short[count];
        for (int i = 0; i < count; i++) {
            formats[i] = body.readShort();
            if (formats[i] != 0 && formats[i] != 1) {
                throw new DatabaseException(
                        ErrorCode.INVALID_PARAMETER_VALUE, "unsupported format code: " + formats[i]);
            }
        }
        return formats;
    }

    /** An int16 count of things of at least {@code size} bytes each. */
    private static int count(ByteBuf body, int size) {
        if (body.readableBytes() < 2) {
            throw violation("insufficient data left in message");
        }
        int count = body.readUnsignedShort();
        if (count * size > body.readableBytes()) {
            throw violation("insufficient data left in message");
        }
        return count;
    }

    private static int int32(ByteBuf body) {
        if (body.readableBytes() < 4) {
            throw violation("insufficient data left in message");
        }
        return body.readInt();
    }

    private static boolean isStatement(ByteBuf body, String message) {
        if (!body.isReadable()) {
            throw violation("no data left in message");
        }
        int kind = body.readByte();
        if (kind != 'S' && kind != 'P') {
            throw violation("invalid " + message + " message subtype " + kind);
        }
        return kind == 'S';
    }

    private static String string(ByteBuf body) {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw violation("invalid string in message");
        }
        if (length == 0) {
            body.skipBytes(1);
            return "";
        }
        byte[] bytes = new byte[length];
        body.readBytes(bytes);
        body.skipBytes(1);
        return Utf8.decode(bytes, 0, length);
    }

    private static byte[] rest(ByteBuf body) {
        byte[] bytes = new byte[body.readableBytes()];
        body.readBytes(bytes);
        return bytes;
    }

    private static DatabaseException violation(String message) {
        return new DatabaseException(ErrorCode.PROTOCOL_VIOLATION, message);
    }
}
