package dev.strongroom.catalog.sysview;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.backup.BackupHistory;
import dev.strongroom.catalog.bootstrap.CatalogBootstrap;
import dev.strongroom.catalog.bootstrap.InitialContents;
import dev.strongroom.catalog.key.Certificates;
import dev.strongroom.catalog.key.DatabaseKeys;
import dev.strongroom.catalog.key.TestingKeys;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.ServerState;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.pgview.SystemRelation;
import dev.strongroom.catalog.pgview.SystemRelations;
import dev.strongroom.catalog.store.Catalog;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.model.ModelDatabase;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TDE-201 to TDE-209. */
class KeyViewsTest {
    private static final int NOBODY = 6171;

    @TempDir
    Path directory;

    private TestingKeys keys;
    private AuditTrail trail;
    private SystemRelations relations;

    @BeforeEach
    void start() {
        keys = new TestingKeys(directory, 7);
        trail = new AuditTrail(new AuditTrail.Parts(
                keys.services().catalog(),
                keys.services().instance().instanceKey(),
                directory.resolve("audit"),
                keys.services().randomness(),
                keys.services().clock(),
                stop -> {}));
        relations = new SystemRelations(views().all());
    }

    private KeyViews views() {
        return new KeyViews(
                keys.services(), trail, new BackupHistory(keys.shared().master(), keys.scheduler()));
    }

    private List<Map<String, String>> rows(String view, int database, int user) {
        SystemRelation relation = views().all().stream()
                .filter(candidate -> candidate.table().name().equals(view))
                .findFirst()
                .orElseThrow();
        ModelDatabase storage = new ModelDatabase(database);
        CatalogBootstrap.initialize(storage);
        Catalog catalog = CatalogBootstrap.open(
                storage,
                keys.shared(),
                new Catalog.Builtins(InitialContents.systemSchemas(), relations.tables()),
                keys.scheduler());
        SystemContext context = new SystemContext(
                catalog.head(),
                catalog.head().searchPath(List.of("public"), "postgres", 0),
                user,
                user,
                storage,
                ServerState.NONE);
        List<Map<String, String>> found = new ArrayList<>();
        relation.rows(context, row -> found.add(texts(relation.table(), row)));
        catalog.close();
        return found;
    }

    private static Map<String, String> texts(SystemTable table, Row row) {
        Map<String, String> texts = new TreeMap<>();
        table.columns().forEach(column -> {
            if (!row.isNull(column.slot())) {
                PgType type = column.pgType();
                texts.put(column.name(), TypeCodecs.of(type).format(row, column.slot(), TypeContext.DEFAULT));
            }
        });
        return texts;
    }

    /** TDE-203, TDE-34, TDE-215. */
    @Test
    void certificatesShowTheirFacts() {
        prepare();
        Map<String, String> row =
                rows("certificates", 1, TestingKeys.POSTGRES_ROLE).get(0);
        assertThat(row)
                .containsEntry("name", "c")
                .containsEntry("certificate_id", "256")
                .containsEntry("pvt_key_encryption_type", "MK")
                .containsEntry("subject", "My DEK Certificate")
                .containsEntry("is_active_for_begin_dialog", "1")
                .containsEntry("key_length", "3072")
                .doesNotContainKey("pvt_key_last_backup_date");
        assertThat(row.get("thumbprint")).hasSize(2 + 40);
        Map<String, String> strong =
                rows("sr_certificates", 1, TestingKeys.POSTGRES_ROLE).get(0);
        assertThat(strong).containsEntry("thumbprint", row.get("thumbprint"));
        assertThat(strong.get("thumbprint_sha256")).hasSize(2 + 64);
        assertThat(rows("certificates", 1, NOBODY)).as("TDE-36").isEmpty();
        assertThat(rows("certificates", 5, TestingKeys.POSTGRES_ROLE)).isEmpty();
    }

