package dev.strongroom.server.e2e;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Stands between a client and the server: keeps every byte that passes, counts round trips, and can lie in the server's
 * name. Speaks protocol 3 without TLS.
 */
final class WireTap implements AutoCloseable {
    /** One message: its type and its body. */
    record Message(char type, byte[] body) {}

    /** The values of one Bind, as they went out, and how many texts had been sent before it. */
    record Bound(int textsBefore, List<byte[]> values) {}

    private final ServerSocket door;
    private final int serverPort;
    private final ByteArrayOutputStream capture = new ByteArrayOutputStream();
    private final AtomicInteger roundTrips = new AtomicInteger();
    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());
    private final List<Bound> bound = Collections.synchronizedList(new ArrayList<>());
    private final List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
    private volatile UnaryOperator<Message> lie = UnaryOperator.identity();
    private volatile int cutAt = Integer.MAX_VALUE;

    private WireTap(int serverPort) throws IOException {
        this.serverPort = serverPort;
        door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    static WireTap before(ServerProcess server) throws IOException {
        return new WireTap(server.port());
    }

    int port() {
        return door.getLocalPort();
    }

    /** Syncs and simple queries sent so far. */
    int roundTrips() {
        return roundTrips.get();
    }

    /** Texts the client asked to parse or run. */
    List<String> statements() {
        synchronized (statements) {
            return List.copyOf(statements);
        }
    }

    /** What was bound to statements with parameters, in the order of sending. */
    List<Bound> bound() {
        synchronized (bound) {
            return List.copyOf(bound);
        }
    }

    /** Everything that passed in either direction. */
    byte[] captured() {
        synchronized (capture) {
            return capture.toByteArray();
        }
    }

    /** Changes what the server says from now on. */
    void lie(UnaryOperator<Message> change) {
        lie = change;
    }

    /** Cuts every connection before the round trip of this number, as the death of the client would. */
    void cutAt(int roundTrip) {
        cutAt = roundTrip;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = door.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                Thread.ofVirtual().start(() -> pump(client, server, true));
                Thread.ofVirtual().start(() -> pump(server, client, false));
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void pump(Socket from, Socket to, boolean client) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(new java.io.BufferedInputStream(from.getInputStream()));
            DataOutputStream out = new DataOutputStream(new java.io.BufferedOutputStream(to.getOutputStream()));
            if (client) {
                startup(in, out);
            }
            while (true) {
                Message message = new Message((char) in.readUnsignedByte(), in.readNBytes(in.readInt() - 4));
                keep(message.body());
                if (client) {
                    note(message);
                    if (roundTrips() >= cutAt) {
                        return;
                    }
                } else {
                    message = lie.apply(message);
                }
                out.writeByte(message.type());
                out.writeInt(message.body().length + 4);
                out.write(message.body());
                if (in.available() == 0) {
                    out.flush();
                }
            }
        } catch (IOException ended) {
            // One side went away.
        }
    }

    private void startup(DataInputStream in, DataOutputStream out) throws IOException {
        int length = in.readInt();
        byte[] body = in.readNBytes(length - 4);
        keep(body);
        out.writeInt(length);
        out.write(body);
        out.flush();
    }

    private void note(Message message) {
        switch (message.type()) {
            case 'S' -> roundTrips.incrementAndGet();
            case 'Q' -> {
                roundTrips.incrementAndGet();
                statements.add(text(message.body(), 0));
            }
            case 'P' ->
                statements.add(text(message.body(), text(message.body(), 0).length() + 1));
            case 'B' -> {
                List<byte[]> values = values(message.body());
                if (!values.isEmpty()) {
                    bound.add(new Bound(statements.size(), values));
                }
            }
            default -> {
                // Execute and the rest travel with a Sync.
            }
        }
    }

    private static List<byte[]> values(byte[] bind) {
        int statement = text(bind, 0).length() + 1;
        ByteBuffer body = ByteBuffer.wrap(bind);
        body.position(statement + text(bind, statement).length() + 1);
        for (int formats = body.getShort(); formats > 0; formats--) {
            body.getShort();
        }
        List<byte[]> values = new ArrayList<>();
        for (int count = body.getShort(); count > 0; count--) {
            byte[] value = new byte[Math.max(body.getInt(), 0)];
            body.get(value);
            values.add(value);
        }
        return values;
    }

    private static String text(byte[] body, int from) {
        int end = from;
        while (end < body.length && body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, StandardCharsets.UTF_8);
    }

    private void keep(byte[] bytes) {
        synchronized (capture) {
            capture.writeBytes(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
