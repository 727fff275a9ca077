package dev.strongroom.crypto.hierarchy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.SeededRandomness;
import dev.strongroom.crypto.key.KeyBuffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TDE-139. The files were written by OpenSSL. */
class PrivateKeyFileTest {
    private static final String PASSWORD = "Secret123";
    private static final SeededRandomness RANDOMNESS = new SeededRandomness(3);

    @ParameterizedTest
    @ValueSource(strings = {"plain.p8", "encrypted.p8", "encrypted3des.pem", "strong.pvk", "weak.pvk", "none.pvk"})
    void everyFormatGivesTheSameKey(String name) throws IOException {
        Certificate certificate = Certificate.parse(file("certificate.pem"));
        KeyBuffer key = PrivateKeyFile.read(file(name), PASSWORD);
        try (KeyPair pair = KeyPair.join(certificate, key);
                KeyPair again = KeyPair.join(certificate, PrivateKeyFile.read(file("plain.p8"), null))) {
            assertThat(pair.rsaPrivateKey().getPrivateExponent())
                    .isEqualTo(again.rsaPrivateKey().getPrivateExponent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"encrypted.p8", "encrypted3des.pem", "strong.pvk", "weak.pvk"})
    void wrongAndMissingPasswordAre15465(String name) throws IOException {
        byte[] content = file(name);
        assertError(() -> PrivateKeyFile.read(content, "Secret124"), 15465);
        assertError(() -> PrivateKeyFile.read(content, null), 15465);
    }

    @Test
    void pfxIsReadAndItsWrongPasswordFound() throws IOException {
        byte[] content = file("store.pfx");
        try (KeyPair pair = PrivateKeyFile.readPkcs12(content, PASSWORD)) {
            assertThat(pair.certificate().thumbprint())
                    .isEqualTo(Certificate.parse(file("certificate.der")).thumbprint());
        }
        assertError(() -> PrivateKeyFile.readPkcs12(content, "Secret124"), 15465);
        assertError(() -> PrivateKeyFile.readPkcs12(new byte[] {1, 2, 3}, PASSWORD), 15297);
    }

    @Test
    void writtenKeysAreReadBack() throws IOException {
        Certificate certificate = Certificate.parse(file("certificate.der"));
        try (KeyPair pair = KeyPair.join(certificate, PrivateKeyFile.read(file("plain.p8"), null))) {
            byte[] pkcs8 = PrivateKeyFile.writePkcs8(pair.privateKey(), "An0ther!one", RANDOMNESS);
            try (KeyBuffer read = PrivateKeyFile.read(pkcs8, "An0ther!one")) {
                assertThat(read.sameAs(pair.privateKey())).isTrue();
            }
            byte[] pfx = PrivateKeyFile.writePkcs12(pair, "An0ther!one");
            try (KeyPair read = PrivateKeyFile.readPkcs12(pfx, "An0ther!one")) {
                assertThat(read.certificate().thumbprint()).isEqualTo(certificate.thumbprint());
            }
        }
    }

    @Test
    void garbageIs15297() {
        assertError(() -> PrivateKeyFile.read(new byte[] {0x30, 1, 2}, PASSWORD), 15297);
        assertError(() -> Certificate.parse(new byte[] {1, 2, 3}), 15297);
    }

    @Test
    void foreignKeyIs15474() throws IOException {
        Certificate certificate = Certificate.parse(file("certificate.der"));
        try (KeyPair other = KeyPair.generate("Other", 0, 1_000_000, RANDOMNESS)) {
            assertError(() -> KeyPair.join(certificate, other.privateKey()), 15474);
        }
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PrivateKeyFileTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    static void assertError(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, int number) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class,
                        e -> assertThat(NumberedError.numberOf(e.report())).contains(number));
    }
}
