package dev.strongroom.crypto.kmip;

import dev.strongroom.common.time.SystemAccess;
import dev.strongroom.crypto.kmip.KmipFailure.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TLS connection to a KMIP server. One request at a time: for one thread. */
@SystemAccess
public final class KmipConnection implements AutoCloseable {
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final int SUCCESS = 0;

    private final SSLSocket socket;
    private final @Nullable Login login;

    /** What the header of each request says besides the client's certificate. */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }

    private KmipConnection(SSLSocket socket, @Nullable Login login) {
        this.socket = socket;
        this.login = login;
    }

    /**
     * Connects; the server's certificate must be for the host.
     *
     * @param timeout for connecting, and for each answer
     */
    public static KmipConnection open(
            SSLContext context, String host, int port, @Nullable Login login, Duration timeout) {
        Socket plain = new Socket();
        boolean opened = false;
        try {
            plain.setSoTimeout((int) timeout.toMillis());
            plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            secured.setSSLParameters(parameters);
            secured.startHandshake();
            opened = true;
            return new KmipConnection(secured, login);
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            if (!opened) {
                close(plain);
            }
        }
    }

    /** What the server answers to an operation. */
    Ttlv.Structure call(KmipVersion version, KmipOperation operation, List<Ttlv> payload) {
        Ttlv.Structure answer = exchange(request(version, operation, payload));
        if (answer.tag() != KmipTag.RESPONSE_MESSAGE) {
            throw new KmipFailure(Reason.MALFORMED, "the answer is no response message");
        }
        Ttlv.Structure item = answer.structure(KmipTag.BATCH_ITEM);
        if (item.code(KmipTag.RESULT_STATUS) != SUCCESS) {
            throw refused(operation, item);
        }
        return item.find(KmipTag.RESPONSE_PAYLOAD, Ttlv.Structure.class)
                .orElseGet(() -> Ttlv.structure(KmipTag.RESPONSE_PAYLOAD));
    }

    private Ttlv.Structure request(KmipVersion version, KmipOperation operation, List<Ttlv> payload) {
        List<Ttlv> header = new ArrayList<>();
        header.add(version.item());
        if (login != null) {
            int userAndPassword = 1;
            header.add(Ttlv.structure(
                    KmipTag.AUTHENTICATION,
                    Ttlv.structure(
                            KmipTag.CREDENTIAL,
                            new Ttlv.Code(KmipTag.CREDENTIAL_TYPE, userAndPassword),
                            Ttlv.structure(
                                    KmipTag.CREDENTIAL_VALUE,
                                    new Ttlv.Text(KmipTag.USERNAME, login.user),
                                    new Ttlv.Text(KmipTag.PASSWORD, login.password)))));
        }
        header.add(new Ttlv.Number(KmipTag.BATCH_COUNT, 1));
        return Ttlv.structure(
                KmipTag.REQUEST_MESSAGE,
                new Ttlv.Structure(KmipTag.REQUEST_HEADER, header),
                Ttlv.structure(
                        KmipTag.BATCH_ITEM,
                        new Ttlv.Code(KmipTag.OPERATION, operation.code()),
                        new Ttlv.Structure(KmipTag.REQUEST_PAYLOAD, payload)));
    }

    private Ttlv.Structure exchange(Ttlv.Structure request) {
        byte[] sent = Ttlv.encode(request);
        try {
            socket.getOutputStream().write(sent);
            socket.getOutputStream().flush();
            byte[] received = receive(socket.getInputStream());
            try {
                return Ttlv.decode(received);
            } finally {
                Arrays.fill(received, (byte) 0);
            }
        } catch (IOException e) {
            throw unreachable(e);
        } finally {
            Arrays.fill(sent, (byte) 0);
        }
    }

    private static byte[] receive(InputStream in) throws IOException {
        byte[] head = in.readNBytes(Ttlv.HEADER_BYTES);
        if (head.length < Ttlv.HEADER_BYTES) {
            throw new EOFException("the server closed the connection");
        }
        int length = ByteBuffer.wrap(head).getInt(Integer.BYTES);
        if (length < 0 || length > MAX_ANSWER_BYTES) {
            throw new KmipFailure(Reason.MALFORMED, "the answer is too long");
        }
        byte[] message = Arrays.copyOf(head, head.length + length);
        if (in.readNBytes(message, head.length, length) < length) {
            throw new EOFException("the server closed the connection");
        }
        return message;
    }

    /** Reasons of the specification 1.4 (9.1.3.2.29) and of 2.0. */
    private static KmipFailure refused(KmipOperation operation, Ttlv.Structure item) {
        Optional<Ttlv.Code> code = item.find(KmipTag.RESULT_REASON, Ttlv.Code.class);
        int number = code.isPresent() ? code.get().value() : 0;
        Reason reason = switch (number) {
            case 0x03, 0x39 -> Reason.DENIED;
            case 0x01, 0x0D, 0x36, 0x37 -> Reason.MISSING;
            default -> Reason.REFUSED;
        };
        return new KmipFailure(
                reason,
                "the KMIP server refuses "
                        + operation.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " with reason " + number);
    }

    private static KmipFailure unreachable(IOException cause) {
        return new KmipFailure(Reason.UNREACHABLE, "the KMIP server cannot be reached or closes the connection", cause);
    }

    @Override
    public void close() {
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more will be sent on it.
        }
    }
}
