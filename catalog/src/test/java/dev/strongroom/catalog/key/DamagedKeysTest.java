package dev.strongroom.catalog.key;

import static dev.strongroom.catalog.key.TestingKeys.MASTER;
import static dev.strongroom.catalog.key.TestingKeys.PASSWORD;
import static dev.strongroom.catalog.key.TestingKeys.USER;
import static dev.strongroom.catalog.key.TestingKeys.assertNumber;
import static dev.strongroom.catalog.key.TestingKeys.naming;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.key.Certificates.PrivateKeyClause;
import dev.strongroom.catalog.key.DatabaseKeys.Encryptor;
import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.TokenFailure;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TDE-160: the numbers that only damage, or a place no statement leads to, can provoke. */
class DamagedKeysTest {
    @TempDir
    Path directory;

    private TestingKeys keys;

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 7);
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.services
                .certificates()
                .generate(
                        keys.in(MASTER),
                        naming("p"),
                        "p",
                        CertificateDates.of(null, null, TestingKeys.NOW),
                        "An0ther-one");
    }

    private void damage(String name) {
        CertificateEntry entry =
                keys.services.catalog().head().certificate(MASTER, name).orElseThrow();
        byte[] bad = Objects.requireNonNull(entry.wrappedKey()).clone();
        bad[bad.length - 1] ^= 1;
        keys.services.catalog().change(head -> Change.put(entry.withKey(entry.protection(), bad, 0)));
    }

    /** TDE-160: 15276, no master key in tempdb and model. */
    @Test
    void noMasterKeyInSomeSystemDatabases() {
        assertNumber(() -> keys.services.masterKeys().create(keys.in(2), PASSWORD), 15276);
        assertNumber(() -> keys.services.masterKeys().create(keys.in(3), PASSWORD), 15276);
    }

    /** TDE-160: 15466, a private key under the master key that does not open any more. */
    @Test
    void aDamagedPrivateKeyDoesNotDecrypt() {
        damage("c");
        assertNumber(
                () -> keys.services
                        .certificates()
                        .alterPrivateKey(
                                keys.in(MASTER), "c", new PrivateKeyClause(false, null, null, "An0ther-one"), false),
                15466);
    }

    /** TDE-160: 15507, a private key under a password: the password is right, the rest is not. */
    @Test
    void aDamagedKeyUnderAPasswordIsToldFromAWrongPassword() {
        assertNumber(() -> open("Wr0ng-password"), 15465);
        damage("p");
        assertNumber(() -> open("An0ther-one"), 15507);
    }

    private void open(String password) {
        keys.services
                .certificates()
                .alterPrivateKey(keys.in(MASTER), "p", new PrivateKeyClause(false, null, password, null), false);
    }

    /** TDE-160: 15393 where a change of the service master key would lose a credential's secret; 15584 with FORCE. */
    @Test
    void aDamagedSecretOfACredential() {
        keys.services.credentials().create(keys.in(MASTER), new Credentials.Definition("cr", "who", "Secret-1", null));
        CredentialEntry entry = keys.services.catalog().head().credential("cr").orElseThrow();
        byte[] bad = Objects.requireNonNull(entry.secret()).clone();
        bad[bad.length - 1] ^= 1;
        keys.services.catalog().change(head -> Change.put(entry.withSecret(bad)));
        assertNumber(() -> keys.services.serviceKeys().regenerate(keys.in(MASTER), false), 15393);
        keys.services.serviceKeys().regenerate(keys.in(MASTER), true);
    }

    /** TDE-160: 33126, a wrapped database key that its own certificate does not open. */
    @Test
    void aDamagedDatabaseKey() {
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", new Encryptor(false, "c"));
        WrappedDek good = keys.encryption.status().keys().get(0);
        byte[] bad = good.wrapped().clone();
        bad[10] ^= 1;
        WrappedDek damaged = new WrappedDek(
                good.encryptor(), good.algorithm(), good.keyVersion(), good.encryptionId(), good.thumbprint(), bad);
        assertNumber(() -> keys.services.encryptors().openDek(damaged), 33126);
        keys.services.encryptors().openDek(good).close();
    }

    /** TDE-160: 33030, a key whose provider is not there. */
    @Test
    void aKeyWithoutItsProvider() {
        keys.services.encryptors().tokens().enabledBySetting(true);
        try (KeyBuffer own = AsymmetricKey.generate(2048, keys.randomness)) {
            keys.services
                    .catalog()
                    .change(head -> Change.put(new AsymmetricKeyEntry(
                            MASTER,
                            AsymmetricKeyEntry.FIRST_ID,
                            "k",
                            TestingKeys.POSTGRES_ROLE,
                            AsymmetricKey.ofPrivate(own),
                            new UUID(1, 2),
                            Protection.NONE,
                            new byte[0],
                            0x2001_0000,
                            "k",
                            TestingKeys.POSTGRES_ROLE,
                            0,
                            Map.of())));
        }
        assertNumber(
                () -> keys.services.databaseKeys().create(keys.in(USER), "AES_256", new Encryptor(true, "k")), 33030);
    }

    /** TDE-160: 33055, what a token's refusal of an operation is called; {@code Pkcs11TokenTest} makes a token refuse. */
    @Test
    void aTokenThatRefusesAnOperation() {
        ProviderEntry provider = new ProviderEntry(
                ProviderEntry.FIRST_ID,
                "hsm",
                "hsm.srekm",
                new ProviderDescriptor(
                        ProviderDescriptor.Kind.PKCS11,
                        new UUID(1, 1),
                        "1.0.0.0",
                        "none",
                        "none",
                        new byte[32],
                        Map.of()),
                true,
                TestingKeys.POSTGRES_ROLE,
                0,
                Map.of());
        TokenFailure failure = new TokenFailure(TokenFailure.Reason.OPERATION, "refused");
        assertThat(NumberedError.numberOf(
                        Tokens.translated(failure, provider, "k").report()))
                .contains(33055);
    }
}
