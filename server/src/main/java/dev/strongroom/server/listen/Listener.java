package dev.strongroom.server.listen;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.protocol.flow.ClientConnection;
import dev.strongroom.protocol.flow.ProtocolServices;
import dev.strongroom.protocol.wire.FrontendDecoder;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The listening socket and its event loops: on epoll where the machine has it, on what Java brings elsewhere. */
public final class Listener implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int LOW_WATER_BYTES = 64 << 10;
    private static final int HIGH_WATER_BYTES = 256 << 10;
    private static final int MAX_EVENT_LOOPS = 8;
    private static final int QUIET_SECONDS = 5;

    private final EventLoopGroup acceptors;
    private final EventLoopGroup loops;
    private final ChannelGroup clients;
    private final Channel socket;

    private Listener(EventLoopGroup acceptors, EventLoopGroup loops, ChannelGroup clients, Channel socket) {
        this.acceptors = acceptors;
        this.loops = loops;
        this.clients = clients;
        this.socket = socket;
    }

    /**
     * Starts listening.
     *
     * @param maxSockets connections at once, those not yet authenticated included; more are closed at once
     * @throws dev.strongroom.common.error.DatabaseException 55006 if the port is taken
     */
    public static Listener open(InetSocketAddress address, ProtocolServices services, int maxSockets) {
        EventLoopGroup acceptors = group("sr-accept", 1);
        int cores = Math.min(MAX_EVENT_LOOPS, Runtime.getRuntime().availableProcessors());
        EventLoopGroup loops = group("sr-net", cores);
        ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(acceptors, loops)
                .channel(Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(LOW_WATER_BYTES, HIGH_WATER_BYTES))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (clients.size() >= maxSockets) {
                            channel.close();
                            return;
                        }
                        clients.add(channel);
                        addProtocol(channel, services);
                    }
                });
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return new Listener(acceptors, loops, clients, bound.channel());
        }
        acceptors.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        throw ErrorReport.fatal(
                        ErrorCode.OBJECT_IN_USE,
                        "could not listen on " + address.getHostString() + ":" + address.getPort())
                .withHint("Is another server running on this port? Choose another one with --port.")
                .exception(bound.cause());
    }

    private static EventLoopGroup group(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory(name, true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** The handlers of one connection. */
    static void addProtocol(Channel channel, ProtocolServices services) {
        FrontendDecoder decoder = new FrontendDecoder(services.limits());
        channel.pipeline().addLast(decoder, new ClientConnection(services, decoder));
    }

    public int port() {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** Accepts nobody any more; open connections stay. */
    public void stopAccepting() {
        socket.close().syncUninterruptibly();
    }

    @Override
    public void close() {
        stopAccepting();
        clients.close().awaitUninterruptibly(QUIET_SECONDS, TimeUnit.SECONDS);
        acceptors.shutdownGracefully(0, QUIET_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        loops.shutdownGracefully(0, QUIET_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
