package dev.strongroom.testkit.token;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A KMIP server for what the database server does with one, after the specifications 1.2 to 2.1: it decodes and checks each
 * request by itself and shares no code with the client. Clients need a certificate of its authority.
 */
public final class KmipStub implements AutoCloseable {
    private static final int SUCCESS = 0;
    private static final int FAILED = 1;
    private static final int ITEM_NOT_FOUND = 1;
    private static final int NOT_AUTHENTICATED = 3;
    private static final int INVALID_MESSAGE = 4;
    private static final int NOT_SUPPORTED = 5;
    private static final int INVALID_FIELD = 7;
    private static final int CRYPTOGRAPHIC_FAILURE = 10;
    private static final int PERMISSION_DENIED = 12;
    private static final int PRE_ACTIVE = 1;
    private static final int ACTIVE = 2;
    private static final int DEACTIVATED = 3;
    private static final int PUBLIC = 3;
    private static final int PRIVATE = 4;

    private final SSLServerSocket listening;
    private final List<String> versions;
    private final @Nullable String password;
    private final Map<String, Held> objects = new LinkedHashMap<>();
    private final List<String> log = new ArrayList<>();
    private boolean links = true;
    private int format = 3;
    private int answered = SUCCESS;
    private int defaultSalt = 32;
    private byte @Nullable [] raw;

    /** A managed object. */
    private static final class Held {
        final int type;
        final KeyPair pair;
        final int usage;
        String name;
        int state = PRE_ACTIVE;
        final Map<Integer, String> links = new LinkedHashMap<>();

        Held(int type, KeyPair pair, String name, int usage) {
            this.type = type;
            this.pair = pair;
            this.name = name;
            this.usage = usage;
        }
    }

    /** An item as it came: a list of items, or bytes. */
    private record Item(int tag, int type, List<Item> items, byte[] value) {
        Item one(int wanted) {
            return items.stream()
                    .filter(item -> item.tag == wanted)
                    .findFirst()
                    .orElseThrow(() -> new Refused(INVALID_MESSAGE));
        }

        boolean has(int wanted) {
            return items.stream().anyMatch(item -> item.tag == wanted);
        }

        int number(int expectedType) {
            if (type != expectedType) {
                throw new Refused(INVALID_MESSAGE);
            }
            return ByteBuffer.wrap(value).getInt();
        }

        String text() {
            if (type != 7) {
                throw new Refused(INVALID_MESSAGE);
            }
            return new String(value, StandardCharsets.UTF_8);
        }
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int reason;

        Refused(int reason) {
            this.reason = reason;
        }
    }

