package dev.strongroom.crypto.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.CertificateSignature;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.RemoteKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.KeyDevice.Used;
import dev.strongroom.crypto.provider.TokenFailure.Reason;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.token.TransitStub;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RSA keys in services outside the server: a command, Vault's transit engine. */
class KeyDevicesTest {
    private static final byte[] ENCRYPTION_ID = new byte[16];

    @TempDir
    Path directory;

    private final SeededRandomness randomness = new SeededRandomness(1);

    static KeyBuffer secret(String text) {
        return KeyBuffer.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    static void fails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        TokenFailure.class,
                        failure -> assertThat(failure.reason())
                                .as(failure.getMessage())
                                .isEqualTo(reason));
    }

    private Path program(String text) throws IOException {
        Path program = directory.resolve("command");
        Files.deleteIfExists(program);
        Files.createFile(program, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return Files.writeString(program, text);
    }

    /** The whole life of a key: all kinds of device behave alike. */
    static void lifeOf(KeyDevice device, String goodSecret) {
        SeededRandomness randomness = new SeededRandomness(1);
        try (KeyBuffer secret = secret(goodSecret);
                KeyBuffer wrong = secret("wrong");
                KeyBuffer dek = KeyBuffer.random(randomness, 32)) {
            fails(Reason.KEY_MISSING, () -> device.find("tde", secret));
            AsymmetricKey key = AsymmetricKey.of(device.create("tde", 2048, secret, randomness, 0));
            assertThat(key.keyBits()).isEqualTo(2048);
            assertThat(device.find("tde", secret)).isEqualTo(key.publicKey());
            fails(Reason.KEY_EXISTS, () -> device.create("tde", 2048, secret, randomness, 0));
            fails(Reason.SESSION, () -> device.find("tde", wrong));
            Used used = new Used("tde", key.publicKey(), secret);
            RemoteKey remote = new RemoteKey(key, block -> device.decrypt(used, block));
            WrappedDek wrapped = DekWraps.wrap(dek, DekAlgorithm.AES_256, 1, ENCRYPTION_ID, remote);
            assertThat(wrapped.thumbprint()).isEqualTo(key.thumbprint());
            try (KeyBuffer opened = DekWraps.open(wrapped, remote).orElseThrow()) {
                assertThat(opened.sameAs(dek)).isTrue();
            }
            WrappedDek moved = new WrappedDek(
                    wrapped.encryptor(),
                    DekAlgorithm.AES_256,
                    2,
                    ENCRYPTION_ID,
                    wrapped.thumbprint(),
                    wrapped.wrapped());
            assertThat(DekWraps.open(moved, remote)).as("bound to its version").isEmpty();
            byte[] content = {1, 2, 3};
            byte[] signature = device.sign(used, content);
            assertThat(CertificateSignature.verify(key.publicKey(), content, signature))
                    .isTrue();
            assertThat(CertificateSignature.verify(key.publicKey(), new byte[3], signature))
                    .isFalse();
            device.remove("tde", secret);
            device.remove("tde", secret);
            fails(Reason.KEY_MISSING, () -> device.find("tde", secret));
        }
    }

    @Test
    @DisplayName(
            "TDE-143, TDE-513, TDE-518: a command keeps keys, wraps database keys and signs; the one of the manual does")
    void aCommandKeepsKeys() throws Exception {
        String manual = Files.readString(Path.of("../docs/key-command.sh"));
        Path program = program(manual.replace("/etc/strongroom-keys", directory.toString()));
        lifeOf(new CommandDevice(program.toString()), "open sesame");
    }

    @Test
    @DisplayName("TDE-143: a command that fails, answers nonsense or nothing in time is told from a missing key")
    void aCommandMayFail() throws Exception {
        try (KeyBuffer secret = secret("s")) {
            fails(Reason.SESSION, () -> new CommandDevice("/nonexistent/command").find("k", secret));
            String path = program("#!/bin/sh\nexit 3\n").toString();
            fails(Reason.SESSION, () -> new CommandDevice(path).find("k", secret));
            program("#!/bin/sh\necho nonsense\n");
            fails(Reason.OPERATION, () -> new CommandDevice(path).find("k", secret));
            program("#!/bin/sh\necho '{\"public_key\":\"none\"}'\n");
            fails(Reason.OPERATION, () -> new CommandDevice(path).find("k", secret));
            program("#!/bin/sh\nexec sleep 60\n");
            fails(Reason.SESSION, () -> new CommandDevice(path, Duration.ofMillis(200)).find("k", secret));
        }
    }

    private static VaultDevice vault(String address) {
        return new VaultDevice(new VaultDevice.Place(URI.create(address), "transit", ""), null);
    }

    @Test
    @DisplayName("TDE-143, TDE-513, TDE-518: Vault's transit engine keeps keys, wraps database keys and signs")
    void vaultKeepsKeys() {
        try (TransitStub stub = new TransitStub("hvs.token")) {
            lifeOf(vault(stub.address()), "hvs.token");
        }
    }

    @Test
    @DisplayName(
            "TDE-143: a key rotated in Vault goes on in the version the server knows; Vault down is no missing key")
    void vaultRotatesAndStops() throws Exception {
        TransitStub stub = new TransitStub("t");
        VaultDevice device = vault(stub.address());
        try (KeyBuffer secret = secret("t")) {
            AsymmetricKey first = AsymmetricKey.of(device.create("tde", 2048, secret, randomness, 0));
            Used used = new Used("tde", first.publicKey(), secret);
            stub.rotate("tde", 2048);
            assertThat(device.find("tde", secret)).isNotEqualTo(first.publicKey());
            byte[] signature = device.sign(used, new byte[1]);
            assertThat(CertificateSignature.verify(first.publicKey(), new byte[1], signature))
                    .isTrue();
            fails(Reason.KEY_MISSING, () -> device.find("no/such key", secret));
            fails(Reason.OPERATION, () -> device.decrypt(used, new byte[256]));
            stub.close();
            fails(Reason.SESSION, () -> device.find("tde", secret));
        } finally {
            stub.close();
        }
    }
}
