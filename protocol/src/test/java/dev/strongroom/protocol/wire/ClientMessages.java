package dev.strongroom.protocol.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Writes what a client sends, byte by byte. */
final class ClientMessages {
    private ClientMessages() {}

    /** int32 length, int32 code, body. */
    static ByteBuf startupPacket(int code, Object... parts) {
        ByteBuf body = body(parts);
        ByteBuf packet = Unpooled.buffer().writeInt(8 + body.readableBytes()).writeInt(code);
        return packet.writeBytes(body);
    }

    static ByteBuf startup(String... parameters) {
        Object[] parts = new Object[parameters.length + 1];
        System.arraycopy(parameters, 0, parts, 0, parameters.length);
        parts[parameters.length] = (byte) 0;
        return startupPacket(3 << 16, parts);
    }

    /** byte type, int32 length, body. */
    static ByteBuf message(char type, Object... parts) {
        ByteBuf body = body(parts);
        return Unpooled.buffer()
                .writeByte(type)
                .writeInt(4 + body.readableBytes())
                .writeBytes(body);
    }

    /** Strings become zero-terminated, numbers their own width, arrays as they are. */
    private static ByteBuf body(Object... parts) {
        ByteBuf body = Unpooled.buffer();
        for (Object part : parts) {
            switch (part) {
                case String text ->
                    body.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
                case Byte number -> body.writeByte(number);
                case Short number -> body.writeShort(number);
                case Integer number -> body.writeInt(number);
                case byte[] bytes -> body.writeBytes(bytes);
                default -> throw new IllegalArgumentException(part.getClass().getName());
            }
        }
        return body;
    }
}