    /**
     * Listens on this machine.
     *
     * @param password that each request has to name besides the certificate; null for none
     * @param versions it speaks, such as "1.4"
     */
    public KmipStub(SSLContext context, @Nullable String password, String... versions) {
        this.password = password;
        this.versions = List.of(versions);
        try {
            listening = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listening.setNeedClientAuth(true);
        Thread.ofVirtual().name("kmip-stub").start(this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** From now on keys have no links. */
    public synchronized void withoutLinks() {
        links = false;
    }

    /** How public keys are given: 3 PKCS#1, 5 X.509, 11 modulus and exponent, others nonsense. */
    public synchronized void format(int keyFormatType) {
        format = keyFormatType;
    }

    /** How long the salt of a signature is if the request does not say. */
    public synchronized void defaultSalt(int bytes) {
        defaultSalt = bytes;
    }

    /** From now on every request but Discover Versions is refused so; 0 for no longer. */
    public synchronized void refuse(int reason) {
        answered = reason;
    }

    /** Each answer is these bytes; null for no longer. */
    public synchronized void answerWith(byte @Nullable [] bytes) {
        raw = bytes;
    }

    /** What was asked: version and operation. */
    public synchronized List<String> log() {
        return List.copyOf(log);
    }

    /** Re-key: another pair takes the name over. */
    public synchronized void rekey(String name, int bits) {
        String old = objects.entrySet().stream()
                .filter(entry -> entry.getValue().name.equals(name))
                .findFirst()
                .orElseThrow()
                .getKey();
        String oldPublic = Objects.requireNonNull(held(old).links.get(0x102));
        held(old).name = "";
        held(oldPublic).name = "";
        String[] made = create(name, name + ".public", bits, 9, 6);
        held(made[0]).links.put(0x107, old);
        held(made[1]).links.put(0x107, oldPublic);
        held(made[0]).state = ACTIVE;
        held(made[1]).state = ACTIVE;
    }

    private Held held(String identifier) {
        return Objects.requireNonNull(objects.get(identifier));
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                SSLSocket socket = (SSLSocket) listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SSLSocket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                byte[] head = in.readNBytes(8);
                if (head.length < 8) {
                    return;
                }
                byte[] message = new byte[8 + ByteBuffer.wrap(head).getInt(4)];
                System.arraycopy(head, 0, message, 0, 8);
                in.readFully(message, 8, message.length - 8);
                socket.getOutputStream().write(answer(message));
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // The client's side of the story is what is tested.
        }
    }

    private synchronized byte[] answer(byte[] message) throws IOException {
        byte[] instead = raw;
        if (instead != null) {
            return instead;
        }
        Item request = parse(ByteBuffer.wrap(message));
        Item header = request.one(0x420077);
        Item version = header.one(0x420069);
        int major = version.one(0x42006A).number(2);
        int minor = version.one(0x42006B).number(2);
        Item batch = request.one(0x42000F);
        int operation = batch.one(0x42005C).number(5);
        log.add(major + "." + minor + " " + operation);
        byte[] result;
        try {
            if (request.tag != 0x420078 || header.one(0x42000D).number(2) != 1) {
                throw new Refused(INVALID_MESSAGE);
            }
            if (!versions.contains(major + "." + minor)) {
                throw new Refused(INVALID_MESSAGE);
            }
            authenticate(header);
            if (answered != SUCCESS && operation != 0x1E) {
                throw new Refused(answered);
            }
            byte[] payload = operate(operation, major >= 2, batch.one(0x420079));
            result = structure(
                    0x42000F, code(0x42005C, operation), code(0x42007F, SUCCESS), structure(0x42007C, payload));
        } catch (Refused e) {
            result = structure(
                    0x42000F,
                    code(0x42005C, operation),
                    code(0x42007F, FAILED),
                    code(0x42007E, e.reason),
                    text(0x42007D, "no"));
        } catch (GeneralSecurityException e) {
            result = structure(
                    0x42000F, code(0x42005C, operation), code(0x42007F, FAILED), code(0x42007E, CRYPTOGRAPHIC_FAILURE));
        }
        return structure(
                0x42007B,
                structure(
                        0x42007A,
                        structure(0x420069, number(0x42006A, major), number(0x42006B, minor)),
                        item(0x420092, 9, new byte[8]),
                        number(0x42000D, 1)),
                result);
    }

    private void authenticate(Item header) {
        if (password == null) {
            return;
        }
        if (!header.has(0x42000C)) {
            throw new Refused(NOT_AUTHENTICATED);
        }
        Item credential = header.one(0x42000C).one(0x420023);
        Item value = credential.one(0x420025);
        if (credential.one(0x420024).number(5) != 1
                || !value.one(0x420099).text().equals("strongroom")
                || !value.one(0x4200A1).text().equals(password)) {
            throw new Refused(NOT_AUTHENTICATED);
        }
    }

    private byte[] operate(int operation, boolean second, Item payload) throws IOException, GeneralSecurityException {
        return switch (operation) {
            case 0x1E -> discover();
            case 0x02 -> createPair(second, payload);
            case 0x08 -> locate(second, payload);
            case 0x0A -> get(payload);
            case 0x0B -> attributes(second, payload);
            case 0x12 -> {
                Held held = held(payload);
                if (held.state != PRE_ACTIVE) {
                    throw new Refused(PERMISSION_DENIED);
                }
                held.state = ACTIVE;
                yield id(payload);
            }
            case 0x13 -> {
                if (payload.one(0x420081).one(0x420082).number(5) != 6 || held(payload).state != ACTIVE) {
                    throw new Refused(PERMISSION_DENIED);
                }
                held(payload).state = DEACTIVATED;
                yield id(payload);
            }
            case 0x14 -> {
                if (held(payload).state == ACTIVE) {
                    throw new Refused(PERMISSION_DENIED);
                }
                objects.remove(payload.one(0x420094).text());
                yield id(payload);
            }
            case 0x20 -> concat(id(payload), item(0x4200C2, 8, decrypt(payload)));
            case 0x21 -> concat(id(payload), item(0x4200C3, 8, sign(payload)));
            default -> throw new Refused(NOT_SUPPORTED);
        };
    }

    private byte[] discover() throws IOException {
        byte[] found = {};
        for (String version : versions) {
            String[] parts = version.split("\\.");
            found = concat(
                    found,
                    structure(
                            0x420069,
                            number(0x42006A, Integer.parseInt(parts[0])),
                            number(0x42006B, Integer.parseInt(parts[1]))));
        }
        return found;
    }

    /** Attributes of a template, by name, as items with the value under the tag of version 2.0. */
    private static Map<String, Item> named(boolean second, Item holder) {
        Map<String, Item> named = new LinkedHashMap<>();
        Map<Integer, String> names = Map.of(
                0x420028, "Cryptographic Algorithm",
                0x42002A, "Cryptographic Length",
                0x42002C, "Cryptographic Usage Mask",
                0x420053, "Name",
                0x420057, "Object Type",
                0x42008D, "State");
        for (Item item : holder.items) {
            if (second) {
                String name = names.get(item.tag);
                if (name == null) {
                    throw new Refused(INVALID_FIELD);
                }
                named.put(name, item);
            } else if (item.tag == 0x420008) {
                named.put(item.one(0x42000A).text(), item.one(0x42000B));
            } else {
                throw new Refused(INVALID_FIELD);
            }
        }
        if (!names.values().containsAll(named.keySet())) {
            throw new Refused(INVALID_FIELD);
        }
        return named;
    }

    private static Item attribute(Map<String, Item> attributes, String name) {
        Item found = attributes.get(name);
        if (found == null) {
            throw new Refused(INVALID_MESSAGE);
        }
        return found;
    }

    private static String nameOf(Item name) {
        if (name.one(0x420054).number(5) != 1) {
            throw new Refused(INVALID_FIELD);
        }
        return name.one(0x420055).text();
    }

    private byte[] createPair(boolean second, Item payload) throws IOException {
        Map<String, Item> common = named(second, payload.one(second ? 0x420126 : 0x42001F));
        Map<String, Item> secret = named(second, payload.one(second ? 0x420127 : 0x420065));
        Map<String, Item> open = named(second, payload.one(second ? 0x420128 : 0x42006E));
        String name = nameOf(attribute(secret, "Name"));
        String publicName = nameOf(attribute(open, "Name"));
        boolean taken = objects.values().stream()
                .anyMatch(held -> List.of(name, publicName).contains(held.name));
        if (attribute(common, "Cryptographic Algorithm").number(5) != 4 || taken || name.equals(publicName)) {
            throw new Refused(INVALID_FIELD);
        }
        String[] made = create(
                name,
                publicName,
                attribute(common, "Cryptographic Length").number(2),
                attribute(secret, "Cryptographic Usage Mask").number(2),
                attribute(open, "Cryptographic Usage Mask").number(2));
        return concat(text(0x420066, made[0]), text(0x42006F, made[1]));
    }

    private String[] create(String name, String publicName, int bits, int usage, int publicUsage) {
        KeyPair pair;
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        String privateId = "private-" + objects.size();
        String publicId = "public-" + objects.size();
        Held privateHalf = new Held(PRIVATE, pair, name, usage);
        Held publicHalf = new Held(PUBLIC, pair, publicName, publicUsage);
        privateHalf.links.put(0x102, publicId);
        publicHalf.links.put(0x103, privateId);
        objects.put(privateId, privateHalf);
        objects.put(publicId, publicHalf);
        return new String[] {privateId, publicId};
    }

    private byte[] locate(boolean second, Item payload) throws IOException {
        Map<String, Item> wanted = named(second, second ? payload.one(0x420125) : payload);
        byte[] found = {};
        for (Map.Entry<String, Held> entry : objects.entrySet()) {
            Held held = entry.getValue();
            Item state = wanted.get("State");
            if (held.name.equals(nameOf(attribute(wanted, "Name")))
                    && held.type == attribute(wanted, "Object Type").number(5)
                    && (state == null || held.state == state.number(5))) {
                found = concat(found, text(0x420094, entry.getKey()));
            }
        }
        return found;
    }

    private Held held(Item payload) {
        Held held = objects.get(payload.one(0x420094).text());
        if (held == null) {
            throw new Refused(ITEM_NOT_FOUND);
        }
        return held;
    }

    private static byte[] id(Item payload) throws IOException {
        return text(0x420094, payload.one(0x420094).text());
    }

    private byte[] get(Item payload) throws IOException {
        Held held = held(payload);
        if (held.type != PUBLIC) {
            throw new Refused(PERMISSION_DENIED);
        }
        RSAPublicKey key = (RSAPublicKey) held.pair.getPublic();
        byte[] x509 = key.getEncoded();
        byte[] material = switch (format) {
            // A SubjectPublicKeyInfo of 2048 bits: 24 bytes of head and bit string, then PKCS#1.
            case 3 -> item(0x420043, 8, Arrays.copyOfRange(x509, 24, x509.length));
            case 11 ->
                structure(
                        0x420043,
                        item(0x420052, 4, wide(key.getModulus().toByteArray())),
                        item(0x42006C, 4, wide(key.getPublicExponent().toByteArray())));
            default -> item(0x420043, 8, x509);
        };
        byte[] block = structure(
                0x420040,
                code(0x420042, format),
                structure(0x420045, material),
                code(0x420028, 4),
                number(0x42002A, key.getModulus().bitLength()));
        return concat(code(0x420057, PUBLIC), concat(id(payload), structure(0x42006D, block)));
    }

    private static byte[] wide(byte[] number) {
        byte[] wide = new byte[number.length + 7 & -8];
        System.arraycopy(number, 0, wide, wide.length - number.length, number.length);
        return wide;
    }

    private byte[] attributes(boolean second, Item payload) throws IOException {
        Held held = held(payload);
        List<String> asked = payload.items.stream()
                .filter(item -> item.tag == (second ? 0x42013B : 0x42000A))
                .map(item -> second ? "0x" + Integer.toHexString(item.number(5)) : item.text())
                .toList();
        if (!asked.equals(second ? List.of("0x42008d", "0x42004a") : List.of("State", "Link"))) {
            throw new Refused(INVALID_FIELD);
        }
        byte[] state = code(second ? 0x42008D : 0x42000B, held.state);
        byte[] found = second ? state : structure(0x420008, text(0x42000A, "State"), state);
        for (Map.Entry<Integer, String> link :
                links ? held.links.entrySet() : Map.<Integer, String>of().entrySet()) {
            byte[] type = code(0x42004B, link.getKey());
            byte[] target = text(0x42004C, link.getValue());
            found = concat(
                    found,
                    second
                            ? structure(0x42004A, type, target)
                            : structure(0x420008, text(0x42000A, "Link"), structure(0x42000B, type, target)));
        }
        return concat(id(payload), second ? structure(0x420125, found) : found);
    }

    private PrivateKey usable(Item payload, int usage, int padding) {
        Held held = held(payload);
        Item parameters = payload.one(0x42002B);
        if (held.type != PRIVATE || held.state != ACTIVE || (held.usage & usage) == 0) {
            throw new Refused(PERMISSION_DENIED);
        }
        if (parameters.one(0x42005F).number(5) != padding
                || parameters.one(0x420038).number(5) != 6
                || parameters.one(0x420028).number(5) != 4) {
            throw new Refused(INVALID_FIELD);
        }
        return held.pair.getPrivate();
    }

    /** The mask's hash, as the standard has it where a request cannot say otherwise: that of the data. */
    private static MGF1ParameterSpec mask(Item payload) {
        Item parameters = payload.one(0x42002B);
        if (parameters.has(0x420101)
                && (parameters.one(0x420101).number(5) != 1
                        || parameters.one(0x420102).number(5) != 6)) {
            throw new Refused(INVALID_FIELD);
        }
        return MGF1ParameterSpec.SHA256;
    }

    private byte[] decrypt(Item payload) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                usable(payload, 8, 2),
                new OAEPParameterSpec("SHA-256", "MGF1", mask(payload), PSource.PSpecified.DEFAULT));
        return cipher.doFinal(payload.one(0x4200C2).value);
    }

