package dev.strongroom.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.sqlserver.jdbc.SQLServerColumnEncryptionJavaKeyStoreProvider;
import dev.strongroom.client.Vectors.Vector;
import dev.strongroom.client.cell.ColumnKey;
import dev.strongroom.client.cell.EncryptionType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** mssql-jdbc opens what we make and we open what it makes (B-11, AE-95). Its own classes, reached by reflection. */
final class OracleTest {
    private static final String PACKAGE = "com.microsoft.sqlserver.jdbc.";
    private static final long SEED = Long.getLong("strongroom.seed", 20260822L);

    static Stream<Vector> keys() {
        return Vectors.of("keys");
    }

    /** The oracle's cipher for a column key. */
    private static final class Oracle {
        private final Object algorithm;
        private final Method encrypt;
        private final Method decrypt;

        Oracle(byte[] columnKey, EncryptionType type) throws ReflectiveOperationException {
            Class<?> keyClass = Class.forName(PACKAGE + "SQLServerAeadAes256CbcHmac256EncryptionKey");
            Constructor<?> makeKey = keyClass.getDeclaredConstructor(byte[].class, String.class);
            makeKey.setAccessible(true);
            Object key = makeKey.newInstance(columnKey, "AEAD_AES_256_CBC_HMAC_SHA256");
            Class<?> typeClass = Class.forName(PACKAGE + "SQLServerEncryptionType");
            Method typeOf = typeClass.getDeclaredMethod("of", byte.class);
            typeOf.setAccessible(true);
            Class<?> algorithmClass = Class.forName(PACKAGE + "SQLServerAeadAes256CbcHmac256Algorithm");
            Constructor<?> make = algorithmClass.getDeclaredConstructor(keyClass, typeClass, byte.class);
            make.setAccessible(true);
            algorithm = make.newInstance(key, typeOf.invoke(null, (byte) type.code()), (byte) 1);
            encrypt = algorithmClass.getDeclaredMethod("encryptData", byte[].class);
            encrypt.setAccessible(true);
            decrypt = algorithmClass.getDeclaredMethod("decryptData", byte[].class);
            decrypt.setAccessible(true);
        }

        byte[] encrypt(byte[] plain) throws ReflectiveOperationException {
            return (byte[]) encrypt.invoke(algorithm, plain);
        }

        byte[] decrypt(byte[] cell) throws ReflectiveOperationException {
            return (byte[]) decrypt.invoke(algorithm, cell);
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void cellsOfAnyLengthOpenOnBothSides(Vector vector) throws Exception {
        byte[] columnKey = vector.bytes("cek_hex");
        Random random = new Random(SEED);
        Oracle deterministic = new Oracle(columnKey, EncryptionType.DETERMINISTIC);
        Oracle randomized = new Oracle(columnKey, EncryptionType.RANDOMIZED);
        try (ColumnKey key = ColumnKey.of(columnKey)) {
            for (int length = 0; length < 200; length++) {
                byte[] plain = new byte[length];
                random.nextBytes(plain);
                String what = "length " + length + ", seed " + SEED;
                byte[] ours = key.encrypt(EncryptionType.DETERMINISTIC, plain);
                assertThat(ours).as(what).isEqualTo(deterministic.encrypt(plain));
                assertThat(deterministic.decrypt(ours)).as(what).isEqualTo(plain);
                assertThat(key.decrypt(randomized.encrypt(plain))).as(what).isEqualTo(plain);
                assertThat(randomized.decrypt(key.encrypt(EncryptionType.RANDOMIZED, plain)))
                        .as(what)
                        .isEqualTo(plain);
            }
        }
    }

    @Test
    void columnKeysAndSignaturesOpenOnBothSides() throws Exception {
        SQLServerColumnEncryptionJavaKeyStoreProvider oracle = new SQLServerColumnEncryptionJavaKeyStoreProvider(
                Vectors.keyStore().toString(), Vectors.password().toCharArray());
        byte[] columnKey = Vectors.columnKey("cek3");
        for (String alias : new String[] {"strongroom-cmk-1", "Strongroom-CMK-2"}) {
            byte[] theirs = oracle.encryptColumnEncryptionKey(alias, "RSA_OAEP", columnKey);
            byte[] ours = Vectors.provider().encryptColumnEncryptionKey(alias, "RSA_OAEP", columnKey);
            assertThat(Vectors.provider().decryptColumnEncryptionKey(alias, "RSA_OAEP", theirs))
                    .isEqualTo(columnKey);
            assertThat(oracle.decryptColumnEncryptionKey(alias, "RSA_OAEP", ours))
                    .isEqualTo(columnKey);
            byte[] signature = Vectors.provider().signColumnMasterKeyMetadata(alias, true);
            assertThat(oracle.verifyColumnMasterKeyMetadata(alias, true, signature))
                    .isTrue();
            assertThat(Vectors.provider()
                            .verifyColumnMasterKeyMetadata(
                                    alias, true, oracle.signColumnMasterKeyMetadata(alias, true)))
                    .isTrue();
        }
    }
}
