package dev.strongroom.server.e2e;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A client that speaks the wire protocol message by message, SCRAM included. */
final class WireClient implements AutoCloseable {
    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;

    /** A message of the server. */
    record Message(char type, ByteBuffer body) {
        String string() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (byte b = body.get(); b != 0; b = body.get()) {
                bytes.write(b);
            }
            return bytes.toString(StandardCharsets.UTF_8);
        }

        byte[] bytes(int length) {
            byte[] bytes = new byte[length];
            body.get(bytes);
            return bytes;
        }
    }

    /** Connects as {@code postgres}; gives back what the server says before its first ReadyForQuery. */
    WireClient(int port, Map<String, String> parameters, List<Message> greeting) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream startup = new DataOutputStream(body);
        startup.writeInt(196_608);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            startup.write(cstring(parameter.getKey()));
            startup.write(cstring(parameter.getValue()));
        }
        startup.writeByte(0);
        out.writeInt(body.size() + 4);
        out.write(body.toByteArray());
        out.flush();
        try {
            authenticate(greeting);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        greeting.addAll(untilReady());
    }

    static byte[] cstring(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private void authenticate(List<Message> greeting) throws IOException, GeneralSecurityException {
        Message asked = read();
        while (asked.type() != 'R') {
            greeting.add(asked);
            asked = read();
        }
        String bare = "n=,r=nonce";
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        first.write(cstring("SCRAM-SHA-256"));
        byte[] text = ("n,," + bare).getBytes(StandardCharsets.UTF_8);
        first.write(ByteBuffer.allocate(4).putInt(text.length).array());
        first.write(text);
        send('p', first.toByteArray());
        out.flush();
        Message challenge = read();
        challenge.body().getInt();
        String serverFirst = new String(challenge.bytes(challenge.body().remaining()), StandardCharsets.UTF_8);
        String[] parts = serverFirst.split(",", -1);
        byte[] salt = Base64.getDecoder().decode(parts[1].substring(2));
        int iterations = Integer.parseInt(parts[2].substring(2));
        byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec(ServerProcess.PASSWORD.toCharArray(), salt, iterations, 256))
                .getEncoded();
        String withoutProof = "c=biws," + parts[0];
        byte[] clientKey = hmac(salted, "Client Key");
        byte[] signature = hmac(
                MessageDigest.getInstance("SHA-256").digest(clientKey), bare + "," + serverFirst + "," + withoutProof);
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] ^= signature[i];
        }
        String last = withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey);
        send('p', last.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(char type, byte[] body) throws IOException {
        out.writeByte(type);
        out.writeInt(body.length + 4);
        out.write(body);
    }

    private Message read() throws IOException {
        char type = (char) in.readUnsignedByte();
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        return new Message(type, ByteBuffer.wrap(body));
    }

    private List<Message> untilReady() throws IOException {
        List<Message> messages = new ArrayList<>();
        Message message = read();
        while (message.type() != 'Z') {
            messages.add(message);
            message = read();
        }
        return messages;
    }

    /** A simple query. */
    List<Message> query(String text) throws IOException {
        send('Q', cstring(text));
        out.flush();
        return untilReady();
    }

    /** Parse and Describe of an unnamed statement. */
    List<Message> describe(String text) throws IOException {
        ByteArrayOutputStream parse = new ByteArrayOutputStream();
        parse.write(0);
        parse.write(cstring(text));
        parse.write(new byte[2]);
        send('P', parse.toByteArray());
        send('D', new byte[] {'S', 0});
        send('S', new byte[0]);
        out.flush();
        return untilReady();
    }

    /** Bind, with binary parameters and results, and Execute of what was described last. */
    List<Message> run(byte[] @Nullable ... values) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream bind = new DataOutputStream(bytes);
        bind.writeShort(0);
        bind.writeShort(1);
        bind.writeShort(1);
        bind.writeShort(values.length);
        for (byte[] value : values) {
            bind.writeInt(value == null ? -1 : value.length);
            bind.write(value == null ? new byte[0] : value);
        }
        bind.writeShort(1);
        bind.writeShort(1);
        send('B', bytes.toByteArray());
        send('E', new byte[] {0, 0, 0, 0, 0});
        send('S', new byte[0]);
        out.flush();
        return untilReady();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
