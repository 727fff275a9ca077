package dev.strongroom.catalog.key;

import static dev.strongroom.catalog.key.TestingKeys.MASTER;
import static dev.strongroom.catalog.key.TestingKeys.NOW;
import static dev.strongroom.catalog.key.TestingKeys.PASSWORD;
import static dev.strongroom.catalog.key.TestingKeys.USER;
import static dev.strongroom.catalog.key.TestingKeys.assertNumber;
import static dev.strongroom.catalog.key.TestingKeys.naming;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.key.Certificates.BackupKey;
import dev.strongroom.catalog.key.Certificates.Content;
import dev.strongroom.catalog.key.Certificates.PrivateKeyClause;
import dev.strongroom.catalog.key.KeyEntry.CertificateEntry;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TDE-133 to TDE-139, TDE-121. */
class CertificatesTest {
    private static final DatabaseKeys.Encryptor BY_C = new DatabaseKeys.Encryptor(false, "c");

    @TempDir
    Path directory;

    private TestingKeys keys;

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 99);
    }

    private Certificates certificates() {
        return keys.services.certificates();
    }

    private CertificateEntry entry(String name) {
        return keys.services.catalog().head().certificate(MASTER, name).orElseThrow();
    }

    /** TDE-27, TDE-138. */
    @Test
    void generatedCertificateNeedsAMasterKeyOrAPassword() {
        assertNumber(() -> keys.createCertificate("c"), 15581);
        generate("p", "With password", PASSWORD);
        assertThat(entry("p").protection()).isEqualTo(Protection.PASSWORD);
        keys.createMasterKey();
        keys.createCertificate("c");
        assertThat(entry("c").protection()).isEqualTo(Protection.MASTER_KEY);
        assertThat(entry("c").certificate().expiryMicros()).isEqualTo(NOW + 365L * 86_400 * 1_000_000);
        assertNumber(() -> keys.createCertificate("c"), 15232);
        assertThat(keys.open().catalog().head().certificates(MASTER)).hasSize(2);
    }

    /** TDE-100: a name keeps its spelling and is found in any; SQL Server's scripts mix them. */
    @Test
    void namesAreFoundInAnyCase() {
        keys.createMasterKey();
        keys.createCertificate("MyServerCert");
        assertThat(entry("myservercert").name()).isEqualTo("MyServerCert");
        assertNumber(() -> keys.createCertificate("MYSERVERCERT"), 15232);
        keys.services
                .databaseKeys()
                .create(keys.in(USER), "AES_256", new DatabaseKeys.Encryptor(false, "MyServercert"));
        assertThat(keys.encryption.status().keys()).hasSize(1);
    }

    /** TDE-136. */
    @Test
    void subjectHasOneTo64Characters() {
        assertNumber(() -> generate("c", "", PASSWORD), 15212);
        assertNumber(() -> generate("c", "x".repeat(65), PASSWORD), 15212);
    }

    private void generate(String name, String subject, String password) {
        certificates().generate(keys.in(MASTER), naming(name), subject, CertificateDates.of(null, null, NOW), password);
    }

    /** TDE-134: strange dates warn, the certificate is made all the same. */
    @Test
    void strangeDatesWarn() {
        keys.createMasterKey();
        certificates()
                .generate(
                        keys.in(MASTER),
                        naming("expired"),
                        "x",
                        CertificateDates.of("2001-01-01", "10/31/2002", NOW),
                        null);
        assertThat(keys.takeNotices()).containsExactly(15214);
        certificates()
                .generate(
                        keys.in(MASTER),
                        naming("turned"),
                        "x",
                        CertificateDates.of("2091-01-01", "20900101", NOW),
                        null);
        assertThat(keys.takeNotices()).containsExactly(15213, 15215);
    }

    /** TDE-139, TDE-82: backup with the private key, drop, create from the files, and it still opens the database. */
    @Test
    void certificateComesBackFromItsFiles() {
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        assertThat(keys.takeNotices()).containsExactly(33091);
        certificates().backup(keys.in(MASTER), "c", "public.cer", null);
        assertThat(entry("c").backedUpMicros()).isZero();
        certificates().backup(keys.in(MASTER), "c", "c.cer", new BackupKey(false, "c.pvk", null, PASSWORD));
        assertThat(entry("c").backedUpMicros()).isEqualTo(NOW);
        certificates().backup(keys.in(MASTER), "c", "c.pfx", new BackupKey(true, null, null, PASSWORD));
        assertNumber(
                () -> certificates()
                        .backup(keys.in(MASTER), "c", "c2.cer", new BackupKey(false, "c.pvk", null, PASSWORD)),
                15240);
        assertThat(directory.resolve("c2.cer")).doesNotExist();

        TestingKeys second = new TestingKeys(directory, 100);
        second.createMasterKey();
        PrivateKeyClause wrong = new PrivateKeyClause(false, new Content("c.pvk", null), "P@ssw0rD", null);
        assertNumber(
                () -> second.services
                        .certificates()
                        .importExisting(second.in(MASTER), naming("d"), new Content("c.cer", null), wrong),
                15465);
        PrivateKeyClause right = new PrivateKeyClause(false, new Content("c.pvk", null), PASSWORD, null);
        second.services
                .certificates()
                .importExisting(second.in(MASTER), naming("d"), new Content("c.cer", null), right);
        second.services
                .encryptors()
                .openDek(keys.encryption.status().keys().get(0))
                .close();
        PrivateKeyClause pfx = new PrivateKeyClause(true, null, PASSWORD, null);
        assertNumber(
                () -> second.services
                        .certificates()
                        .importExisting(second.in(MASTER), naming("e"), new Content("c.pfx", null), pfx),
                15232);
    }

    @Test
    void missingFilesAndMixedSourcesAreRefused() {
        keys.createMasterKey();
        assertNumber(
                () -> certificates()
                        .importExisting(keys.in(MASTER), naming("c"), new Content("nothing.cer", null), null),
                15208);
        generate("p", "x", PASSWORD);
        certificates().backup(keys.in(MASTER), "p", "p.cer", null);
        certificates().drop(keys.in(MASTER), "p", false);
        PrivateKeyClause mixed = new PrivateKeyClause(false, new Content(null, new byte[3]), PASSWORD, null);
        assertNumber(
                () -> certificates().importExisting(keys.in(MASTER), naming("p"), new Content("p.cer", null), mixed),
                33069);
        certificates().importExisting(keys.in(MASTER), naming("p"), new Content("p.cer", null), null);
        assertThat(entry("p").protection()).isEqualTo(Protection.NONE);
        assertNumber(
                () -> certificates()
                        .backup(keys.in(MASTER), "p", "q.cer", new BackupKey(false, "q.pvk", null, PASSWORD)),
                15246);
    }

    /** TDE-138: password protection turns into master key protection and back. */
    @Test
    void protectionOfThePrivateKeyChanges() {
        keys.createMasterKey();
        generate("p", "x", PASSWORD);
        assertNumber(() -> alter(new PrivateKeyClause(false, null, null, null)), 15334);
        assertNumber(() -> alter(new PrivateKeyClause(false, null, "wr0ng-Password", null)), 15465);
        alter(new PrivateKeyClause(false, null, PASSWORD, null));
        assertThat(entry("p").protection()).isEqualTo(Protection.MASTER_KEY);
        assertNumber(() -> alter(new PrivateKeyClause(false, null, PASSWORD, null)), 15397);
        alter(new PrivateKeyClause(false, null, null, PASSWORD));
        assertThat(entry("p").protection()).isEqualTo(Protection.PASSWORD);
        certificates().removePrivateKey(keys.in(MASTER), "p", false);
        assertNumber(() -> certificates().removePrivateKey(keys.in(MASTER), "p", false), 15342);
    }

    private void alter(PrivateKeyClause clause) {
        certificates().alterPrivateKey(keys.in(MASTER), "p", clause, false);
    }

    /** TDE-20, 32, 79, 121: what a database needs stays. */
    @Test
    void certificateInUseIsKept() {
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        assertNumber(() -> certificates().drop(keys.in(MASTER), "c", false), 33127);
        assertNumber(() -> certificates().removePrivateKey(keys.in(MASTER), "c", false), 33011);
        PrivateKeyClause toPassword = new PrivateKeyClause(false, null, null, PASSWORD);
        assertNumber(() -> certificates().alterPrivateKey(keys.in(MASTER), "c", toPassword, false), 91016);
        keys.services.databaseKeys().drop(keys.in(USER));
        certificates().drop(keys.in(MASTER), "c", false);
        assertNumber(() -> certificates().drop(keys.in(MASTER), "c", false), 15151);
    }

    /** TDE-121: what backups of the history need stays as well; FORCE overrides this rule, and no other. */
    @Test
    void certificateOfBackupsIsKept() {
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.keptForBackups.add(entry("c").certificate().thumbprint());
        assertNumber(() -> certificates().drop(keys.in(MASTER), "c", false), 33127);
        assertNumber(() -> certificates().removePrivateKey(keys.in(MASTER), "c", false), 33011);
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        assertNumber(() -> certificates().drop(keys.in(MASTER), "c", true), 33127);
        assertNumber(() -> certificates().removePrivateKey(keys.in(MASTER), "c", true), 33011);
        keys.services.databaseKeys().drop(keys.in(USER));
        certificates().removePrivateKey(keys.in(MASTER), "c", true);
        certificates().drop(keys.in(MASTER), "c", true);
    }
}