    /** Before 1.4 the salt is as long as this server likes it. */
    private byte[] sign(Item payload) throws GeneralSecurityException {
        Item parameters = payload.one(0x42002B);
        int salt = parameters.has(0x420100) ? parameters.one(0x420100).number(2) : defaultSalt;
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(
                new PSSParameterSpec("SHA-256", "MGF1", mask(payload), salt, PSSParameterSpec.TRAILER_FIELD_BC));
        signature.initSign(usable(payload, 1, 10));
        signature.update(payload.one(0x4200C2).value);
        return signature.sign();
    }

    private static Item parse(ByteBuffer in) throws IOException {
        int tag = in.getInt() >>> 8;
        int type = in.get(in.position() - 1);
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new EOFException("cut off");
        }
        byte[] value = new byte[length];
        in.get(value);
        for (int i = length; i % 8 != 0; i++) {
            if (in.get() != 0) {
                throw new IOException("padding that is not zero");
            }
        }
        List<Item> items = new ArrayList<>();
        if (type == 1) {
            ByteBuffer inside = ByteBuffer.wrap(value);
            while (inside.hasRemaining()) {
                items.add(parse(inside));
            }
        }
        return new Item(tag, type, items, value);
    }

    private static byte[] item(int tag, int type, byte[] value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(8)
                .putInt(tag << 8 | type)
                .putInt(value.length)
                .array());
        out.write(value);
        out.write(new byte[(8 - value.length % 8) % 8]);
        return out.toByteArray();
    }

    private static byte[] structure(int tag, byte[]... items) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] item : items) {
            out.write(item);
        }
        return item(tag, 1, out.toByteArray());
    }

    private static byte[] number(int tag, int value) throws IOException {
        return item(tag, 2, ByteBuffer.allocate(4).putInt(value).array());
    }

    private static byte[] code(int tag, int value) throws IOException {
        return item(tag, 5, ByteBuffer.allocate(4).putInt(value).array());
    }

    private static byte[] text(int tag, String value) throws IOException {
        return item(tag, 7, value.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] concat(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    /** Goes out of service. */
    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            // Nobody comes in either way.
        }
    }
}
