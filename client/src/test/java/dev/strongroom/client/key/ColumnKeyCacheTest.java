package dev.strongroom.client.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.client.Vectors;
import dev.strongroom.client.Vectors.Vector;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.provider.JavaKeyStoreProvider;
import dev.strongroom.client.provider.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Opened keys: one call of the key store, then the cache, then nothing left (AE-38, AE-86, AE-126, AE-127, B-2). */
final class ColumnKeyCacheTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final AtomicInteger calls = new AtomicInteger();
    private final ColumnKeyCache cache = new ColumnKeyCache();

    private final class CountingProvider implements ColumnKeyProvider {
        private final JavaKeyStoreProvider real = Vectors.provider();

        @Override
        public String getName() {
            return real.getName();
        }

        @Override
        public Object store() {
            return real.store();
        }

        @Override
        public boolean trusts(String masterKeyPath) {
            return true;
        }

        @Override
        public byte[] decryptColumnEncryptionKey(String path, String algorithm, byte[] value)
                throws ColumnEncryptionException {
            calls.incrementAndGet();
            return real.decryptColumnEncryptionKey(path, algorithm, value);
        }

        @Override
        public byte[] encryptColumnEncryptionKey(String path, String algorithm, byte[] key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] signColumnMasterKeyMetadata(String path, boolean enclave) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean verifyColumnMasterKeyMetadata(String path, boolean enclave, byte[] signature) {
            throw new UnsupportedOperationException();
        }
    }

    private static EncryptedKey.Value value(String provider, String path, String id) {
        Vector vector = Vectors.of("encrypted_ceks")
                .filter(one -> one.text("id").equals(id))
                .findFirst()
                .orElseThrow();
        return new EncryptedKey.Value(provider, path, "RSA_OAEP", vector.bytes("encrypted_value_hex"));
    }

    private static EncryptedKey key(EncryptedKey.Value... values) {
        return new EncryptedKey(1, 1, "cek1", List.of(values));
    }

    private KeyProviders providers(TrustedPaths trusted) {
        KeyProviders providers = KeyProviders.ofProcess().inner(trusted);
        providers.add(new CountingProvider());
        return providers;
    }

    private byte[] encrypt(EncryptedKey key, KeyProviders providers, Duration life) throws Exception {
        return cache.use(
                key, providers, life, open -> open.encrypt(EncryptionType.DETERMINISTIC, new byte[] {1, 2, 3}));
    }

    @Test
    void aHundredThreadsCostOneCallOfTheKeyStore() throws Exception {
        EncryptedKey key = key(value(JavaKeyStoreProvider.NAME, "strongroom-cmk-1", "AEV-064"));
        KeyProviders providers = providers(TrustedPaths.REGISTERED_ONLY);
        List<Callable<byte[]>> tasks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tasks.add(() -> encrypt(key, providers, HOUR));
        }
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (Future<byte[]> answer : executor.invokeAll(tasks)) {
                assertThat(answer.get()).isEqualTo(encrypt(key, providers, HOUR));
            }
        }
        assertThat(calls).hasValue(1);
        cache.clear();
        assertThat(cache.size()).isZero();
        encrypt(key, providers, HOUR);
        assertThat(calls).hasValue(2);
    }

    @Test
    void afterItsTimeAKeyIsGone() throws Exception {
        EncryptedKey key = key(value(JavaKeyStoreProvider.NAME, "strongroom-cmk-1", "AEV-064"));
        KeyProviders providers = providers(TrustedPaths.REGISTERED_ONLY);
        encrypt(key, providers, Duration.ofMillis(1));
        for (int poll = 0; poll < 1000 && cache.size() > 0; poll++) {
            LockSupport.parkNanos(5_000_000);
        }
        assertThat(cache.size()).isZero();
        encrypt(key, providers, Duration.ZERO);
        encrypt(key, providers, Duration.ZERO);
        assertThat(calls.get()).isGreaterThanOrEqualTo(3);
        assertThat(cache.size()).isZero();
    }

    @Test
    void theFirstValueThatOpensIsUsed() throws Exception {
        EncryptedKey key = key(
                value("NO_SUCH_PROVIDER", "x", "AEV-064"),
                value(JavaKeyStoreProvider.NAME, "Strongroom-CMK-2", "AEV-064"),
                value(JavaKeyStoreProvider.NAME, "Strongroom-CMK-2", "AEV-067"));
        assertThat(encrypt(key, providers(TrustedPaths.REGISTERED_ONLY), HOUR)).hasSize(65);
    }

    /** A value under a path that is not trusted is passed over; where none opens, the last failure is told (AE-86). */
    @Test
    void ofSeveralFailuresTheLastIsTold() throws Exception {
        EncryptedKey.Value good = value(JavaKeyStoreProvider.NAME, "Strongroom-CMK-2", "AEV-067");
        EncryptedKey.Value untrusted = value(JavaKeyStoreProvider.NAME, "strongroom-cmk-1", "AEV-064");
        EncryptedKey.Value unknown = value("NO_SUCH_PROVIDER", "x", "AEV-064");
        KeyProviders second = providers(TrustedPaths.of("strongroom-cmk-2"));
        assertThat(encrypt(key(untrusted, good), second, HOUR)).hasSize(65);
        assertThat(calls).as("the store is not asked for what is not trusted").hasValue(1);
        assertThatThrownBy(() -> encrypt(key(unknown, untrusted), second, HOUR))
                .hasMessageContaining("does not trust")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThatThrownBy(() -> encrypt(key(untrusted, unknown), second, HOUR))
                .hasMessageContaining("no key store provider");
        assertThatThrownBy(() -> encrypt(key(), second, HOUR)).hasMessageContaining("has no encrypted value");
    }

    /** A client with one of two master keys asks its store in vain once, and not with every cell (AE-38, AE-152, B-2). */
    @Test
    void anOpenKeyIsNotSoughtUnderAnotherMasterKey() throws Exception {
        EncryptedKey key = key(
                value(JavaKeyStoreProvider.NAME, "Strongroom-CMK-2", "AEV-064"),
                value(JavaKeyStoreProvider.NAME, "Strongroom-CMK-2", "AEV-067"));
        KeyProviders providers = providers(TrustedPaths.REGISTERED_ONLY);
        for (int cell = 0; cell < 5; cell++) {
            encrypt(key, providers, HOUR);
        }
        assertThat(calls).hasValue(2);
        cache.clear();
        encrypt(key, providers, HOUR);
        assertThat(calls).hasValue(4);
    }

    @Test
    void anUntrustedPathIsNotEvenTriedThoughAnotherConnectionOpenedTheKey() throws Exception {
        EncryptedKey key = key(value(JavaKeyStoreProvider.NAME, "strongroom-cmk-1", "AEV-064"));
        encrypt(key, providers(TrustedPaths.REGISTERED_ONLY), HOUR);
        KeyProviders strict = providers(TrustedPaths.of("payroll*, strongroom-cmk-2"));
        assertThatThrownBy(() -> encrypt(key, strict, HOUR))
                .isInstanceOfSatisfying(
                        ColumnEncryptionException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.PATH_NOT_TRUSTED));
        assertThatThrownBy(() -> encrypt(key, KeyProviders.ofProcess(), HOUR))
                .hasMessageContaining("no key store provider");
        assertThat(encrypt(key, providers(TrustedPaths.of("strongroom-cmk-*")), HOUR))
                .hasSize(65);
        assertThat(calls).hasValue(1);
    }

    /** A key opened with one store's password is not for who has another (AE-8, AE-126). */
    @Test
    void whoCannotOpenAKeyDoesNotGetItFromTheCache() throws Exception {
        EncryptedKey key = key(value(JavaKeyStoreProvider.NAME, "strongroom-cmk-1", "AEV-064"));
        encrypt(key, providers(TrustedPaths.REGISTERED_ONLY), HOUR);
        KeyProviders wrong = KeyProviders.ofProcess().inner(TrustedPaths.REGISTERED_ONLY);
        wrong.add(new JavaKeyStoreProvider(Vectors.keyStore(), Secret.of("guess"), Secret.of("guess")));
        assertThatThrownBy(() -> encrypt(key, wrong, HOUR)).hasMessageContaining("wrong password");
        KeyProviders same = KeyProviders.ofProcess().inner(TrustedPaths.REGISTERED_ONLY);
        same.add(Vectors.provider());
        encrypt(key, same, HOUR);
        assertThat(cache.size()).isEqualTo(1);
        assertThat(Vectors.provider().store().toString()).doesNotContain(Vectors.password());
        assertThatThrownBy(() -> encrypt(
                        key(value(JavaKeyStoreProvider.NAME, "hr/../strongroom-cmk-1", "AEV-064")),
                        providers(TrustedPaths.of("hr/*")),
                        HOUR))
                .hasMessageContaining("does not trust");
    }

    @Test
    void anOwnProviderMayNotPretendToBeMicrosofts() {
        assertThatThrownBy(() -> KeyProviders.ofProcess().register(new CountingProvider()))
                .hasMessageContaining("reserved");
    }
}
