package dev.strongroom.crypto.provider;

import static dev.strongroom.crypto.provider.KeyDevicesTest.fails;
import static dev.strongroom.crypto.provider.KeyDevicesTest.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.crypto.hierarchy.CertificateSignature;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.kmip.KmipVersion;
import dev.strongroom.crypto.provider.KeyDevice.Used;
import dev.strongroom.crypto.provider.KmipDevice.Place;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.token.KmipStub;
import dev.strongroom.testkit.token.TestAuthority;
import dev.strongroom.testkit.token.TestAuthority.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RSA keys in a KMIP server, over real TTLV in real mutual TLS. */
class KmipDeviceTest {
    private static final String SECRET = "of the client";

    @TempDir
    Path directory;

    private final TestAuthority authority = new TestAuthority("authority");
    private Path client;

    @BeforeEach
    void clientIdentity() throws IOException {
        client = directory.resolve("client.p12");
        Files.write(client, authority.identity("client").pkcs12(SECRET));
    }

    private KmipStub stub(String... versions) {
        return new KmipStub(authority.context(authority.identity("127.0.0.1")), null, versions);
    }

    private Place place(KmipStub stub, @Nullable KmipVersion version) {
        return new Place("127.0.0.1", stub.port(), client.toString(), "", version);
    }

    private KmipDevice device(KmipStub stub) {
        return new KmipDevice(place(stub, null), authority.pem(), Duration.ofSeconds(10));
    }

