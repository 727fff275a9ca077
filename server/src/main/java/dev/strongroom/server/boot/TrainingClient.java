package dev.strongroom.server.boot;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A client for {@link TrainCommand}'s own server on the loopback and nothing else: it believes any certificate, reads answers
 * without looking, and takes an error for the end. TLS, SCRAM-SHA-256, simple and prepared queries. One thread.
 */
final class TrainingClient implements AutoCloseable {
    private static final int SSL_REQUEST = 80_877_103;
    private static final int PROTOCOL = 3 << 16;
    private static final String NONCE = "strongroom-training";

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    TrainingClient(int port, String database, String password) throws IOException, GeneralSecurityException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        plain.setTcpNoDelay(true);
        DataOutputStream request = new DataOutputStream(plain.getOutputStream());
        request.writeInt(8);
        request.writeInt(SSL_REQUEST);
        request.flush();
        if (plain.getInputStream().read() != 'S') {
            throw new IOException("no TLS");
        }
        socket = encrypted(plain, port);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        startUp(database, password);
    }

    private static Socket encrypted(Socket plain, int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Trusting()}, null);
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        tls.startHandshake();
        return tls;
    }

    private static final class Trusting implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private void startUp(String database, String password) throws IOException, GeneralSecurityException {
        int32(PROTOCOL).string("user").string("postgres").string("database").string(database);
        body.write(0);
        out.writeInt(body.size() + 4);
        body.writeTo(out);
        body.reset();
        out.flush();
        answer();
        String first = "n=,r=" + NONCE;
        byte[] initial = ("n,," + first).getBytes(StandardCharsets.UTF_8);
        string("SCRAM-SHA-256").int32(initial.length).bytes(initial).send('p');
        out.flush();
        String challenge = new String(answer(), 4, lastLength - 4, StandardCharsets.UTF_8);
        string0(proof(first, challenge, password)).send('p');
        out.flush();
        untilReady();
    }

    private static String proof(String first, String challenge, String password) throws GeneralSecurityException {
        String[] parts = challenge.split(",");
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        int rounds = Integer.parseInt(parts[2].substring(2));
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(password.toCharArray(), salt, rounds, 256))
                .getEncoded();
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] stored = MessageDigest.getInstance("SHA-256").digest(clientKey);
        String last = "c=biws," + parts[0];
        byte[] signature = hmac(stored, first + "," + challenge + "," + last);
        for (int i = 0; i < signature.length; i++) {
            signature[i] ^= clientKey[i];
        }
        return last + ",p=" + Base64.getEncoder().encodeToString(signature);
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Runs a query string. */
    void query(String text) throws IOException {
        string(text).send('Q');
        out.flush();
        untilReady();
    }

    /** Prepares a statement. */
    void prepare(String name, String text) throws IOException {
        string(name).string(text).int16(0).send('P');
        send('S');
        out.flush();
        untilReady();
    }

    /** Runs a prepared statement with parameters as text. */
    void execute(String name, String... parameters) throws IOException {
        string("").string(name).int16(0).int16(parameters.length);
        for (String parameter : parameters) {
            byte[] value = parameter.getBytes(StandardCharsets.UTF_8);
            int32(value.length).bytes(value);
        }
        int16(0).send('B');
        body.write('P');
        string("").send('D');
        string("").int32(0).send('E');
        send('S');
        out.flush();
        untilReady();
    }

    private TrainingClient int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    private TrainingClient int16(int value) {
        body.write(value >>> 8);
        body.write(value);
        return this;
    }

    private TrainingClient bytes(byte[] value) {
        body.write(value, 0, value.length);
        return this;
    }

    private TrainingClient string0(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    private TrainingClient string(String value) {
        string0(value);
        body.write(0);
        return this;
    }

    private void send(char type) throws IOException {
        out.writeByte(type);
        out.writeInt(body.size() + 4);
        body.writeTo(out);
        body.reset();
    }

    private char lastType;
    private int lastLength;

    private byte[] answer() throws IOException {
        lastType = (char) in.readByte();
        lastLength = in.readInt() - 4;
        byte[] content = in.readNBytes(lastLength);
        if (lastType == 'E') {
            throw new IOException("server said " + new String(content, StandardCharsets.UTF_8).replace('\0', ' '));
        }
        return content;
    }

    private void untilReady() throws IOException {
        do {
            answer();
        } while (lastType != 'Z');
    }

    @Override
    public void close() throws IOException {
        send('X');
        out.flush();
        socket.close();
    }
}
