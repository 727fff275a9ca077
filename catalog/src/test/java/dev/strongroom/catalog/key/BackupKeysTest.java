package dev.strongroom.catalog.key;

import static dev.strongroom.catalog.key.TestingKeys.MASTER;
import static dev.strongroom.catalog.key.TestingKeys.USER;
import static dev.strongroom.catalog.key.TestingKeys.assertNumber;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.key.KeyEntry.Commitment;
import dev.strongroom.crypto.dek.DatabaseKeys;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.hierarchy.AsymmetricKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.storage.backup.BackupDescription;
import dev.strongroom.storage.backup.BackupKind;
import dev.strongroom.storage.backup.BackupManifest;
import dev.strongroom.storage.backup.ManifestSigner;
import dev.strongroom.storage.boot.BackupFacts;
import dev.strongroom.storage.boot.BootRecord;
import dev.strongroom.storage.boot.EncryptionFacts;
import dev.strongroom.storage.database.NewKey;
import dev.strongroom.storage.log.Counters;
import dev.strongroom.storage.page.PageManifest;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupKeysTest {
    @TempDir
    Path directory;

    private TestingKeys keys;
    private BackupKeys backupKeys;

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 7);
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.createCertificate("other");
        backupKeys = keys.services().backupKeys();
    }

    private BackupKeys.StreamKey key(String certificate) {
        return backupKeys.make(
                keys.in(MASTER), "AES_256", new dev.strongroom.catalog.key.DatabaseKeys.Encryptor(false, certificate));
    }

    private static BackupManifest unsigned(List<WrappedDek> wrapped) {
        BootRecord boot = new BootRecord(
                new byte[16],
                USER,
                1,
                10,
                1,
                1,
                1,
                false,
                Counters.FIRST,
                PageManifest.EMPTY,
                EncryptionFacts.NONE,
                BackupFacts.NONE);
        BackupDescription description = new BackupDescription(
                new byte[16],
                BackupKind.DATABASE,
                new BackupDescription.Origin("d", "s", "u", "", "", false, false, 0, 0),
                boot,
                wrapped,
                new BackupDescription.Range(1, 2, 1, new byte[16], new byte[16]),
                BackupDescription.Sealing.NONE,
                1,
                2,
                3,
                4);
        return new BackupManifest(description, new byte[64], new byte[0], new byte[0]);
    }

    private BackupManifest signed(List<WrappedDek> wrapped, WrappedDek by) {
        ManifestSigner signer = backupKeys.signer(by).orElseThrow();
        BackupManifest named =
                new BackupManifest(unsigned(wrapped).description(), new byte[64], signer.certificate(), new byte[0]);
        return new BackupManifest(
                named.description(), named.hashes(), named.certificate(), signer.sign(named.signedContent()));
    }

    /** TDE-516: REKEY gives a copy an encryption id and a key of its own, which the key of the source cannot stand for. */
    @Test
    void aCopyGetsAKeyOfItsOwn() {
        try (BackupKeys.StreamKey source = key("c")) {
            NewKey own = backupKeys.own(USER, 2, source.wrapped());
            WrappedDek wrapped = Objects.requireNonNull(own.wrapped());
            assertThat(wrapped.keyVersion()).isEqualTo(2);
            assertThat(wrapped.thumbprint()).isEqualTo(source.wrapped().thumbprint());
            assertThat(wrapped.encryptionId()).isNotEqualTo(source.wrapped().encryptionId());
            assertThat(own.key().commitment()).isNotEqualTo(source.key().commitment());
            WrappedDek grafted = new WrappedDek(
                    wrapped.encryptor(),
                    wrapped.algorithm(),
                    wrapped.keyVersion(),
                    wrapped.encryptionId(),
                    wrapped.thumbprint(),
                    source.wrapped().wrapped());
            assertNumber(() -> keys.services.encryptors().openDek(grafted), 33126);
            own.key().close();
        }
    }

    @Test
    @DisplayName("TDE-518: a backup counts only if the certificate that wraps its key has signed it")
    void aBackupMustBeSignedByTheCertificateThatWrapsItsKey() {
        try (BackupKeys.StreamKey own = key("c");
                BackupKeys.StreamKey foreign = key("other")) {
            List<WrappedDek> wrapped = List.of(own.wrapped());
            assertThat(backupKeys.doubt(signed(wrapped, own.wrapped()), List.of()))
                    .isEmpty();
            assertThat(backupKeys.doubt(unsigned(wrapped), List.of())).contains("it is not signed");
            assertThat(backupKeys.doubt(signed(wrapped, foreign.wrapped()), List.of()))
                    .hasValueSatisfying(why -> assertThat(why).contains("does not protect its key"));
            BackupManifest good = signed(wrapped, own.wrapped());
            BackupManifest changed =
                    new BackupManifest(good.description(), new byte[32], good.certificate(), good.signature());
            assertThat(backupKeys.doubt(changed, List.of())).contains("the signature does not fit");
        }
    }

    /** The signature of a provider is RSASSA-PSS by a key whose public half stands where a certificate would. */
    private static byte[] providerSignature(KeyPair pair, byte[] content) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("RSASSA-PSS");
        signature.setParameter(new PSSParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, PSSParameterSpec.TRAILER_FIELD_BC));
        signature.initSign(pair.getPrivate());
        signature.update(content);
        return signature.sign();
    }

    @Test
    @DisplayName("TDE-518: a backup under a provider's key counts only with that key's own signature over all of it")
    void aBackupUnderAProvidersKeyMustBeSignedByIt() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair own = generator.generateKeyPair();
        KeyPair foreign = generator.generateKeyPair();
        AsymmetricKey key = AsymmetricKey.of((RSAPublicKey) own.getPublic());
        AsymmetricKey other = AsymmetricKey.of((RSAPublicKey) foreign.getPublic());
        List<WrappedDek> wrapped = List.of(new WrappedDek(
                WrappedDek.Encryptor.ASYMMETRIC_KEY,
                DekAlgorithm.AES_256,
                1,
                new byte[16],
                key.thumbprint(),
                new byte[256]));
        BackupManifest named =
                new BackupManifest(unsigned(wrapped).description(), new byte[64], key.encoded(), new byte[0]);
        byte[] signature = providerSignature(own, named.signedContent());
        assertThat(doubt(named, named.hashes(), key.encoded(), signature)).isEmpty();
        assertThat(doubt(named, new byte[32], key.encoded(), signature)).contains("the signature does not fit");
        for (int bit : new int[] {0, 1023, 2047}) {
            byte[] altered = signature.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(doubt(named, named.hashes(), key.encoded(), altered)).contains("the signature does not fit");
        }
        byte[] cut = Arrays.copyOf(signature, 255);
        assertThat(doubt(named, named.hashes(), key.encoded(), cut)).contains("the signature does not fit");
        assertThat(doubt(named, named.hashes(), key.encoded(), new byte[0])).contains("it is not signed");
        BackupManifest theirs = new BackupManifest(named.description(), named.hashes(), other.encoded(), new byte[0]);
        byte[] good = providerSignature(foreign, theirs.signedContent());
        assertThat(doubt(named, named.hashes(), other.encoded(), good))
                .hasValueSatisfying(why -> assertThat(why).contains("does not protect its key"));
        assertThat(doubt(named, named.hashes(), new byte[] {1}, good)).contains("its public key is malformed");
    }

    private Optional<String> doubt(BackupManifest manifest, byte[] hashes, byte[] signer, byte[] signature) {
        return backupKeys.doubt(new BackupManifest(manifest.description(), hashes, signer, signature), List.of());
    }

    @Test
    @DisplayName("TDE-518: an unsigned backup is not laid over a database whose key a certificate wraps")
    void anUnsignedBackupIsNotLaidOverASealedDatabase() {
        assertThat(backupKeys.doubt(unsigned(List.of()), List.of())).isEmpty();
        try (BackupKeys.StreamKey own = key("c");
                BackupKeys.StreamKey foreign = key("other")) {
            List<WrappedDek> known = List.of(own.wrapped());
            assertThat(backupKeys.doubt(unsigned(List.of()), known)).contains("it is not signed");
            assertThat(backupKeys.doubt(signed(List.of(), own.wrapped()), known))
                    .isEmpty();
            assertThat(backupKeys.doubt(signed(List.of(), foreign.wrapped()), known))
                    .isPresent();
        }
    }

    @Test
    @DisplayName("S-2: what master knows of a key version is never replaced by another key (4330)")
    void aCommitmentIsNeverReplacedByAnotherKey() {
        try (BackupKeys.StreamKey first = key("c");
                BackupKeys.StreamKey second = key("c");
                DatabaseKeys mine = new DatabaseKeys();
                DatabaseKeys theirs = new DatabaseKeys()) {
            mine.add(backupKeys.openOne(first.wrapped()));
            theirs.add(backupKeys.openOne(second.wrapped()));
            backupKeys.commit(USER, mine, List.of(first.wrapped()));
            Commitment known =
                    keys.services().catalog().head().commitment(USER, 1).orElseThrow();
            assertNumber(() -> backupKeys.commit(USER, theirs, List.of(second.wrapped())), 4330);
            backupKeys.commit(USER, mine, List.of(first.wrapped()));
            assertThat(keys.services()
                            .catalog()
                            .head()
                            .commitment(USER, 1)
                            .orElseThrow()
                            .commitment())
                    .isEqualTo(known.commitment());
        }
    }
}
