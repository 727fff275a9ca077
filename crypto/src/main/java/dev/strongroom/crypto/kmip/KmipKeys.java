package dev.strongroom.crypto.kmip;

import dev.strongroom.crypto.kmip.KmipFailure.Reason;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is done with RSA key pairs on a KMIP server, over one connection in one version of the protocol. */
public final class KmipKeys {
    private static final int RSA = 4;
    private static final int SHA_256 = 6;
    private static final int MGF1 = 1;
    private static final int OAEP = 2;
    private static final int PSS = 10;
    private static final int SALT_BYTES = 32;
    private static final int PUBLIC_KEY = 3;
    private static final int PRIVATE_KEY = 4;
    private static final int ACTIVE = 2;
    private static final int SIGN_AND_DECRYPT = 0x1 | 0x8;
    private static final int VERIFY_AND_ENCRYPT = 0x2 | 0x4;
    private static final int CESSATION_OF_OPERATION = 6;
    private static final int PUBLIC_KEY_LINK = 0x102;
    private static final int REPLACED_OBJECT_LINK = 0x107;
    private static final String PUBLIC_SUFFIX = ".public";

    private final KmipConnection connection;
    private final KmipVersion version;

    /** A pair, by the identifiers of its halves. */
    public record Pair(String privateKey, String publicKey) {}

    public KmipKeys(KmipConnection connection, KmipVersion version) {
        this.connection = connection;
        this.version = version;
    }

    /** The highest version this client and the server speak. */
    public static KmipVersion discover(KmipConnection connection) {
        KmipFailure refused = null;
        for (KmipVersion spoken : KmipVersion.values()) {
            try {
                return discover(connection, spoken);
            } catch (KmipFailure e) {
                // The question itself has to be in a version the server speaks.
                if (e.reason() != Reason.REFUSED) {
                    throw e;
                }
                refused = e;
            }
        }
        throw Objects.requireNonNull(refused);
    }

    private static KmipVersion discover(KmipConnection connection, KmipVersion spoken) {
        List<Ttlv> ours = new ArrayList<>();
        for (KmipVersion version : KmipVersion.values()) {
            ours.addFirst(version.item());
        }
        return connection.call(spoken, KmipOperation.DISCOVER_VERSIONS, ours).all(KmipTag.PROTOCOL_VERSION).stream()
                .filter(Ttlv.Structure.class::isInstance)
                .flatMap(item -> KmipVersion.of((Ttlv.Structure) item).stream())
                .max(KmipVersion::compareTo)
                .orElseThrow(
                        () -> new KmipFailure(Reason.REFUSED, "the KMIP server speaks no version from 1.2 to 2.1"));
    }

    /** The private key of a name that is in use, and its public half; empty if there is none. */
    public Optional<Pair> find(String name) {
        KmipAttribute active = KmipAttribute.code(KmipAttribute.STATE, KmipTag.STATE, ACTIVE);
        return locate(PRIVATE_KEY, name, List.of(active)).map(found -> pair(found, name));
    }

    /** The pair this one came in the place of; empty if there is none. */
    public Optional<Pair> replaced(Pair pair, String name) {
        return link(pair.privateKey, REPLACED_OBJECT_LINK).map(found -> pair(found, name));
    }

    private Pair pair(String privateKey, String name) {
        String publicKey = link(privateKey, PUBLIC_KEY_LINK)
                .or(() -> locate(PUBLIC_KEY, name + PUBLIC_SUFFIX, List.of()))
                .orElseThrow(() -> new KmipFailure(Reason.MISSING, "the private key has no public key"));
        return new Pair(privateKey, publicKey);
    }

