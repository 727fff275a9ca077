package dev.strongroom.crypto.hierarchy;

import static dev.strongroom.crypto.hierarchy.PrivateKeyFileTest.assertError;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.strongroom.crypto.SeededRandomness;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.key.KeyBuffer;
import java.nio.ByteBuffer;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HierarchyTest {
    private static final SeededRandomness RANDOMNESS = new SeededRandomness(5);
    private static final String PASSWORD = "P@ssw0rd";
    private static final byte[] ENCRYPTION_ID = new byte[16];
    private static final KeyPair PAIR = KeyPair.generate("My DEK Certificate", 1_000_000L, 31_000_000L, RANDOMNESS);

    private final ServiceMasterKey serviceKey = ServiceMasterKey.generate(RANDOMNESS, 42);

    @Test
    void generatedCertificateSaysWhatItWasTold() {
        Certificate certificate = PAIR.certificate();
        assertThat(certificate.subject()).isEqualTo("My DEK Certificate");
        assertThat(certificate.issuer()).isEqualTo("My DEK Certificate");
        assertThat(certificate.keyBits()).isEqualTo(3072);
        assertThat(certificate.startMicros()).isEqualTo(1_000_000L);
        assertThat(certificate.expiryMicros()).isEqualTo(31_000_000L);
        assertThat(certificate.serial()).matches("([0-9a-f]{2} ){15}[0-9a-f]{2}");
        assertThatNoException().isThrownBy(() -> certificate.x509().verify(certificate.publicKey(), "SunRsaSign"));
    }

    @Test
    void subjectMayHoldAnySign() {
        try (KeyPair pair = KeyPair.generate("a, b = \"c\" + d", 0, 1_000_000L, RANDOMNESS)) {
            assertThat(pair.certificate().subject()).isEqualTo("a, b = \"c\" + d");
        }
    }

    /** TDE-513: neither another database nor another version opens the wrap. */
    @Test
    void wrappedDekOpensForItsDatabaseAndVersionOnly() {
        try (KeyBuffer dek = KeyBuffer.random(RANDOMNESS, 32)) {
            WrappedDek wrapped = DekWraps.wrap(dek, DekAlgorithm.AES_256, 3, ENCRYPTION_ID, PAIR);
            WrappedDek read =
                    WrappedDek.decode(ByteBuffer.wrap(wrapped.encode())).orElseThrow();
            try (KeyBuffer opened = DekWraps.open(read, PAIR).orElseThrow()) {
                assertThat(opened.sameAs(dek)).isTrue();
            }
            assertThat(DekWraps.open(graft(wrapped, 4, ENCRYPTION_ID), PAIR)).isEmpty();
            byte[] otherDatabase = ENCRYPTION_ID.clone();
            otherDatabase[7] = 1;
            assertThat(DekWraps.open(graft(wrapped, 3, otherDatabase), PAIR)).isEmpty();
        }
    }

    private static WrappedDek graft(WrappedDek wrapped, int version, byte[] encryptionId) {
        return new WrappedDek(
                wrapped.encryptor(),
                wrapped.algorithm(),
                version,
                encryptionId,
                wrapped.thumbprint(),
                wrapped.wrapped());
    }

    @Test
    void systemDatabaseKeyIsWrappedByTheServiceKey() {
        try (KeyBuffer dek = KeyBuffer.random(RANDOMNESS, 32);
                ServiceMasterKey other = ServiceMasterKey.generate(RANDOMNESS, 0)) {
            WrappedDek wrapped = DekWraps.wrap(dek, DekAlgorithm.AES_256, 1, ENCRYPTION_ID, serviceKey, RANDOMNESS);
            try (KeyBuffer opened = DekWraps.open(wrapped, serviceKey).orElseThrow()) {
                assertThat(opened.sameAs(dek)).isTrue();
            }
            assertThat(DekWraps.open(wrapped, other)).isEmpty();
            assertThat(DekWraps.open(graft(wrapped, 2, ENCRYPTION_ID), serviceKey))
                    .isEmpty();
        }
    }

    @Test
    void masterKeyOpensByServiceKeyAndByPassword() {
        try (DatabaseMasterKey masterKey = DatabaseMasterKey.generate(RANDOMNESS)) {
            byte[] byService = masterKey.wrapByServiceKey(serviceKey, RANDOMNESS);
            try (DatabaseMasterKey opened = DatabaseMasterKey.openByServiceKey(masterKey.guid(), byService, serviceKey)
                    .orElseThrow()) {
                assertThat(opened.secret().sameAs(masterKey.secret())).isTrue();
            }
            assertThat(DatabaseMasterKey.openByServiceKey(new UUID(1, 2), byService, serviceKey))
                    .isEmpty();
            PasswordWrap byPassword = PasswordWrap.decode(
                            masterKey.wrapByPassword(PASSWORD, RANDOMNESS).encode())
                    .orElseThrow();
            byte[] label = DatabaseMasterKey.passwordLabel(masterKey.guid());
            assertThat(byPassword.open(PASSWORD, label)).isInstanceOf(Opening.Opened.class);
            assertThat(byPassword.open("P@ssw0rD", label)).isInstanceOf(Opening.WrongPassword.class);
            byPassword.sealed()[30] ^= 1;
            assertThat(byPassword.open(PASSWORD, label)).isInstanceOf(Opening.Damaged.class);
        }
    }

    /** S-2: the wrap of a private key fits its certificate only. */
    @Test
    void privateKeyWrapIsBoundToTheCertificate() {
        try (DatabaseMasterKey masterKey = DatabaseMasterKey.generate(RANDOMNESS)) {
            UUID guid = KeyObject.newGuid(RANDOMNESS);
            byte[] wrapped = masterKey
                    .wrapping()
                    .wrap(PAIR.privateKey(), KeyObject.PRIVATE_KEY, guid, PAIR.wrapContext(), RANDOMNESS);
            assertThat(masterKey.wrapping().unwrap(wrapped, KeyObject.PRIVATE_KEY, guid, PAIR.wrapContext()))
                    .isPresent();
            assertThat(masterKey.wrapping().unwrap(wrapped, KeyObject.PRIVATE_KEY, guid, new byte[32]))
                    .isEmpty();
        }
    }

    /** TDE-131: a wrap opens for its kind of object, its guid and the key above it, and for no other. */
    @Test
    void wrapsAreBoundToWhatTheyHold() {
        try (DatabaseMasterKey masterKey = DatabaseMasterKey.generate(RANDOMNESS);
                DatabaseMasterKey other = DatabaseMasterKey.generate(RANDOMNESS)) {
            UUID guid = KeyObject.newGuid(RANDOMNESS);
            byte[] context = {1};
            byte[] wrapped =
                    masterKey.wrapping().wrap(PAIR.privateKey(), KeyObject.PRIVATE_KEY, guid, context, RANDOMNESS);
            for (KeyObject kind : KeyObject.values()) {
                assertThat(masterKey
                                .wrapping()
                                .unwrap(wrapped, kind, guid, context)
                                .isPresent())
                        .as("%s", kind)
                        .isEqualTo(kind == KeyObject.PRIVATE_KEY);
            }
            assertThat(masterKey.wrapping().unwrap(wrapped, KeyObject.PRIVATE_KEY, new UUID(1, 2), context))
                    .isEmpty();
            assertThat(other.wrapping().unwrap(wrapped, KeyObject.PRIVATE_KEY, guid, context))
                    .isEmpty();
            byte[] label = new WrapLabel(KeyObject.PRIVATE_KEY, guid, masterKey.guid(), context).bytes();
            for (WrapLabel changed : new WrapLabel[] {
                new WrapLabel(KeyObject.CREDENTIAL, guid, masterKey.guid(), context),
                new WrapLabel(KeyObject.PRIVATE_KEY, masterKey.guid(), guid, context),
                new WrapLabel(KeyObject.PRIVATE_KEY, guid, WrapLabel.NO_PARENT, context)
            }) {
                assertThat(changed.bytes()).isNotEqualTo(label);
            }
        }
    }

    /** TDE-131, 132: a wrong password and a damaged file are told apart. */
    @Test
    void keyBackupFileTellsPasswordFromDamage() {
        KeyBackupFile file = KeyBackupFile.of(
                KeyObject.SERVICE_MASTER_KEY, serviceKey.guid(), serviceKey.secret(), PASSWORD, RANDOMNESS);
        byte[] encoded = file.encode();
        assertThat(new String(encoded, 0, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("SRKB");
        KeyBackupFile read = KeyBackupFile.decode(encoded).orElseThrow();
        assertThat(read.guid()).isEqualTo(serviceKey.guid());
        assertThat(read.open(PASSWORD))
                .isInstanceOfSatisfying(
                        Opening.Opened.class,
                        opened -> assertThat(opened.secret().sameAs(serviceKey.secret()))
                                .isTrue());
        assertThat(read.open("N0t the one")).isInstanceOf(Opening.WrongPassword.class);
        encoded[10] ^= 1;
        assertThat(KeyBackupFile.decode(encoded).orElseThrow().open(PASSWORD)).isInstanceOf(Opening.Damaged.class);
        assertThat(KeyBackupFile.decode(new byte[] {1, 2, 3})).isEmpty();
    }

    @Test
    void passwordPolicyNamesTheReason() {
        assertError(() -> PasswordPolicy.check("Ab1!"), 33062);
        assertError(() -> PasswordPolicy.check("Ab1!".repeat(40)), 33063);
        assertError(() -> PasswordPolicy.check("abcdefgh1"), 33064);
        assertThatNoException().isThrownBy(() -> PasswordPolicy.check("abcdefgH1"));
    }

    /** TDE-160, S-2: 15209 when the private key does not open what its public key wrapped; nobody relies on such a wrap. */
    @Test
    void aWrapThatDoesNotOpenIsRefused() {
        try (KeyBuffer dek = KeyBuffer.random(RANDOMNESS, 32)) {
            KeyPair mixed = new KeyPair(PAIR.certificate(), AsymmetricKey.generate(3072, RANDOMNESS));
            assertError(() -> DekWraps.wrap(dek, DekAlgorithm.AES_256, 1, ENCRYPTION_ID, mixed), 15209);
        }
    }

    /** TDE-160: 15506 when a key is too short to sign. */
    @Test
    void aKeyThatCannotSign() {
        KeyPair small = new KeyPair(PAIR.certificate(), AsymmetricKey.generate(512, RANDOMNESS));
        assertError(() -> CertificateSignature.sign(small, new byte[10]), 15506);
    }

    /** TDE-160: 15468 when no key can be made, here because the Java runtime lost its RSA provider. */
    @Test
    void noKeyWithoutAProvider() {
        Provider rsa = Objects.requireNonNull(Security.getProvider("SunRsaSign"));
        int position = List.of(Security.getProviders()).indexOf(rsa) + 1;
        Security.removeProvider("SunRsaSign");
        try {
            assertError(() -> AsymmetricKey.generate(2048, RANDOMNESS), 15468);
            assertError(() -> KeyPair.generate("c", 0, 1_000_000L, RANDOMNESS), 15468);
        } finally {
            Security.insertProviderAt(rsa, position);
        }
        AsymmetricKey.generate(2048, RANDOMNESS).close();
    }
}
