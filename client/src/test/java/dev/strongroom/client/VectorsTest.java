package dev.strongroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.Vectors.Vector;
import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every known-answer vector through the driver's own entry points, the refused ones included (AE-180, AE-70 to AE-84,
 * AE-87, B-6).
 */
final class VectorsTest {
    static Stream<Vector> cells() {
        return Vectors.of("cells");
    }

    static Stream<Vector> refusedCells() {
        return Vectors.of("cells_refused");
    }

    static Stream<Vector> keys() {
        return Vectors.of("encrypted_ceks");
    }

    static Stream<Vector> refusedKeys() {
        return Vectors.of("encrypted_ceks_refused");
    }

    static Stream<Vector> signatures() {
        return Vectors.of("cmk_metadata_signatures");
    }

    @ParameterizedTest
    @MethodSource("cells")
    void cellsOpenAndDeterministicOnesAreMadeByteForByte(Vector vector) throws Exception {
        byte[] plain = vector.bytes("plaintext_hex");
        byte[] cell = vector.bytes("ciphertext_hex");
        try (ColumnKey key = ColumnKey.of(Vectors.columnKey(vector.text("cek")))) {
            assertThat(key.decrypt(cell)).isEqualTo(plain);
            if (vector.text("check").equals("exact")) {
                assertThat(key.encrypt(EncryptionType.DETERMINISTIC, plain)).isEqualTo(cell);
            } else {
                byte[] first = key.encrypt(EncryptionType.RANDOMIZED, plain);
                byte[] second = key.encrypt(EncryptionType.RANDOMIZED, plain);
                assertThat(first).isNotEqualTo(second).isNotEqualTo(cell).hasSameSizeAs(cell);
                assertThat(key.decrypt(first)).isEqualTo(plain);
            }
            // The chains inside the cipher objects carry nothing from one cell to the next.
            assertThat(key.decrypt(cell)).isEqualTo(plain);
        }
    }

    @ParameterizedTest
    @MethodSource("refusedCells")
    void changedCellsAreRefusedEvenWhereTheOracleAcceptsThem(Vector vector) throws Exception {
        Reason expected =
                Reason.valueOf("CELL_" + vector.text("error").replace('-', '_').toUpperCase(Locale.ROOT));
        try (ColumnKey key = ColumnKey.of(Vectors.columnKey(vector.text("cek")))) {
            assertThatThrownBy(() -> key.decrypt(vector.bytes("ciphertext_hex")))
                    .isInstanceOfSatisfying(
                            ColumnEncryptionException.class,
                            e -> assertThat(e.reason()).isEqualTo(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void encryptedColumnKeysOpen(Vector vector) throws Exception {
        byte[] opened = Vectors.provider()
                .decryptColumnEncryptionKey(
                        vector.text("cmk_alias"), vector.text("algorithm"), vector.bytes("encrypted_value_hex"));
        assertThat(opened).isEqualTo(Vectors.columnKey(vector.text("cek")));
    }

    @ParameterizedTest
    @MethodSource("refusedKeys")
    void badEncryptedColumnKeysAreRefusedInOurWords(Vector vector) {
        assertThatThrownBy(() -> Vectors.provider()
                        .decryptColumnEncryptionKey(
                                vector.text("cmk_alias"),
                                vector.text("algorithm"),
                                vector.bytes("encrypted_value_hex")))
                .isInstanceOfSatisfying(
                        ColumnEncryptionException.class,
                        e -> assertThat(e.reason()).isIn(Reason.KEY_INVALID, Reason.ALGORITHM_UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("signatures")
    void metadataSignaturesVerifyOrNot(Vector vector) throws Exception {
        boolean verifies = Vectors.provider()
                .verifyColumnMasterKeyMetadata(vector.text("key_path"), true, vector.bytes("signature_hex"));
        assertThat(verifies).isEqualTo(vector.text("expect").equals("verifies"));
        if (verifies) {
            assertThat(Vectors.provider().signColumnMasterKeyMetadata(vector.text("key_path"), true))
                    .isEqualTo(vector.bytes("signature_hex"));
            assertThat(Vectors.provider()
                            .verifyColumnMasterKeyMetadata(
                                    vector.text("key_path"), false, vector.bytes("signature_hex")))
                    .isFalse();
        }
    }
}
