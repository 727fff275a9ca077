package dev.strongroom.protocol.wire;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts the client's bytes into messages. A length is judged as soon as its four bytes are there, before any of the body is
 * kept, so a length field of a gigabyte costs nothing. After an unreadable message nothing more is decoded.
 *
 * ```
 * start-up packet   int32 length (with itself)   int32 code   body
 * any other         byte type   int32 length (with itself)   body
 * ```
 *
 * Event loop only.
 */
public final class FrontendDecoder extends ByteToMessageDecoder {
    private static final int LENGTH_BYTES = 4;
    private static final int MIN_STARTUP_BYTES = 8;

    /** What may come next. */
    private enum Phase {
        STARTUP,
        AUTHENTICATION,
        READY,
        DEAD
    }

    private final WireLimits limits;
    private Phase phase = Phase.STARTUP;

    public FrontendDecoder(WireLimits limits) {
        this.limits = limits;
    }

    /** The client is authenticated: all messages, at their full sizes, from now on. Event loop only. */
    public void authenticated() {
        if (phase == Phase.AUTHENTICATION) {
            phase = Phase.READY;
        }
    }

    /** True while bytes have arrived that are not yet decoded: nobody may slip plain text in before TLS. */
    public boolean hasBufferedBytes() {
        return actualReadableBytes() > 0;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        switch (phase) {
            case STARTUP -> startup(in, out);
            case AUTHENTICATION, READY -> message(in, out);
            case DEAD -> in.skipBytes(in.readableBytes());
        }
    }

    private void startup(ByteBuf in, List<Object> out) {
        if (in.readableBytes() < LENGTH_BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length < MIN_STARTUP_BYTES || length > limits.startupBytes()) {
            dead(in, out, "invalid length of startup packet");
            return;
        }
        if (in.readableBytes() < length) {
            return;
        }
        in.skipBytes(LENGTH_BYTES);
        ByteBuf body = in.readSlice(length - LENGTH_BYTES);
        FrontendMessage message;
        try {
            message = MessageBodies.startup(body);
        } catch (DatabaseException malformed) {
            phase = Phase.DEAD;
            out.add(new FrontendMessage.Unreadable(fatal(malformed)));
            return;
        }
        if (message instanceof FrontendMessage.Startup) {
            phase = Phase.AUTHENTICATION;
        } else if (message instanceof FrontendMessage.CancelRequest) {
            phase = Phase.DEAD;
        }
        out.add(message);
    }

    private void message(ByteBuf in, List<Object> out) {
        if (in.readableBytes() < 1) {
            return;
        }
        char type = (char) in.getUnsignedByte(in.readerIndex());
        if (phase == Phase.AUTHENTICATION && type != 'p' && type != 'X') {
            dead(in, out, "expected password response, got message type " + (int) type);
            return;
        }
        int limit = limit(type);
        if (limit < 0) {
            dead(in, out, "invalid frontend message type " + (int) type);
            return;
        }
        if (in.readableBytes() < 1 + LENGTH_BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex() + 1);
        if (length < LENGTH_BYTES || length > limit) {
            dead(in, out, "invalid message length");
            return;
        }
        if (in.readableBytes() < 1 + length) {
            return;
        }
        in.skipBytes(1 + LENGTH_BYTES);
        ByteBuf body = in.readSlice(length - LENGTH_BYTES);
        try {
            out.add(MessageBodies.message(type, body));
        } catch (DatabaseException malformed) {
            out.add(new FrontendMessage.Malformed(type, malformed));
        }
    }

    /** Largest length of a type, -1 for a type there is none of. */
    private int limit(char type) {
        if (phase == Phase.AUTHENTICATION) {
            return limits.authenticationBytes();
        }
        return switch (type) {
            case 'Q', 'P', 'B', 'd', 'F' -> limits.messageBytes();
            case 'D', 'E', 'C', 'S', 'H', 'c', 'f', 'X', 'p' -> limits.smallBytes();
            default -> -1;
        };
    }

    private void dead(ByteBuf in, List<Object> out, String message) {
        phase = Phase.DEAD;
        in.skipBytes(in.readableBytes());
        out.add(new FrontendMessage.Unreadable(
                ErrorReport.fatal(ErrorCode.PROTOCOL_VIOLATION, message).exception()));
    }

    private static DatabaseException fatal(DatabaseException error) {
        return ErrorReport.fatal(error.code(), error.report().message()).exception();
    }
}
