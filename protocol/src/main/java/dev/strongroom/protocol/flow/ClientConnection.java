package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendDecoder;
import dev.strongroom.protocol.wire.FrontendMessage;
import dev.strongroom.protocol.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client on the event loop: negotiates encryption, starts the session at the StartupMessage, feeds its inbox, and
 * carries its output with back-pressure. {@link #send} is for the session's owner; everything else runs on the event loop.
 */
public final class ClientConnection extends ChannelInboundHandlerAdapter implements Outbound {
    private static final byte[] YES = {'S'};
    private static final byte[] NO = {'N'};

    private final ProtocolServices services;
    private final FrontendDecoder decoder;
    private final MessageInbox inbox = new MessageInbox();
    private final ReentrantLock writable = new ReentrantLock();
    private final Condition writableAgain = writable.newCondition();
    private final Runnable pauseReading = this::pause;
    private @Nullable ChannelHandlerContext context;
    private @Nullable SessionFlow flow;
    private @Nullable Future<?> authenticationTimer;
    private boolean encrypted;
    private boolean gssAsked;
    private volatile boolean gone;

    public ClientConnection(ProtocolServices services, FrontendDecoder decoder) {
        this.services = services;
        this.decoder = decoder;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        services.events().connected();
        authenticationTimer =
                added.executor().schedule(() -> added.close(), services.authenticationSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        FrontendMessage message = (FrontendMessage) received;
        if (flow != null) {
            inbox.put(message, pauseReading);
            return;
        }
        switch (message) {
            case FrontendMessage.SslRequest request -> sslRequest(ctx);
            case FrontendMessage.GssEncRequest request -> gssRequest(ctx);
            case FrontendMessage.CancelRequest cancel -> {
                services.cancels().cancel(cancel.processId(), cancel.secretKey());
                ctx.close();
            }
            case FrontendMessage.Startup startup -> startSession(ctx, startup);
            case FrontendMessage.Unreadable unreadable ->
                refuse(unreadable.error().report());
            default -> refuse(ErrorReport.fatal(ErrorCode.PROTOCOL_VIOLATION, "invalid startup packet layout"));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        SessionFlow running = flow;
        if (running != null) {
            running.messagesCame();
        }
    }

    private void sslRequest(ChannelHandlerContext ctx) {
        SslContext tls = services.tls().get().context();
        if (tls == null || encrypted) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(NO));
            return;
        }
        if (decoder.hasBufferedBytes()) {
            refuse(ErrorReport.fatal(ErrorCode.PROTOCOL_VIOLATION, "received unencrypted data after SSL request")
                    .withDetail("This could be either a client-software bug or evidence of an attempted"
                            + " man-in-the-middle attack."));
            return;
        }
        encrypted = true;
        ctx.pipeline().addFirst(new SslHandler(tls.newEngine(ctx.alloc()), true));
        ctx.writeAndFlush(Unpooled.wrappedBuffer(YES));
    }

    private void gssRequest(ChannelHandlerContext ctx) {
        if (gssAsked) {
            refuse(ErrorReport.fatal(ErrorCode.PROTOCOL_VIOLATION, "invalid startup packet layout"));
            return;
        }
        gssAsked = true;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(NO));
    }

    private void startSession(ChannelHandlerContext ctx, FrontendMessage.Startup startup) {
        SessionFlow started = new SessionFlow(services, this, startup);
        flow = started;
        services.threads().execute(started);
    }

    /** Ends the connection before it has a session. */
    private void refuse(ErrorReport report) {
        BackendWriter writer = new BackendWriter((bytes, length, push) -> {
            ChannelHandlerContext ctx = context;
            if (ctx != null) {
                ctx.writeAndFlush(Unpooled.copiedBuffer(bytes, 0, length)).addListener(ChannelFutureListener.CLOSE);
            }
        });
        services.events().failed(report);
        writer.error(report);
        writer.flush();
    }

    MessageInbox inbox() {
        return inbox;
    }

    boolean isEncrypted() {
        return encrypted;
    }

    boolean isGone() {
        return gone;
    }

    String clientAddress() {
        SocketAddress address = channel().remoteAddress();
        return address instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : String.valueOf(address);
    }

    /** The client proved who it is: full message sizes from now on, no timer. */
    void authenticated() {
        channel().eventLoop().execute(() -> {
            decoder.authenticated();
            Future<?> timer = authenticationTimer;
            if (timer != null) {
                timer.cancel(false);
            }
        });
    }

    /** Runs something on the event loop, after all that was sent before; false if the server is going down. */
    boolean onLoop(Runnable work) {
        try {
            channel().eventLoop().execute(work);
            return true;
        } catch (RejectedExecutionException closing) {
            gone = true;
            return false;
        }
    }

    /** Runs something on the event loop later; null if the loop is closing. */
    @Nullable
    Future<?> onLoopAfter(Runnable work, long millis) {
        try {
            return channel().eventLoop().schedule(work, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            gone = true;
            return null;
        }
    }

    /** Whether output would leave without waiting. */
    boolean isWritable() {
        return channel().isWritable();
    }

    /** Whether the event loop serves nobody else. On the event loop. */
    boolean isAlone() {
        return channel().eventLoop() instanceof SingleThreadEventLoop loop && loop.registeredChannels() == 1;
    }

    /** The inbox is full. */
    private void pause() {
        channel().config().setAutoRead(false);
    }

    /** The inbox has room again. */
    void resumeReading() {
        channel().config().setAutoRead(true);
    }

    /** Closes after what was sent has left. */
    void closeWhenSent() {
        if (!gone) {
            channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void send(byte[] bytes, int length, boolean push) {
        Channel channel = channel();
        if (!channel.eventLoop().inEventLoop()) {
            // On the event loop the writer asks first and sends little.
            awaitWritable(channel);
        }
        ByteBuf copy = channel.alloc().buffer(length).writeBytes(bytes, 0, length);
        if (push) {
            channel.writeAndFlush(copy, channel.voidPromise());
        } else {
            channel.write(copy, channel.voidPromise());
        }
    }

    private void awaitWritable(Channel channel) {
        if (!gone && channel.isWritable()) {
            return;
        }
        channel.flush();
        writable.lock();
        try {
            while (!gone && !channel.isWritable()) {
                writableAgain.awaitUninterruptibly();
            }
        } finally {
            writable.unlock();
        }
        if (gone) {
            throw new DatabaseException(ErrorCode.CONNECTION_FAILURE, "connection to client lost");
        }
    }

    private void wakeWriter() {
        writable.lock();
        try {
            writableAgain.signalAll();
        } finally {
            writable.unlock();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        wakeWriter();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        gone = true;
        Future<?> timer = authenticationTimer;
        if (timer != null) {
            timer.cancel(false);
        }
        wakeWriter();
        SessionFlow running = flow;
        if (running != null) {
            running.clientGone();
        }
        services.events().disconnected();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        boolean ofTheSocket = cause instanceof IOException || cause instanceof DecoderException;
        if (!ofTheSocket) {
            services.events().bug(cause);
        }
        ctx.close();
    }

    private Channel channel() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx.channel();
    }
}