    private static RSAPublicKey create(KmipDevice device, KeyBuffer secret) {
        return device.create("tde", 2048, secret, new SeededRandomness(1), 0);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"1.2", "1.3", "1.4", "2.0", "2.1"})
    @DisplayName("TDE-143, TDE-513, TDE-518: a KMIP server of each version keeps keys, wraps database keys and signs")
    void eachVersionKeepsKeys(String version) {
        try (KmipStub stub = stub(version)) {
            KeyDevicesTest.lifeOf(device(stub), SECRET);
            assertThat(stub.log()).contains(version + " 32").anyMatch(asked -> asked.endsWith(" 30"));
        }
    }

    @Test
    @DisplayName("TDE-143: the highest version both sides know is spoken, once it is known; a provider may name one")
    void theHighestCommonVersionIsSpoken() {
        try (KmipStub stub = stub("1.0", "1.2", "1.4", "3.0");
                KeyBuffer secret = secret(SECRET)) {
            KmipDevice device = device(stub);
            RSAPublicKey key = create(device, secret);
            assertThat(device.find("tde", secret)).isEqualTo(key);
            assertThat(stub.log().stream().filter(asked -> asked.endsWith(" 30")))
                    .hasSize(1);
            assertThat(stub.log()).contains("1.4 2", "1.4 10").doesNotContain("1.2 10");
            KmipDevice older = new KmipDevice(place(stub, KmipVersion.V1_2), authority.pem());
            assertThat(older.find("tde", secret)).isEqualTo(key);
            assertThat(stub.log()).contains("1.2 10");
        }
        try (KmipStub stub = stub("1.0", "1.1");
                KeyBuffer secret = secret(SECRET)) {
            fails(Reason.OPERATION, () -> device(stub).find("tde", secret));
        }
    }

    @Test
    @DisplayName("TDE-143: a key replaced in the KMIP server goes on in the pair the database server knows")
    void aReplacedKeyGoesOn() {
        try (KmipStub stub = stub("1.4");
                KeyBuffer secret = secret(SECRET)) {
            KmipDevice device = device(stub);
            RSAPublicKey first = create(device, secret);
            stub.rekey("tde", 2048);
            stub.rekey("tde", 2048);
            assertThat(device.find("tde", secret)).isNotEqualTo(first);
            byte[] signature = device.sign(new Used("tde", first, secret), new byte[1]);
            assertThat(CertificateSignature.verify(first, new byte[1], signature))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("TDE-143: public keys in each form, and servers without links, are understood")
    void formsOfServers() {
        try (KmipStub stub = stub("1.4");
                KeyBuffer secret = secret(SECRET)) {
            KmipDevice device = device(stub);
            RSAPublicKey key = create(device, secret);
            stub.withoutLinks();
            for (int format : new int[] {3, 5, 11}) {
                stub.format(format);
                assertThat(device.find("tde", secret)).isEqualTo(key);
            }
            stub.format(1);
            fails(Reason.OPERATION, () -> device.find("tde", secret));
        }
    }

    @Test
    @DisplayName("TDE-143: a signature with another salt is noticed when it is made, not when the backup is needed")
    void saltsAreChecked() {
        try (KmipStub stub = stub("1.3");
                KeyBuffer secret = secret(SECRET)) {
            KmipDevice device = device(stub);
            RSAPublicKey key = create(device, secret);
            stub.defaultSalt(20);
            fails(Reason.OPERATION, () -> device.sign(new Used("tde", key, secret), new byte[1]));
        }
    }

    @Test
    @DisplayName("TDE-143: user and password go with each request where the provider names a user")
    void passwords() {
        try (KmipStub stub = new KmipStub(authority.context(authority.identity("127.0.0.1")), SECRET, "1.4", "2.0");
                KeyBuffer secret = secret(SECRET)) {
            fails(Reason.SESSION, () -> device(stub).find("tde", secret));
            Place place = new Place("127.0.0.1", stub.port(), client.toString(), "strongroom", null);
            KeyDevicesTest.lifeOf(new KmipDevice(place, authority.pem()), SECRET);
        }
    }

    @Test
    @DisplayName("TDE-143, TDE-160: each refusal of a KMIP server is told apart")
    void refusalsAreToldApart() {
        KmipStub stub = stub("1.4");
        try (KeyBuffer secret = secret(SECRET)) {
            KmipDevice device = device(stub);
            RSAPublicKey key = create(device, secret);
            Used used = new Used("tde", key, secret);
            fails(Reason.OPERATION, () -> device.decrypt(used, new byte[256]));
            stub.refuse(3);
            fails(Reason.SESSION, () -> device.decrypt(used, new byte[256]));
            stub.refuse(1);
            fails(Reason.KEY_MISSING, () -> device.decrypt(used, new byte[256]));
            stub.refuse(12);
            fails(Reason.OPERATION, () -> device.decrypt(used, new byte[256]));
            stub.refuse(0);
            fails(Reason.CREATE, () -> device.create("tde.public", 2048, secret, new SeededRandomness(1), 0));
            stub.close();
            fails(Reason.SESSION, () -> device.find("tde", secret));
        } finally {
            stub.close();
        }
    }

    @Test
    @DisplayName("TDE-143: answers that are none of KMIP are refused, however they are broken")
    void brokenAnswersAreRefused() {
        try (KmipStub stub = stub("1.4");
                KeyBuffer secret = secret(SECRET)) {
            KmipDevice device = new KmipDevice(place(stub, KmipVersion.V1_4), authority.pem(), Duration.ofSeconds(1));
            for (String answer : new String[] {
                "42007b0100000000",
                "42007b01000000084200690200000004",
                "42007b010000000842000f0100000000",
                "42007b01000000084200690100000010",
                "42007b0100000010420069020000000800000000000000ff",
                "42007b0100000008420069027fffffff",
                "42007b017fffffff",
                "42007b02000000040000000000000000",
                "4200780100000000",
                "48545450",
            }) {
                stub.answerWith(HexFormat.of().parseHex(answer));
                assertThatThrownBy(() -> device.find("tde", secret))
                        .as(answer)
                        .isInstanceOf(TokenFailure.class)
                        .hasMessageNotContaining("null");
            }
        }
    }

    private void refused(Identity server, byte[] anchors, String why) {
        try (KmipStub stub = new KmipStub(authority.context(server), null, "1.4");
                KeyBuffer secret = secret(SECRET)) {
            assertThatThrownBy(() -> new KmipDevice(place(stub, null), anchors).find("tde", secret))
                    .isInstanceOf(TokenFailure.class)
                    .hasFieldOrPropertyWithValue("reason", Reason.SESSION)
                    .hasMessage("the certificate of the KMIP server at 127.0.0.1:" + stub.port() + " " + why);
        }
    }

    @Test
    @DisplayName("TDE-143: neither side talks to one it does not trust")
    void bothSidesAreChecked() throws Exception {
        Identity good = authority.identity("127.0.0.1");
        refused(good, new TestAuthority("other").pem(), "is vouched for by none of the trust anchors");
        refused(authority.expired("127.0.0.1"), authority.pem(), "has expired");
        refused(authority.identity("kmip.example.org"), authority.pem(), "is for another host");
        try (KmipStub stub = stub("1.4");
                KeyBuffer secret = secret(SECRET)) {
            fails(Reason.LIBRARY, () -> new KmipDevice(place(stub, null), new byte[0]));
            KmipDevice device = device(stub);
            Files.write(client, new TestAuthority("other").identity("client").pkcs12(SECRET));
            fails(Reason.SESSION, () -> device.find("tde", secret));
            Files.write(client, authority.identity("client").pkcs12("another secret"));
            fails(Reason.SESSION, () -> device.find("tde", secret));
            Files.delete(client);
            fails(Reason.LIBRARY, () -> device.find("tde", secret));
            assertThat(stub.log()).isEmpty();
        }
    }
}