    private Optional<String> locate(int type, String name, List<KmipAttribute> more) {
        List<KmipAttribute> attributes = new ArrayList<>();
        attributes.add(KmipAttribute.code("Object Type", KmipTag.OBJECT_TYPE, type));
        attributes.add(KmipAttribute.name(name));
        attributes.addAll(more);
        List<Ttlv> items = KmipAttribute.items(version, attributes);
        List<Ttlv> payload =
                version.since(KmipVersion.V2_0) ? List.of(new Ttlv.Structure(KmipTag.ATTRIBUTES, items)) : items;
        List<Ttlv> found =
                connection.call(version, KmipOperation.LOCATE, payload).all(KmipTag.UNIQUE_IDENTIFIER);
        if (found.size() > 1) {
            throw new KmipFailure(Reason.REFUSED, "the KMIP server has several keys of that name");
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(identifier(found.getFirst()));
    }

    private static String identifier(Ttlv item) {
        if (item instanceof Ttlv.Text text) {
            return text.value();
        }
        throw new KmipFailure(Reason.MALFORMED, "an identifier of the answer is no text");
    }

    /** What an object is linked to. A server without links answers that it has no such attribute. */
    private Optional<String> link(String object, int type) {
        boolean byTag = version.since(KmipVersion.V2_0);
        // The state too, which every key has: PyKMIP breaks off where the answer would have no attribute.
        List<Ttlv> wanted = byTag
                ? List.of(
                        id(object),
                        new Ttlv.Code(KmipTag.ATTRIBUTE_REFERENCE, KmipTag.STATE),
                        new Ttlv.Code(KmipTag.ATTRIBUTE_REFERENCE, KmipTag.LINK))
                : List.of(
                        id(object),
                        new Ttlv.Text(KmipTag.ATTRIBUTE_NAME, KmipAttribute.STATE),
                        new Ttlv.Text(KmipTag.ATTRIBUTE_NAME, KmipAttribute.LINK));
        Ttlv.Structure answer;
        try {
            answer = connection.call(version, KmipOperation.GET_ATTRIBUTES, wanted);
        } catch (KmipFailure e) {
            if (e.reason() == Reason.REFUSED || e.reason() == Reason.MISSING) {
                return Optional.empty();
            }
            throw e;
        }
        List<Ttlv> values = byTag
                ? answer.find(KmipTag.ATTRIBUTES, Ttlv.Structure.class)
                        .map(attributes -> attributes.all(KmipTag.LINK))
                        .orElse(List.of())
                : answer.all(KmipTag.ATTRIBUTE).stream()
                        .map(Ttlv.Structure.class::cast)
                        .filter(attribute ->
                                attribute.text(KmipTag.ATTRIBUTE_NAME).equals(KmipAttribute.LINK))
                        .flatMap(attribute -> attribute.all(KmipTag.ATTRIBUTE_VALUE).stream())
                        .toList();
        return values.stream()
                .map(Ttlv.Structure.class::cast)
                .filter(value -> value.code(KmipTag.LINK_TYPE) == type)
                .map(value -> value.text(KmipTag.LINKED_OBJECT_IDENTIFIER))
                .findFirst();
    }

    public RSAPublicKey publicKey(Pair pair) {
        return KmipPublicKey.read(connection.call(version, KmipOperation.GET, List.of(id(pair.publicKey))));
    }

    /** Makes a pair; it is not in use before {@link #activate}. */
    public Pair create(String name, int bits) {
        List<KmipAttribute> common = List.of(
                KmipAttribute.code("Cryptographic Algorithm", KmipTag.CRYPTOGRAPHIC_ALGORITHM, RSA),
                KmipAttribute.number("Cryptographic Length", KmipTag.CRYPTOGRAPHIC_LENGTH, bits));
        boolean plain = version.since(KmipVersion.V2_0);
        List<Ttlv> payload = List.of(
                template(plain ? KmipTag.COMMON_ATTRIBUTES : KmipTag.COMMON_TEMPLATE_ATTRIBUTE, common),
                template(
                        plain ? KmipTag.PRIVATE_KEY_ATTRIBUTES : KmipTag.PRIVATE_KEY_TEMPLATE_ATTRIBUTE,
                        half(name, SIGN_AND_DECRYPT)),
                template(
                        plain ? KmipTag.PUBLIC_KEY_ATTRIBUTES : KmipTag.PUBLIC_KEY_TEMPLATE_ATTRIBUTE,
                        half(name + PUBLIC_SUFFIX, VERIFY_AND_ENCRYPT)));
        Ttlv.Structure answer = connection.call(version, KmipOperation.CREATE_KEY_PAIR, payload);
        return new Pair(
                answer.text(KmipTag.PRIVATE_KEY_UNIQUE_IDENTIFIER), answer.text(KmipTag.PUBLIC_KEY_UNIQUE_IDENTIFIER));
    }

    private static List<KmipAttribute> half(String name, int usage) {
        return List.of(
                KmipAttribute.name(name),
                KmipAttribute.number("Cryptographic Usage Mask", KmipTag.CRYPTOGRAPHIC_USAGE_MASK, usage));
    }

    private Ttlv template(int tag, List<KmipAttribute> attributes) {
        return new Ttlv.Structure(tag, KmipAttribute.items(version, attributes));
    }

    public void activate(Pair pair) {
        connection.call(version, KmipOperation.ACTIVATE, List.of(id(pair.privateKey)));
        connection.call(version, KmipOperation.ACTIVATE, List.of(id(pair.publicKey)));
    }

    /** Destroys both halves; what is in use is revoked before, as the specification asks. */
    public void destroy(Pair pair) {
        for (String object : List.of(pair.privateKey, pair.publicKey)) {
            try {
                connection.call(
                        version,
                        KmipOperation.REVOKE,
                        List.of(
                                id(object),
                                Ttlv.structure(
                                        KmipTag.REVOCATION_REASON,
                                        new Ttlv.Code(KmipTag.REVOCATION_REASON_CODE, CESSATION_OF_OPERATION))));
            } catch (KmipFailure e) {
                // What was never in use, or no longer is, cannot be revoked; destroying tells what matters.
                if (e.reason() != Reason.REFUSED) {
                    throw e;
                }
            }
            connection.call(version, KmipOperation.DESTROY, List.of(id(object)));
        }
    }

    /** Undoes RSA-OAEP with SHA-256 for hash and mask and without a label. The caller zeroes what it returns. */
    public byte[] decrypt(Pair pair, byte[] block) {
        return connection
                .call(
                        version,
                        KmipOperation.DECRYPT,
                        List.of(id(pair.privateKey), parameters(OAEP), new Ttlv.Bytes(KmipTag.DATA, block)))
                .bytes(KmipTag.DATA);
    }

    /** RSASSA-PSS with SHA-256 and, from version 1.4, a salt of 32 bytes for sure. */
    public byte[] sign(Pair pair, byte[] content) {
        return connection
                .call(
                        version,
                        KmipOperation.SIGN,
                        List.of(id(pair.privateKey), parameters(PSS), new Ttlv.Bytes(KmipTag.DATA, content)))
                .bytes(KmipTag.SIGNATURE_DATA);
    }

    private Ttlv parameters(int padding) {
        List<Ttlv> items = new ArrayList<>();
        items.add(new Ttlv.Code(KmipTag.PADDING_METHOD, padding));
        items.add(new Ttlv.Code(KmipTag.HASHING_ALGORITHM, SHA_256));
        items.add(new Ttlv.Code(KmipTag.CRYPTOGRAPHIC_ALGORITHM, RSA));
        if (version.since(KmipVersion.V1_4)) {
            if (padding == PSS) {
                items.add(new Ttlv.Number(KmipTag.SALT_LENGTH, SALT_BYTES));
            }
            items.add(new Ttlv.Code(KmipTag.MASK_GENERATOR, MGF1));
            items.add(new Ttlv.Code(KmipTag.MASK_GENERATOR_HASHING_ALGORITHM, SHA_256));
        }
        return new Ttlv.Structure(KmipTag.CRYPTOGRAPHIC_PARAMETERS, items);
    }

    private static Ttlv id(String object) {
        return new Ttlv.Text(KmipTag.UNIQUE_IDENTIFIER, object);
    }
}
