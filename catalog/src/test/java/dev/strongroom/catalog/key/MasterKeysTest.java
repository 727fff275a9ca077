package dev.strongroom.catalog.key;

import static dev.strongroom.catalog.key.TestingKeys.MASTER;
import static dev.strongroom.catalog.key.TestingKeys.NOW;
import static dev.strongroom.catalog.key.TestingKeys.PASSWORD;
import static dev.strongroom.catalog.key.TestingKeys.USER;
import static dev.strongroom.catalog.key.TestingKeys.assertNumber;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.key.Certificates.PrivateKeyClause;
import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.storage.model.ModelDatabase;
import dev.strongroom.storage.table.RowCursor;
import dev.strongroom.storage.table.ScanRange;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TDE-122 to TDE-130. */
class MasterKeysTest {
    private static final String OTHER = "An0ther!one";

    @TempDir
    Path directory;

    private TestingKeys keys;

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 99);
    }

    private MasterKeys masterKeys() {
        return keys.services.masterKeys();
    }

    /** TDE-122. */
    @Test
    void createNeedsAPasswordThatFitsThePolicyAndHappensOnce() {
        assertNumber(() -> masterKeys().create(keys.in(MASTER), null), 33161);
        assertNumber(() -> masterKeys().create(keys.in(MASTER), "short"), 33062);
        keys.createMasterKey();
        assertNumber(() -> masterKeys().create(keys.in(MASTER), PASSWORD), 15578);
        masterKeys().create(keys.in(USER), PASSWORD);
        assertThat(keys.open().catalog().head().masterKeys()).hasSize(2);
    }

    /** TDE-123, 124. */
    @Test
    void openNeedsTheRightPasswordAndCloseAnOpenKey() {
        assertNumber(() -> masterKeys().open(keys.in(MASTER), PASSWORD), 15581);
        keys.createMasterKey();
        assertNumber(() -> masterKeys().open(keys.in(MASTER), OTHER), 15313);
        assertNumber(() -> masterKeys().close(keys.in(MASTER)), 15315);
        masterKeys().open(keys.in(MASTER), PASSWORD);
        masterKeys().close(keys.in(MASTER));
        assertNumber(() -> masterKeys().close(keys.in(MASTER)), 15315);
    }

    /** TDE-126, TDE-130: without the service wrap the key opens by password only, until the wrap is added again. */
    @Test
    void serviceWrapCanBeDroppedAndAdded() {
        keys.createMasterKey();
        masterKeys().dropEncryption(keys.in(MASTER), null, false);
        assertNumber(() -> keys.createCertificate("c"), 15581);
        assertNumber(() -> masterKeys().dropEncryption(keys.in(MASTER), PASSWORD, false), 15558);
        masterKeys().open(keys.in(MASTER), PASSWORD);
        keys.createCertificate("c");
        masterKeys().addEncryption(keys.in(MASTER), null);
        masterKeys().close(keys.in(MASTER));
        keys.createCertificate("d");
    }

    @Test
    @DisplayName("S-3: the password wraps are in the key's own database, none in master")
    void passwordWrapsAreInTheirOwnDatabase() {
        masterKeys().create(keys.in(USER), PASSWORD);
        MasterKeyEntry entry = keys.open().catalog().head().masterKey(USER).orElseThrow();
        List<byte[]> wraps = masterKeys().passwordWraps(entry);
        assertThat(wraps).hasSize(1);
        assertThat(KeyEntry.encode(entry).length).isLessThan(200);
        assertThat(String.valueOf(bodies(keys.user))).contains(hex(wraps.get(0)));
        assertThat(String.valueOf(bodies(keys.master))).doesNotContain(hex(wraps.get(0)));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static List<String> bodies(ModelDatabase database) {
        Transaction transaction = database.begin(TransactionOptions.snapshot());
        List<String> found = new ArrayList<>();
        Row row = new Row(2);
        transaction.beginStatement();
        try (RowCursor cursor = database.table(PasswordWraps.TABLE).scan(transaction, 0, ScanRange.ALL, null)) {
            while (cursor.next()) {
                cursor.load(row);
                found.add(hex((byte[]) row.getRef(1)));
            }
        }
        transaction.rollback();
        return found;
    }

    @Test
    @DisplayName(
            "S-3: a crash between the own database and master leaves the old passwords, and nothing of the new ones")
    void aCrashBetweenTheTwoDatabasesLeavesTheOldPasswords() {
        masterKeys().create(keys.in(USER), PASSWORD);
        MasterKeyEntry entry = keys.services.catalog().head().masterKey(USER).orElseThrow();
        PasswordWraps passwords = keys.services.passwords();
        passwords.prepare(entry, entry.withPasswords(1, 0), List.of(new byte[] {1, 2, 3}));
        keys.services = keys.open();
        masterKeys().settle();
        masterKeys().open(keys.in(USER), PASSWORD);
        assertThat(String.valueOf(bodies(keys.user))).doesNotContain("010203");
        masterKeys().addEncryption(keys.in(USER), OTHER);
        keys.services = keys.open();
        masterKeys().open(keys.in(USER), OTHER);
        masterKeys().dropEncryption(keys.in(USER), PASSWORD, false);
        assertNumber(() -> masterKeys().open(keys.in(USER), PASSWORD), 15313);
        masterKeys().drop(keys.in(USER));
        assertThat(bodies(keys.user)).containsExactly("00000000");
    }

    @Test
    @DisplayName("TDE-118: ALTER SERVICE MASTER KEY REGENERATE wraps everything anew; a crash in between is finished")
    void theServiceMasterKeyIsReplaced() {
        keys.createMasterKey();
        keys.createCertificate("c");
        masterKeys().create(keys.in(USER), PASSWORD);
        UUID before = keys.instance.serviceKey().guid();
        keys.services.serviceKeys().regenerate(keys.in(MASTER), false);
        UUID after = keys.instance.serviceKey().guid();
        assertThat(after).isNotEqualTo(before);
        assertThat(keys.instance.replacing()).isFalse();
        keys.createCertificate("d");
        keys.instance.replace(ServiceMasterKey.generate(keys.randomness, NOW));
        keys.services = keys.open();
        keys.createCertificate("e");
        keys.services.serviceKeys().resume();
        assertThat(keys.instance.replacing()).isFalse();
        keys.services = keys.open();
        keys.createCertificate("f");
    }

    @Test
    @DisplayName(
            "TDE-118, TDE-119: RESTORE SERVICE MASTER KEY brings a backup back; 15317, 15465; FORCE reports what is lost")
    void theServiceMasterKeyIsRestored() {
        keys.createMasterKey();
        ServiceKeys serviceKeys = keys.services.serviceKeys();
        UUID first = keys.instance.serviceKey().guid();
        serviceKeys.backup(keys.in(MASTER), "smk.key", PASSWORD);
        serviceKeys.restore(keys.in(MASTER), "smk.key", PASSWORD, false);
        assertThat(keys.notices.getLast().message()).contains("identical");
        serviceKeys.regenerate(keys.in(MASTER), false);
        assertNumber(() -> serviceKeys.restore(keys.in(MASTER), "smk.key", OTHER, false), 15465);
        assertNumber(() -> serviceKeys.restore(keys.in(MASTER), "none.key", OTHER, false), 15317);
        serviceKeys.restore(keys.in(MASTER), "smk.key", PASSWORD, false);
        assertThat(keys.instance.serviceKey().guid()).isEqualTo(first);
        keys.createCertificate("c");
        MasterKeyEntry entry = keys.services.catalog().head().masterKey(MASTER).orElseThrow();
        keys.services.catalog().change(head -> KeyCatalog.Change.put(entry.withServiceWrap(new byte[60], NOW)));
        assertNumber(() -> serviceKeys.regenerate(keys.in(MASTER), false), 15320);
        keys.takeNotices();
        serviceKeys.regenerate(keys.in(MASTER), true);
        assertThat(keys.takeNotices()).containsExactly(15584);
        masterKeys().open(keys.in(MASTER), PASSWORD);
        masterKeys().addEncryption(keys.in(MASTER), null);
    }

    @Test
    void passwordsCanBeAddedAndDropped() {
        keys.createMasterKey();
        assertNumber(() -> masterKeys().addEncryption(keys.in(MASTER), PASSWORD), 15579);
        masterKeys().addEncryption(keys.in(MASTER), OTHER);
        masterKeys().dropEncryption(keys.in(MASTER), PASSWORD, false);
        assertNumber(() -> masterKeys().dropEncryption(keys.in(MASTER), PASSWORD, false), 15313);
        assertNumber(() -> masterKeys().open(keys.in(MASTER), PASSWORD), 15313);
        masterKeys().open(keys.in(MASTER), OTHER);
    }

    /** TDE-126: 91016 while a database depends on it, unless forced. */
    @Test
    void serviceWrapThatADatabaseNeedsIsKept() {
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", new DatabaseKeys.Encryptor(false, "c"));
        assertNumber(() -> masterKeys().dropEncryption(keys.in(MASTER), null, false), 91016);
        masterKeys().dropEncryption(keys.in(MASTER), null, true);
        assertNumber(
                () -> keys.services
                        .encryptors()
                        .unwrap(USER, keys.encryption.status().keys().get(0)),
                33111);
    }

    /** TDE-125: private keys below still open after a restart. */
    @Test
    void regenerateWrapsPrivateKeysAnew() {
        keys.createMasterKey();
        keys.createCertificate("c");
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", new DatabaseKeys.Encryptor(false, "c"));
        masterKeys().regenerate(keys.in(MASTER), OTHER, false);
        keys.services = keys.open();
        assertNumber(() -> masterKeys().open(keys.in(MASTER), PASSWORD), 15313);
        keys.services
                .encryptors()
                .unwrap(USER, keys.encryption.status().keys().get(0))
                .close();
    }

    /** TDE-127. */
    @Test
    void keyThatProtectsACertificateIsNotDropped() {
        keys.createMasterKey();
        keys.createCertificate("c");
        assertNumber(() -> masterKeys().drop(keys.in(MASTER)), 15580);
        keys.services.certificates().drop(keys.in(MASTER), "c", false);
        masterKeys().drop(keys.in(MASTER));
        assertNumber(() -> masterKeys().drop(keys.in(MASTER)), 15151);
    }

    /** TDE-128, 129, 132: backup, and restore into a server whose key is another. */
    @Test
    void backupIsRestored() {
        keys.createMasterKey();
        keys.createCertificate("c");
        masterKeys().backup(keys.in(MASTER), "dmk.bak", OTHER);
        assertNumber(() -> masterKeys().backup(keys.in(MASTER), "dmk.bak", OTHER), 15240);
        assertNumber(() -> masterKeys().restore(keys.in(MASTER), "dmk.bak", PASSWORD, PASSWORD, false), 15465);
        assertNumber(() -> masterKeys().restore(keys.in(MASTER), "nothing", OTHER, PASSWORD, false), 15317);
        masterKeys().regenerate(keys.in(MASTER), OTHER, false);
        masterKeys().restore(keys.in(MASTER), "dmk.bak", OTHER, PASSWORD, false);
        masterKeys().open(keys.in(MASTER), PASSWORD);
        PrivateKeyClause toPassword = new PrivateKeyClause(false, null, null, OTHER);
        keys.services.certificates().alterPrivateKey(keys.in(MASTER), "c", toPassword, false);
        assertThat(keys.services
                        .catalog()
                        .head()
                        .certificate(MASTER, "c")
                        .orElseThrow()
                        .protection())
                .isEqualTo(Protection.PASSWORD);
        masterKeys().restore(keys.in(USER), "dmk.bak", OTHER, PASSWORD, false);
        assertThat(keys.services.catalog().head().masterKey(USER).orElseThrow().serviceWrap())
                .as("a restored key without predecessor is not wrapped by the service key")
                .isNull();
    }

    /** TDE-109. */
    @Test
    void filesOutsideTheAllowedDirectoryAreRefused() {
        keys.createMasterKey();
        assertNumber(() -> masterKeys().backup(keys.in(MASTER), "/etc/dmk.bak", OTHER), 15247);
        assertNumber(() -> masterKeys().backup(keys.in(MASTER), "../dmk.bak", OTHER), 15247);
    }

    /** TDE-109: a link within the allowed directory does not lead out of it; what is made is for the server's eyes only. */
    @Test
    void linksLeadNowhereAndFilesArePrivate(@TempDir Path outside) throws IOException {
        keys.createMasterKey();
        Files.createSymbolicLink(directory.resolve("door"), outside);
        assertNumber(() -> masterKeys().backup(keys.in(MASTER), "door/dmk.bak", OTHER), 15247);
        assertThat(outside).isEmptyDirectory();
        masterKeys().backup(keys.in(MASTER), "dmk.bak", OTHER);
        Path made = directory.resolve("dmk.bak");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rw-------");
        Path elsewhere = Files.move(made, outside.resolve("dmk.bak"));
        Files.createSymbolicLink(made, elsewhere);
        assertNumber(() -> masterKeys().restore(keys.in(MASTER), "dmk.bak", OTHER, PASSWORD, false), 15247);
        assertNumber(() -> masterKeys().backup(keys.in(MASTER), "dmk.bak", OTHER), 15240);
    }

    /** TDE-117, TDE-122: rights. */
    @Test
    void othersAreRefused() {
        int nobody = 6171;
        assertNumber(() -> masterKeys().create(keys.as(MASTER, nobody), PASSWORD), 15247);
        assertNumber(() -> keys.services.serviceKeys().backup(keys.as(MASTER, nobody), "smk.bak", PASSWORD), 15247);
        keys.services.serviceKeys().backup(keys.in(MASTER), "smk.bak", PASSWORD);
        assertThat(directory.resolve("smk.bak")).exists();
    }
}
