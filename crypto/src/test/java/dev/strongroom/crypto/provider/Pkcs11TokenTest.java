package dev.strongroom.crypto.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.TokenKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.testkit.random.SeededRandomness;
import dev.strongroom.testkit.token.SoftHsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RSA keys in a SoftHSM2 token. */
class Pkcs11TokenTest {
    private static final long NOW = 1_763_769_600_000_000L;
    private static final byte[] ENCRYPTION_ID = new byte[16];

    @TempDir
    Path directory;

    private final SeededRandomness randomness = new SeededRandomness(1);

    private static KeyBuffer pin(String text) {
        return KeyBuffer.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    private Pkcs11Token token() {
        Path configuration = Path.of(Objects.requireNonNull(System.getenv("SOFTHSM2_CONF"), "set by the build"));
        SoftHsm hsm = SoftHsm.create(directory, configuration);
        return Pkcs11Token.load(hsm.library().toString(), 0, KeyBuffer.random(randomness, 32));
    }

    @Test
    @DisplayName("TDE-7, TDE-513, S-19: a key in a token wraps a DEK; OAEP is undone outside; the label binds it")
    void tokenKeyWrapsADatabaseKey() {
        Pkcs11Token token = token();
        try (KeyBuffer pin = pin(SoftHsm.PIN);
                KeyBuffer dek = KeyBuffer.random(randomness, 32)) {
            AsymmetricKey key = AsymmetricKey.of(token.create("tde", 2048, pin, randomness, NOW));
            assertThat(token.find("tde", pin)).isEqualTo(key.publicKey());
            TokenKey tokenKey =
                    new TokenKey(key, block -> token.decrypt(new KeyDevice.Used("tde", key.publicKey(), pin), block));
            WrappedDek wrapped = DekWraps.wrap(dek, DekAlgorithm.AES_256, 1, ENCRYPTION_ID, tokenKey);
            assertThat(wrapped.encryptor()).isEqualTo(WrappedDek.Encryptor.ASYMMETRIC_KEY);
            assertThat(wrapped.thumbprint()).isEqualTo(key.thumbprint());
            try (KeyBuffer opened = DekWraps.open(wrapped, tokenKey).orElseThrow()) {
                assertThat(opened.sameAs(dek)).isTrue();
            }
            WrappedDek moved = new WrappedDek(
                    wrapped.encryptor(),
                    DekAlgorithm.AES_256,
                    2,
                    ENCRYPTION_ID,
                    wrapped.thumbprint(),
                    wrapped.wrapped());
            assertThat(DekWraps.open(moved, tokenKey)).isEmpty();
            token.remove("tde", pin);
            assertThatThrownBy(() -> token.find("tde", pin)).isInstanceOf(TokenFailure.class);
        }
    }

    @Test
    @DisplayName("TDE-145: a wrong PIN is refused even while another login is active; names are taken once")
    void wrongPinIsRefused() {
        Pkcs11Token token = token();
        try (KeyBuffer pin = pin(SoftHsm.PIN);
                KeyBuffer wrong = pin("9999")) {
            token.create("once", 2048, pin, randomness, NOW);
            assertThatThrownBy(() -> token.find("once", wrong))
                    .isInstanceOfSatisfying(
                            TokenFailure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(TokenFailure.Reason.SESSION));
            assertThatThrownBy(() -> token.create("once", 2048, pin, randomness, NOW))
                    .isInstanceOfSatisfying(
                            TokenFailure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(TokenFailure.Reason.KEY_EXISTS));
            assertThat(token.find("once", pin)).isNotNull();
        }
    }

    @Test
    @DisplayName("TDE-160: a token that refuses an operation says so (33055)")
    void aRefusedOperationIsTold() {
        Pkcs11Token token = token();
        try (KeyBuffer pin = pin(SoftHsm.PIN)) {
            var key = token.create("refused", 2048, pin, randomness, NOW);
            assertThatThrownBy(() -> token.decrypt(new KeyDevice.Used("refused", key, pin), new byte[1000]))
                    .isInstanceOfSatisfying(
                            TokenFailure.class,
                            failure -> assertThat(failure.reason()).isEqualTo(TokenFailure.Reason.OPERATION));
        }
    }
}
