package dev.strongroom.catalog.key;

import static dev.strongroom.catalog.key.TestingKeys.MASTER;
import static dev.strongroom.catalog.key.TestingKeys.PASSWORD;
import static dev.strongroom.catalog.key.TestingKeys.USER;
import static dev.strongroom.catalog.key.TestingKeys.assertNumber;
import static dev.strongroom.catalog.key.TestingKeys.naming;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.strongroom.catalog.key.DatabaseKeys.Encryptor;
import dev.strongroom.catalog.key.DatabaseKeys.Switch;
import dev.strongroom.crypto.dek.DekAlgorithm;
import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.KeyPair;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TDE-140 to TDE-154. */
class DatabaseKeysTest {
    private static final Encryptor BY_C = new Encryptor(false, "c");

    @TempDir
    Path directory;

    private TestingKeys keys;

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 99);
    }

    private DatabaseKeys databaseKeys() {
        return keys.services.databaseKeys();
    }

    private void prepare() {
        keys.createMasterKey();
        keys.createCertificate("c");
    }

    /** TDE-28: the four steps. */
    @Test
    void theFourStepsLeadToEncryption() {
        prepare();
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        assertThat(keys.takeNotices()).containsExactly(33091);
        databaseKeys().set(keys.in(USER), Switch.ON);
        assertThat(keys.takeNotices()).containsExactly(33112);
        assertThat(keys.encryption.status().state()).isEqualTo(2);
        KeyVersion opened = keys.open()
                .encryptors()
                .unwrap(USER, keys.encryption.status().keys().get(0));
        assertThat(opened.number()).isEqualTo(1);
        opened.close();
    }

    /** TDE-46: while a backup of data runs, the key statements are refused (33115) and work again afterwards. */
    @Test
    void aRunningBackupHoldsKeyStatementsOff() {
        prepare();
        keys.encryption.runBackup(true);
        assertNumber(() -> databaseKeys().create(keys.in(USER), "AES_256", BY_C), 33115);
        keys.encryption.runBackup(false);
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        keys.encryption.runBackup(true);
        assertNumber(() -> databaseKeys().set(keys.in(USER), Switch.ON), 33115);
        assertNumber(() -> databaseKeys().regenerate(keys.in(USER), "AES_256", null), 33115);
        assertNumber(() -> databaseKeys().rewrap(keys.in(USER), BY_C), 33115);
        assertNumber(() -> databaseKeys().drop(keys.in(USER)), 33115);
    }

    /** TDE-27: each step fails while the one before is missing. */
    @Test
    void wrongOrdersFail() {
        assertNumber(() -> databaseKeys().set(keys.in(USER), Switch.ON), 33106);
        assertNumber(() -> databaseKeys().create(keys.in(USER), "AES_256", BY_C), 15151);
        assertNumber(() -> keys.createCertificate("c"), 15581);
        prepare();
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        assertNumber(() -> databaseKeys().create(keys.in(USER), "AES_256", BY_C), 33103);
    }

    /** TDE-27: the four steps in each of the 23 wrong orders: the first that comes too early fails, and nothing of it is there. */
    @Test
    void eachWrongOrderOfTheFourStepsFails() {
        List<String> steps = List.of("master key", "certificate", "database key", "on");
        List<Integer> refusals = List.of(0, 15581, 15151, 33106);
        int wrong = 0;
        for (int order = 0; order < 256; order++) {
            List<Integer> sequence = List.of(order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6);
            if (Set.copyOf(sequence).size() < 4 || sequence.equals(List.of(0, 1, 2, 3))) {
                continue;
            }
            wrong++;
            keys = new TestingKeys(directory, 1000 + order);
            int done = 0;
            int failed = -1;
            for (int i = 0; i < 4 && failed < 0; i++) {
                int step = sequence.get(i);
                if (step == 0 || (done & 1 << step - 1) != 0) {
                    take(step);
                    done |= 1 << step;
                } else {
                    assertNumber(() -> take(step), refusals.get(step));
                    failed = step;
                }
            }
            assertThat(failed)
                    .as(sequence.stream().map(steps::get).toList().toString())
                    .isPositive();
            assertThat(keys.services.catalog().head().certificates(MASTER)).hasSize((done & 2) >> 1);
            assertThat(keys.encryption.status().state()).isEqualTo((done & 4) >> 2);
        }
        assertThat(wrong).isEqualTo(23);
    }

    private void take(int step) {
        switch (step) {
            case 0 -> keys.createMasterKey();
            case 1 -> keys.createCertificate("c");
            case 2 -> databaseKeys().create(keys.in(USER), "AES_256", BY_C);
            default -> databaseKeys().set(keys.in(USER), Switch.ON);
        }
    }

    /** TDE-152, TDE-77: DROP in state 1 only; it says what is to be backed up, and another key can be made. */
    @Test
    void dropLeavesNoKey() {
        prepare();
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        databaseKeys().set(keys.in(USER), Switch.ON);
        assertNumber(() -> databaseKeys().drop(keys.in(USER)), 33105);
        keys.encryption.force(1, 0);
        keys.takeNotices();
        databaseKeys().drop(keys.in(USER));
        assertThat(keys.takeNotices()).containsExactly(0);
        assertThat(keys.encryption.status().state()).isZero();
        assertNumber(() -> databaseKeys().drop(keys.in(USER)), 33104);
        databaseKeys().create(keys.in(USER), "AES_128", BY_C);
        assertThat(keys.encryption.status().state()).isEqualTo(1);
    }

    /** TDE-10, TDE-31, TDE-141: system databases, certificates under a password, algorithms. */
    @Test
    void wrongDatabasesEncryptorsAndAlgorithmsAreRefused() {
        prepare();
        for (int system = 1; system <= 4; system++) {
            int database = system;
            assertNumber(() -> databaseKeys().create(keys.in(database), "AES_256", BY_C), 33102);
        }
        keys.services
                .certificates()
                .generate(keys.in(MASTER), naming("p"), "x", CertificateDates.of(null, null, 0), PASSWORD);
        assertNumber(() -> databaseKeys().create(keys.in(USER), "AES_256", new Encryptor(false, "p")), 33101);
        assertNumber(() -> databaseKeys().create(keys.in(USER), "AES_256", new Encryptor(true, "k")), 15151);
        keys.takeNotices();
        databaseKeys().create(keys.in(USER), "triple_des_3key", BY_C);
        assertThat(keys.takeNotices()).containsExactly(0, 33091);
        assertThat(keys.encryption.status().keys().get(0).algorithm()).isEqualTo(DekAlgorithm.TRIPLE_DES_3KEY);
    }

    /** TDE-154, cell by cell; 0 = allowed. Columns: state, scan, ON, OFF, SUSPEND, RESUME, REGENERATE, BY, DROP. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 33106, 33106, 91006, 91006, 33104, 33104, 33104",
        "1, 0, 0, 33108, 91006, 91006, 0, 0, 0",
        "2, 1, 33109, 33109, 0, 91006, 33110, 33110, 33105",
        "2, 2, 33109, 33109, 91006, 0, 33110, 33110, 33105",
        "2, 3, 0, 33109, 91006, 0, 33110, 33110, 33105",
        "3, 4, 33107, 0, 91006, 91006, 0, 0, 33105",
        "4, 1, 33109, 33109, 0, 91006, 33110, 33110, 33105",
        "4, 3, 33109, 33109, 91006, 0, 33110, 33110, 33105",
        "5, 1, 33109, 33109, 0, 91006, 33110, 33110, 33105",
        "5, 2, 33109, 33109, 91006, 0, 33110, 33110, 33105",
        "5, 3, 33109, 0, 91006, 0, 33110, 33110, 33105",
        "6, 0, 33109, 33109, 91006, 91006, 33110, 33145, 33105"
    })
    void stateTable(int state, int scan, int on, int off, int suspend, int resume, int regenerate, int by, int drop) {
        prepare();
        if (state != 0) {
            databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        }
        check(state, scan, on, () -> databaseKeys().set(keys.in(USER), Switch.ON));
        check(state, scan, off, () -> databaseKeys().set(keys.in(USER), Switch.OFF));
        check(state, scan, suspend, () -> databaseKeys().set(keys.in(USER), Switch.SUSPEND));
        check(state, scan, resume, () -> databaseKeys().set(keys.in(USER), Switch.RESUME));
        check(state, scan, by, () -> databaseKeys().rewrap(keys.in(USER), BY_C));
        check(state, scan, regenerate, () -> databaseKeys().regenerate(keys.in(USER), "AES_128", null));
        check(state, scan, drop, () -> databaseKeys().drop(keys.in(USER)));
    }

    private void check(int state, int scan, int expected, ThrowingCallable statement) {
        keys.encryption.force(state, scan);
        if (expected == 0) {
            assertThatNoException().isThrownBy(statement);
        } else {
            assertNumber(statement, expected);
        }
    }

    /** TDE-150, TDE-151, TDE-324, S-8: versions go up for ever, the encryption id stays until DROP, every version is wrapped anew. */
    @Test
    void versionsGoUpAndAllAreWrappedAnew() {
        prepare();
        keys.createCertificate("second");
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        databaseKeys().set(keys.in(USER), Switch.ON);
        keys.encryption.finishScan();
        databaseKeys().regenerate(keys.in(USER), "AES_192", null);
        keys.encryption.finishScan();
        databaseKeys().rewrap(keys.in(USER), new Encryptor(false, "second"));
        List<WrappedDek> wrapped = keys.encryption.status().keys();
        assertThat(wrapped).extracting(WrappedDek::keyVersion).containsExactly(1, 2);
        assertThat(wrapped.get(0).encryptionId()).isEqualTo(wrapped.get(1).encryptionId());
        keys.services.certificates().drop(keys.in(MASTER), "c", false);
        Encryptors afterRestart = keys.open().encryptors();
        wrapped.forEach(key -> afterRestart.unwrap(USER, key).close());
        databaseKeys().set(keys.in(USER), Switch.OFF);
        keys.encryption.finishScan();
        databaseKeys().drop(keys.in(USER));
        databaseKeys().create(keys.in(USER), "AES_256", new Encryptor(false, "second"));
        WrappedDek next = keys.encryption.status().keys().get(0);
        assertThat(next.keyVersion()).isEqualTo(3);
        assertThat(next.encryptionId()).isNotEqualTo(wrapped.get(0).encryptionId());
    }

    /** S-2: a key somebody with the public certificate wrapped himself is refused. */
    @Test
    void plantedKeyIsRefused() {
        prepare();
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        WrappedDek real = keys.encryption.status().keys().get(0);
        try (KeyPair pair = keys.services.encryptors().encryptor(real.thumbprint());
                KeyBuffer planted = KeyBuffer.copyOf(new byte[32])) {
            WrappedDek forged = DekWraps.wrap(planted, DekAlgorithm.AES_256, 1, real.encryptionId(), pair);
            assertNumber(() -> keys.services.encryptors().unwrap(USER, forged), 91001);
            WrappedDek unknown = DekWraps.wrap(planted, DekAlgorithm.AES_256, 9, real.encryptionId(), pair);
            assertNumber(() -> keys.services.encryptors().unwrap(USER, unknown), 91001);
        }
    }

    /** TDE-18: the error names the thumbprint. */
    @Test
    void missingCertificateIs33111() {
        prepare();
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        keys.services
                .catalog()
                .change(head ->
                        KeyCatalog.Change.remove(head.certificate(MASTER, "c").orElseThrow()));
        assertNumber(
                () -> keys.services
                        .encryptors()
                        .unwrap(USER, keys.encryption.status().keys().get(0)),
                33111);
    }

    /** TDE-21, TDE-135: an expired certificate goes on wrapping and opening keys through their whole life. */
    @Test
    void anExpiredCertificateServesOn() {
        keys.createMasterKey();
        for (String name : new String[] {"c", "later"}) {
            keys.services
                    .certificates()
                    .generate(
                            keys.in(MASTER),
                            naming(name),
                            "expired",
                            CertificateDates.of("20100101", "20110101", TestingKeys.NOW),
                            null);
        }
        assertThat(keys.takeNotices()).containsExactly(15214, 15214);
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        databaseKeys().set(keys.in(USER), Switch.ON);
        keys.encryption.finishScan();
        databaseKeys().regenerate(keys.in(USER), "AES_256", null);
        keys.encryption.finishScan();
        databaseKeys().rewrap(keys.in(USER), new Encryptor(false, "later"));
        Encryptors afterRestart = keys.open().encryptors();
        List<WrappedDek> wrapped = keys.encryption.status().keys();
        assertThat(wrapped).hasSize(2);
        wrapped.forEach(key -> afterRestart.unwrap(USER, key).close());
        databaseKeys().set(keys.in(USER), Switch.OFF);
        keys.encryption.finishScan();
        databaseKeys().drop(keys.in(USER));
    }

    /** TDE-24, TDE-70: a certificate of the user database, however well protected, is no encryptor (15151). */
    @Test
    void encryptorsLiveInMaster() {
        prepare();
        keys.services.masterKeys().create(keys.in(USER), PASSWORD);
        keys.services
                .certificates()
                .generate(keys.in(USER), naming("u"), "x", CertificateDates.of(null, null, TestingKeys.NOW), null);
        assertNumber(() -> databaseKeys().create(keys.in(USER), "AES_256", new Encryptor(false, "u")), 15151);
        databaseKeys().create(keys.in(USER), "AES_256", BY_C);
        assertNumber(() -> databaseKeys().rewrap(keys.in(USER), new Encryptor(false, "u")), 15151);
    }
}