    /** TDE-136: of a certificate from elsewhere the first 16 bytes of the serial number, 884 bytes of the issuer's name. */
    @Test
    void longNamesAndNumbersAreShownInPart() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String name = "x".repeat(60);
        String issuer = "CN=authority" + (",OU=" + name).repeat(8);
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                new BigInteger("8102030405060708090a0b0c0d0e0f1011121314", 16),
                new Date(0),
                new Date(4_000_000_000_000L),
                new X500Name("CN=imported"),
                pair.getPublic());
        byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate()))
                .getEncoded();
        Files.write(directory.resolve("long.cer"), der);
        keys.services()
                .certificates()
                .importExisting(
                        keys.in(1),
                        new Certificates.Naming("long", null, true),
                        new Certificates.Content("long.cer", null),
                        null);
        Map<String, String> row =
                rows("certificates", 1, TestingKeys.POSTGRES_ROLE).get(0);
        assertThat(row)
                .containsEntry("cert_serial_number", "81 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10")
                .containsEntry("subject", "imported");
        assertThat(issuer.length()).isGreaterThan(442);
        assertThat(row.get("issuer_name")).as("442 characters of two bytes").isEqualTo(issuer.substring(0, 442));
    }

    /** TDE-205, 206, 23, 116. */
    @Test
    void masterKeysShowTheirWraps() {
        prepare();
        assertThat(rows("symmetric_keys", 1, TestingKeys.POSTGRES_ROLE))
                .extracting(row -> row.get("name"))
                .containsExactly("##MS_DatabaseMasterKey##", "##MS_ServiceMasterKey##");
        assertThat(rows("key_encryptions", 1, TestingKeys.POSTGRES_ROLE))
                .extracting(row -> row.get("key_id") + row.get("crypt_type"))
                .containsExactly("101ESKM", "101ESP3", "102ESRT");
        assertThat(rows("symmetric_keys", 1, NOBODY)).isEmpty();
    }

    /** TDE-202, 81, 82, 10, 62, 216, 326, and TDE-201: who may not see a certificate sees no state of what it encrypts. */
    @Test
    void encryptionStateIsShown() {
        prepare();
        assertThat(rows("dm_database_encryption_keys", 5, TestingKeys.POSTGRES_ROLE))
                .isEmpty();
        keys.services().databaseKeys().create(keys.in(5), "AES_192", new DatabaseKeys.Encryptor(false, "c"));
        keys.services().databaseKeys().set(keys.in(5), DatabaseKeys.Switch.ON);
        List<Map<String, String>> shown = rows("dm_database_encryption_keys", 5, TestingKeys.POSTGRES_ROLE);
        assertThat(shown).extracting(row -> row.get("database_id")).containsExactly("5", "2");
        assertThat(shown.get(0))
                .containsEntry("encryption_state", "2")
                .containsEntry("encryption_state_desc", "ENCRYPTION_IN_PROGRESS")
                .containsEntry("key_algorithm", "AES")
                .containsEntry("key_length", "192")
                .containsEntry("encryptor_type", "CERTIFICATE")
                .containsEntry("percent_complete", "50")
                .containsEntry("encryption_scan_state_desc", "RUNNING")
                .containsEntry(
                        "encryptor_thumbprint",
                        rows("certificates", 1, TestingKeys.POSTGRES_ROLE)
                                .get(0)
                                .get("thumbprint"));
        assertThat(rows("sr_unbacked_encryptors", 5, TestingKeys.POSTGRES_ROLE))
                .extracting(row -> row.get("certificate_name"))
                .containsExactly("c");
        assertThat(rows("dm_database_encryption_keys", 5, NOBODY)).isEmpty();
    }

    /** TDE-209. */
    @Test
    void databasesShowWhetherTheyAreEncrypted() {
        prepare();
        keys.services().databaseKeys().create(keys.in(5), "AES_256", new DatabaseKeys.Encryptor(false, "c"));
        keys.services().databaseKeys().set(keys.in(5), DatabaseKeys.Switch.ON);
        List<Map<String, String>> shown = rows("databases", 5, TestingKeys.POSTGRES_ROLE);
        assertThat(shown)
                .extracting(
                        row -> row.get("name") + row.get("is_encrypted") + row.get("is_master_key_encrypted_by_server"))
                .containsExactly("master01", "tempdb00", "model00", "msdb00", "postgres10");
        assertThat(rows("databases", 5, NOBODY))
                .extracting(row -> row.get("name"))
                .containsExactly("master", "tempdb", "postgres");
    }

    private void prepare() {
        keys.createMasterKey();
        keys.createCertificate("c");
    }
}
