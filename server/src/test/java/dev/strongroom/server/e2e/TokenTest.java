package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.testkit.token.KmipStub;
import dev.strongroom.testkit.token.SoftHsm;
import dev.strongroom.testkit.token.TestAuthority;
import dev.strongroom.testkit.token.TransitStub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extensible key management against a SoftHSM2 token, through a real server. */
final class TokenTest {
    private static final String GUID = "5b6bd1c4-0f0f-4a6e-9a53-3f5d3a1d5c10";
    private static final String DEK = "CREATE DATABASE ENCRYPTION KEY FOR DATABASE postgres WITH ALGORITHM = AES_256"
            + " ENCRYPTION BY SERVER ASYMMETRIC KEY ";

    /** What a KMIP server says of a client it does not let in. */
    private static final int NOT_AUTHENTICATED = 3;

    @TempDir
    Path directory;

    private void providerFile(String name, String content) throws IOException {
        Files.writeString(directory.resolve("data-key-backups").resolve(name), content);
    }

    private static String descriptor(SoftHsm hsm, String guid, String version) {
        return "# a token in software\ntype = pkcs11\nguid = " + guid + "\nversion = " + version + "\nlibrary = "
                + hsm.library() + "\nlibrary_sha256 = " + hsm.librarySha256() + "\n";
    }

    private ServerProcess start(SoftHsm hsm) {
        ServerProcess server = ServerProcess.prepare(directory.resolve("data"))
                .with("SOFTHSM2_CONF", hsm.configuration().toString());
        server.start();
        return server;
    }

    /** Everything up to a key in the token that has its login. */
    private void setUp(ServerProcess server, SoftHsm hsm) throws SQLException, IOException {
        providerFile("hsm.srekm", descriptor(hsm, GUID, "1.00.0000.00"));
        try (KeySql master = new KeySql(server, "master")) {
            master.ok(
                    "EXEC sp_configure 'show advanced options', 1; RECONFIGURE",
                    "EXEC sp_configure 'EKM provider enabled', 1; RECONFIGURE",
                    "CREATE CRYPTOGRAPHIC PROVIDER hsm FROM FILE = 'hsm.srekm'",
                    "CREATE CREDENTIAL opener WITH IDENTITY = 'operator', SECRET = '" + SoftHsm.PIN
                            + "' FOR CRYPTOGRAPHIC PROVIDER hsm",
                    "ALTER LOGIN postgres ADD CREDENTIAL opener",
                    "CREATE ASYMMETRIC KEY tde FROM PROVIDER hsm WITH ALGORITHM = RSA_3072,"
                            + " PROVIDER_KEY_NAME = 'tde key', CREATION_DISPOSITION = CREATE_NEW",
                    "CREATE LOGIN tde_login FROM ASYMMETRIC KEY tde",
                    "ALTER ROLE tde_login ADD CREDENTIAL opener");
        }
    }

    @Test
    @DisplayName(
            "TDE-7, TDE-48, TDE-142, TDE-143, TDE-147, TDE-149, TDE-151, S-3, S-19: a database lives under a token")
    void aDatabaseLivesUnderAToken() throws Exception {
        SoftHsm hsm = SoftHsm.create(directory);
        try (ServerProcess server = start(hsm)) {
            setUp(server, hsm);
            try (KeySql database = new KeySql(server, "postgres")) {
                database.ok(
                        DEK + "tde",
                        "ALTER DATABASE postgres SET ENCRYPTION ON",
                        "CREATE TABLE t (id int PRIMARY KEY)",
                        "INSERT INTO t VALUES (42)");
                EncryptionLifeTest.awaitState(server, 3);
                String encryptor =
                        "SELECT encryptor_type || encryptor_thumbprint::text FROM sys.dm_database_encryption_keys"
                                + " WHERE database_id = 5";
                try (KeySql master = new KeySql(server, "master")) {
                    assertThat(database.text(encryptor))
                            .isEqualTo(master.text(
                                    "SELECT 'ASYMMETRIC KEY'::text || thumbprint::text FROM sys.asymmetric_keys"));
                }
                assertThat(database.text("SELECT count(*) FROM sys.sr_unbacked_encryptors"))
                        .isEqualTo("0");
                database.ok(
                        "BACKUP DATABASE postgres TO DISK = 'signed.bak' WITH COPY_ONLY",
                        "RESTORE VERIFYONLY FROM DISK = 'signed.bak'");
            }
            server.kill();
            server.start();
            try (KeySql database = new KeySql(server, "postgres")) {
                assertThat(database.text("SELECT id FROM t")).isEqualTo("42");
                database.ok("ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128");
                EncryptionLifeTest.awaitState(server, 3);
            }
            EncryptionLifeTest.createCertificate(server);
            try (KeySql database = new KeySql(server, "postgres")) {
                database.ok(
                        "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c",
                        "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER ASYMMETRIC KEY tde");
                assertThat(database.text(
                                "SELECT encryptor_type FROM sys.dm_database_encryption_keys WHERE database_id = 5"))
                        .isEqualTo("ASYMMETRIC KEY");
            }
            try (KeySql master = new KeySql(server, "master")) {
                master.fails(33127, "DROP ASYMMETRIC KEY tde")
                        .fails(15559, "DROP ROLE tde_login")
                        .ok("ALTER SERVICE MASTER KEY REGENERATE");
            }
            server.stop();
            assertThat(server.verify().exitCode())
                    .as("verify opens the token as well")
                    .isZero();
            assertThat(server.verify(
                                    "--backup",
                                    directory.resolve("data-backups/signed.bak").toString())
                            .output())
                    .as("TDE-518: the token signs backups")
                    .contains("signed by asymmetric key");
            unreachableTokenClosesThatDatabaseOnly(server, hsm);
        }
    }

    private void unreachableTokenClosesThatDatabaseOnly(ServerProcess server, SoftHsm hsm) throws Exception {
        Path away = directory.resolve("away.so");
        Files.move(hsm.library(), away);
        server.start();
        assertThatThrownBy(() -> server.connect("postgres"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P03"))
                .hasMessageContaining("cannot load the library");
        try (KeySql master = new KeySql(server, "master")) {
            master.fails(33118, "ALTER DATABASE postgres SET ENCRYPTION OFF");
        }
        Files.move(away, hsm.library());
        try (KeySql database = new KeySql(server, "postgres")) {
            assertThat(database.text("SELECT id FROM t"))
                    .as("opens once the token is back")
                    .isEqualTo("42");
        }
    }

    @Test
    @DisplayName(
            "TDE-121, TDE-143, TDE-145, TDE-148, TDE-149, TDE-518: databases live under a command, Vault and KMIP; each comes with"
                    + " its service")
    void databasesLiveUnderACommandVaultAndKmip() throws Exception {
        Path program = directory.resolve("keys.sh");
        Files.writeString(
                program,
                Files.readString(Path.of("../docs/key-command.sh"))
                        .replace("/etc/strongroom-keys", directory.toString()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(program)));
        TestAuthority authority = new TestAuthority("authority");
        SSLContext tls = authority.context(authority.identity("127.0.0.1"));
        Path secrets = Files.writeString(directory.resolve("service-secrets"), GUID + " = open sesame\n");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-------"));
        Path identity = directory.resolve("client.p12");
        Files.write(identity, authority.identity("client").pkcs12("of the client"));
        try (TransitStub vault = new TransitStub("hvs.t", tls);
                KmipStub kmip = new KmipStub(tls, null, "1.4");
                ServerProcess server = ServerProcess.prepare(
                        directory.resolve("data"),
                        "--set",
                        "ekm_provider_enabled=on",
                        "--set",
                        "ekm_service_secrets=" + secrets,
                        "--set",
                        "ekm_cache_ttl=0",
                        "--set",
                        "keep_encryptors_for_backups=on")) {
            server.start();
            providerFile(
                    "command.srekm",
                    "type = command\nguid = " + GUID + "\nversion = 1.0.0.0\nprogram = " + program
                            + "\nprogram_sha256 = " + hash + "\n");
            providerFile(
                    "vault.srekm",
                    "type = vault-transit\nguid = " + GUID.replace('5', '6') + "\nversion = 1.0.0.0\nurl = "
                            + vault.address() + "\n" + anchors("vault.pem", authority));
            providerFile(
                    "plain.srekm",
                    "type = vault-transit\nguid = " + GUID.replace('5', '7')
                            + "\nversion = 1.0.0.0\nurl = http://vault.example.org\n");
            String place = "guid = " + GUID.replace('5', '8') + "\nversion = 1.0.0.0\nhost = 127.0.0.1\nport = "
                    + kmip.port() + "\nclient_identity = " + identity + "\n" + anchors("kmip.pem", authority);
            providerFile("kmip.srekm", "type = kmip\n" + place);
            providerFile("odd.srekm", "type = kmip\nprotocol_version = 1.1\n" + place);
            providerFile("forged.srekm", "type = kmip\n" + place.replaceAll("(sha256 = |guid = )..", "$100"));
            providerFile("other.srekm", "type = cloud\n" + place);
            under(server, "command", "open sesame");
            under(server, "vault", "hvs.t");
            under(server, "kmip", "of the client");
            try (KeySql master = new KeySql(server, "master")) {
                master.fails(33025, "CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = 'plain.srekm'");
                master.fails(33025, "CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = 'odd.srekm'")
                        .fails(33081, "CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = 'forged.srekm'");
                assertThat(master.outcome("CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = 'other.srekm'"))
                        .isEqualTo("0A000");
                assertThat(master.text("SELECT string_agg(friendly_name, ',' ORDER BY provider_id)"
                                + " FROM sys.dm_cryptographic_provider_properties"))
                        .isEqualTo("command " + program + ",Vault transit " + vault.address() + ",KMIP 127.0.0.1:"
                                + kmip.port());
            }
            expires(server, kmip);
            staysWhileBackupsNeedIt(server);
            try (KeySql master = new KeySql(server, "master")) {
                // From here on the server's own secret opens this provider, and no other.
                master.ok("ALTER LOGIN login_command DROP CREDENTIAL of_command")
                        .ok("ALTER LOGIN postgres DROP CREDENTIAL of_kmip")
                        .fails(33046, "CREATE ASYMMETRIC KEY k FROM PROVIDER kmip WITH ALGORITHM = RSA_2048");
            }
            server.stop();
            vault.stop();
            server.start();
            try (KeySql database = new KeySql(server, "under_command")) {
                assertThat(database.text("SELECT id FROM t")).isEqualTo("42");
                database.ok("BACKUP DATABASE under_command TO DISK = 'command.bak'")
                        .ok("RESTORE VERIFYONLY FROM DISK = 'command.bak'");
                Files.writeString(program, "# another program\n", StandardOpenOption.APPEND);
                database.fails(33081, "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128");
            }
            try (KeySql database = new KeySql(server, "under_kmip")) {
                assertThat(database.text("SELECT id FROM t")).isEqualTo("42");
                kmip.rekey("key-of-kmip", 2048);
                database.ok("BACKUP DATABASE under_kmip TO DISK = 'kmip.bak'")
                        .ok("RESTORE VERIFYONLY FROM DISK = 'kmip.bak'")
                        .ok("ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128");
                altered(database, directory.resolve("data-backups/kmip.bak"));
            }
            assertThatThrownBy(() -> server.connect("under_vault"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P03"))
                    .hasMessageContaining("cannot open a session");
        }
    }

    /** TDE-149 with {@code ekm_cache_ttl = 0}: the database lives on until a checkpoint, and comes back with its provider. */
    private static void expires(ServerProcess server, KmipStub kmip) throws SQLException {
        try (KeySql master = new KeySql(server, "master");
                KeySql database = new KeySql(server, "under_kmip");
                KeySql other = new KeySql(server, "under_vault")) {
            master.ok(
                    "CREATE SERVER AUDIT trail TO FILE (FILEPATH = '.') WITH (QUEUE_DELAY = 0, STATE = ON)",
                    "CREATE SERVER AUDIT SPECIFICATION keys FOR SERVER AUDIT trail ADD (DATABASE_OBJECT_CHANGE_GROUP)"
                            + " WITH (STATE = ON)");
            kmip.refuse(NOT_AUTHENTICATED);
            database.ok("INSERT INTO t VALUES (43)");
            assertThat(database.text("SELECT count(*) FROM t")).isEqualTo("2");
            // The checkpoint that counts is the first after one at which the provider answered.
            ServerProcess.await("key expired", () -> ended(database));
            assertThatThrownBy(() -> server.connect("under_kmip"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P03"))
                    .hasMessageContaining("cannot open a session");
            assertThat(other.ok("CHECKPOINT").text("SELECT id FROM t"))
                    .as("a database whose provider answers")
                    .isEqualTo("42");
            kmip.refuse(0);
            try (KeySql again = new KeySql(server, "under_kmip")) {
                assertThat(again.text("SELECT count(*) FROM t")).isEqualTo("2");
                again.ok("DELETE FROM t WHERE id = 43");
            }
        }
    }

    private static boolean ended(KeySql database) {
        try {
            database.ok("UPDATE t SET id = id", "CHECKPOINT");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    private static boolean told(KeySql master) {
        String events = "SELECT string_agg(additional_information, ' ' ORDER BY audit_file_offset)"
                + " FROM sys.fn_get_audit_file('*', NULL, NULL) WHERE database_name = 'under_kmip'";
        try {
            String text = String.valueOf(master.text(events));
            return text.matches("(?s).*provider unreachable.*cached key expired.*provider reachable.*");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** TDE-121, TDE-148: FORCE drops a key that backups need, but none that a database, or a login, does. */
    private static void staysWhileBackupsNeedIt(ServerProcess server) throws SQLException {
        String drop = "DROP ASYMMETRIC KEY spare";
        try (KeySql master = new KeySql(server, "master")) {
            master.ok(
                            "CREATE ASYMMETRIC KEY spare FROM PROVIDER kmip WITH ALGORITHM = RSA_2048,"
                                    + " PROVIDER_KEY_NAME = 'spare'",
                            "CREATE LOGIN spare_login FROM ASYMMETRIC KEY spare",
                            "ALTER LOGIN spare_login ADD CREDENTIAL of_kmip",
                            "BACKUP DATABASE under_command TO DISK = 'spare.bak'"
                                    + " WITH ENCRYPTION (ALGORITHM = AES_256, SERVER ASYMMETRIC KEY = spare)")
                    .fails(33127, drop)
                    .fails(15559, drop + " FORCE")
                    .ok("DROP ROLE spare_login")
                    .fails(33127, drop)
                    .fails(33127, "DROP ASYMMETRIC KEY by_command FORCE")
                    .warns(33036, drop + " FORCE")
                    .fails(33111, "RESTORE DATABASE again FROM DISK = 'spare.bak'");
            // Every ten seconds a provider that is away is asked.
            ServerProcess.await("outage audited", () -> told(master));
        }
    }

    /** TDE-518: no byte of a backup under a provider's key can be another; the signature is among its last. */
    private static void altered(KeySql database, Path backup) throws Exception {
        byte[] good = Files.readAllBytes(backup);
        for (int at : new int[] {good.length / 2, good.length - 300, good.length - 200}) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.write(backup, bad);
            assertThat(database.outcome("RESTORE VERIFYONLY FROM DISK = 'kmip.bak'"))
                    .as("byte " + at + " of " + good.length)
                    .isIn("3189", "3241", "3203", "91013");
        }
        Files.write(backup, good);
    }

    /** Lines of a provider file that pin the authority's certificate. */
    private String anchors(String name, TestAuthority authority) throws Exception {
        Path anchors = directory.resolve(name);
        Files.write(anchors, authority.pem());
        return "trust_anchors = " + anchors + "\ntrust_anchors_sha256 = "
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(authority.pem())) + "\n";
    }

    /** A database under a key of this provider. */
    private static void under(ServerProcess server, String provider, String secret) throws SQLException {
        try (KeySql master = new KeySql(server, "master")) {
            master.ok(
                    "CREATE CRYPTOGRAPHIC PROVIDER " + provider + " FROM FILE = '" + provider + ".srekm'",
                    "CREATE CREDENTIAL of_" + provider + " WITH IDENTITY = 'operator', SECRET = '" + secret
                            + "' FOR CRYPTOGRAPHIC PROVIDER " + provider,
                    "ALTER LOGIN postgres ADD CREDENTIAL of_" + provider,
                    "CREATE ASYMMETRIC KEY by_" + provider + " FROM PROVIDER " + provider
                            + " WITH ALGORITHM = RSA_2048, PROVIDER_KEY_NAME = 'key-of-" + provider + "'",
                    "CREATE LOGIN login_" + provider + " FROM ASYMMETRIC KEY by_" + provider,
                    "ALTER LOGIN login_" + provider + " ADD CREDENTIAL of_" + provider,
                    "CREATE DATABASE under_" + provider);
        }
        try (KeySql database = new KeySql(server, "under_" + provider)) {
            database.ok(
                    "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER ASYMMETRIC KEY by_"
                            + provider,
                    "ALTER DATABASE CURRENT SET ENCRYPTION ON",
                    "CREATE TABLE t (id int PRIMARY KEY)",
                    "INSERT INTO t VALUES (42)");
        }
    }

    @Test
    @DisplayName(
            "TDE-142 to TDE-148, TDE-160, TDE-204, TDE-207: every refusal of providers, credentials and keys in them has its number")
    void refusalsHaveTheirNumbers() throws Exception {
        SoftHsm hsm = SoftHsm.create(directory);
        try (ServerProcess server = start(hsm);
                KeySql master = new KeySql(server, "master")) {
            master.fails(33053, "CREATE CRYPTOGRAPHIC PROVIDER hsm FROM FILE = 'hsm.srekm'");
            setUp(server, hsm);
            providerFile("other.srekm", descriptor(hsm, "00000000-0000-0000-0000-000000000001", "1.0.0.0"));
            providerFile("newer.srekm", descriptor(hsm, GUID, "2.0.0.0"));
            providerFile("odd.srekm", "type = pkcs11\ncolour = red\n");
            providerFile(
                    "forged.srekm",
                    descriptor(hsm, GUID.replace('5', '6'), "1.0.0.0")
                            .replaceAll("library_sha256 = ..", "library_sha256 = 00"));
            String wrongName = "CREATE CRYPTOGRAPHIC PROVIDER p FROM FILE = ";
            master.fails(33027, wrongName + "'missing.srekm'")
                    .fails(33025, wrongName + "'odd.srekm'")
                    .fails(33081, wrongName + "'forged.srekm'")
                    .fails(33026, wrongName + "'newer.srekm'")
                    .fails(15530, "CREATE CRYPTOGRAPHIC PROVIDER hsm FROM FILE = 'newer.srekm'")
                    .fails(33024, "ALTER CRYPTOGRAPHIC PROVIDER hsm FROM FILE = 'other.srekm'")
                    .fails(15151, "ALTER CRYPTOGRAPHIC PROVIDER none DISABLE")
                    .fails(33044, "DROP CRYPTOGRAPHIC PROVIDER hsm")
                    .ok("ALTER CRYPTOGRAPHIC PROVIDER hsm FROM FILE = 'newer.srekm'");
            assertThat(master.text("SELECT version || is_enabled || name || guid || substring(dll_path from '[^/]*$')"
                            + " FROM sys.cryptographic_providers"))
                    .isEqualTo("2.0.0.01hsm" + GUID + "newer.srekm");
            credentials(master);
            keys(master);
            master.ok("CREATE ROLE nobody LOGIN PASSWORD '" + ServerProcess.PASSWORD + "'");
            try (KeySql other = new KeySql(server, "master", "user", "nobody")) {
                other.fails(15247, "CREATE CRYPTOGRAPHIC PROVIDER q FROM FILE = 'other.srekm'")
                        .fails(15247, "CREATE CREDENTIAL q WITH IDENTITY = 'q'")
                        .fails(15247, "EXEC sp_configure 'EKM provider enabled', 0")
                        .fails(15151, "DROP ASYMMETRIC KEY own")
                        .fails(15247, "ALTER CRYPTOGRAPHIC PROVIDER hsm ENABLE");
                master.ok("GRANT CONTROL ON CRYPTOGRAPHIC PROVIDER::hsm TO nobody");
                other.ok("ALTER CRYPTOGRAPHIC PROVIDER hsm ENABLE").fails(33044, "DROP CRYPTOGRAPHIC PROVIDER hsm");
                master.ok("DENY CONTROL ON CRYPTOGRAPHIC PROVIDER::hsm TO PUBLIC");
                other.fails(15247, "ALTER CRYPTOGRAPHIC PROVIDER hsm ENABLE");
            }
            imports(master);
            master.warns(33057, "ALTER CRYPTOGRAPHIC PROVIDER hsm DISABLE")
                    .fails(33031, DEK + "tde")
                    .ok("ALTER CRYPTOGRAPHIC PROVIDER hsm ENABLE", "DROP ROLE tde_login")
                    .warns(33036, "DROP ASYMMETRIC KEY tde")
                    .ok("CREATE ASYMMETRIC KEY tde FROM PROVIDER hsm WITH PROVIDER_KEY_NAME = 'tde key',"
                            + " CREATION_DISPOSITION = OPEN_EXISTING")
                    .ok("DROP ASYMMETRIC KEY tde REMOVE PROVIDER KEY")
                    .ok(
                            "ALTER LOGIN postgres DROP CREDENTIAL opener",
                            "DROP CREDENTIAL opener",
                            "DROP CREDENTIAL empty")
                    .warns(33058, "DROP CRYPTOGRAPHIC PROVIDER hsm");
        }
    }

    /** TDE-146: keys from files, public ones in DER and PEM; they encrypt nothing of TDE (33120). */
    private void imports(KeySql master) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        for (String form : new String[] {"der", "pem"}) {
            byte[] der = generator.generateKeyPair().getPublic().getEncoded();
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(der) + "\n-----END PUBLIC KEY-----\n";
            byte[] content = form.equals("der") ? der : pem.getBytes(StandardCharsets.US_ASCII);
            Files.write(directory.resolve("data-key-backups/k." + form), content);
            master.ok("CREATE ASYMMETRIC KEY imported FROM FILE = 'k." + form + "'");
            assertThat(
                            master.text(
                                    "SELECT (public_key = '\\x" + HexFormat.of().formatHex(der)
                                            + "')::text || trim(algorithm)"
                                            + " || key_length || pvt_key_encryption_type FROM sys.asymmetric_keys WHERE name = 'imported'"))
                    .isEqualTo("true3R2048NA");
            master.fails(33120, DEK + "imported").ok("DROP ASYMMETRIC KEY imported");
        }
    }

    private static void credentials(KeySql master) throws SQLException {
        assertThat(master.outcome("CREATE CREDENTIAL [#c] WITH IDENTITY = 'x'")).isEqualTo("42602");
        master.fails(15530, "CREATE CREDENTIAL opener WITH IDENTITY = 'x'")
                .fails(33067, "CREATE CREDENTIAL long WITH IDENTITY = 'x', SECRET = '" + "x".repeat(121) + "'")
                .fails(33043, "ALTER LOGIN postgres ADD CREDENTIAL opener")
                .fails(15151, "ALTER LOGIN none ADD CREDENTIAL opener")
                .fails(15151, "ALTER LOGIN postgres ADD CREDENTIAL none")
                .fails(15352, "DROP CREDENTIAL opener")
                .ok("CREATE CREDENTIAL empty WITH IDENTITY = 'x' FOR CRYPTOGRAPHIC PROVIDER hsm", "CREATE ROLE carrier")
                .fails(33045, "ALTER LOGIN carrier DROP CREDENTIAL opener");
        assertThat(master.text("SELECT string_agg(name || credential_identity || target_type, ',' ORDER BY name)"
                        + " FROM sys.credentials"))
                .isEqualTo("emptyxCRYPTOGRAPHIC PROVIDER,openeroperatorCRYPTOGRAPHIC PROVIDER");
    }

    private static void keys(KeySql master) throws SQLException {
        String from = "CREATE ASYMMETRIC KEY k FROM PROVIDER hsm WITH ";
        master.fails(15396, "CREATE ASYMMETRIC KEY tde FROM PROVIDER hsm WITH ALGORITHM = RSA_2048")
                .fails(33035, from + "ALGORITHM = RSA_2048, PROVIDER_KEY_NAME = 'tde key'")
                .fails(33034, from + "ALGORITHM = RSA_2048, CREATION_DISPOSITION = OPEN_EXISTING")
                .fails(33128, from + "ALGORITHM = RSA_1024")
                .fails(33039, from + "PROVIDER_KEY_NAME = 'x'")
                .fails(33040, from + "ALGORITHM = RSA_2048 ENCRYPTION BY PASSWORD = 'Str0ng-enough'")
                .fails(33049, from + "PROVIDER_KEY_NAME = 'no such key', CREATION_DISPOSITION = OPEN_EXISTING")
                .fails(33023, from + "ALGORITHM = RSA_2048, PROVIDER_KEY_NAME = '" + "n".repeat(129) + "'")
                .fails(
                        15396,
                        "CREATE ASYMMETRIC KEY k FROM PROVIDER hsm WITH PROVIDER_KEY_NAME = 'tde key',"
                                + " CREATION_DISPOSITION = OPEN_EXISTING")
                .fails(15559, "DROP ASYMMETRIC KEY tde")
                .fails(15559, "CREATE LOGIN second FROM ASYMMETRIC KEY tde")
                .fails(15151, "CREATE LOGIN second FROM ASYMMETRIC KEY none");
        assertThat(master.text("SELECT count(*) FROM pg_roles WHERE rolname = 'second'"))
                .isEqualTo("0");
        master.ok("CREATE ASYMMETRIC KEY own WITH ALGORITHM = RSA_2048 ENCRYPTION BY PASSWORD = 'Str0ng-enough'")
                .fails(33120, DEK + "own")
                .fails(15151, DEK + "none")
                .ok("CREATE ASYMMETRIC KEY lone FROM PROVIDER hsm WITH ALGORITHM = RSA_2048")
                .fails(33121, DEK + "lone")
                .ok("CREATE LOGIN lone_login FROM ASYMMETRIC KEY lone")
                .fails(33046, DEK + "lone")
                .ok("ALTER LOGIN lone_login ADD CREDENTIAL empty")
                .fails(33047, DEK + "lone")
                .ok("ALTER CREDENTIAL empty WITH IDENTITY = 'x', SECRET = '9999'")
                .fails(33028, DEK + "lone")
                .ok("DROP ROLE lone_login", "DROP ASYMMETRIC KEY lone REMOVE PROVIDER KEY");
        assertThat(master.text("SELECT key_name FROM sys.dm_cryptographic_provider_keys(65536)"))
                .isEqualTo("tde key");
        assertThat(master.text("SELECT count(*) FROM sys.dm_cryptographic_provider_algorithms(65536)"))
                .isEqualTo("3");
        assertThat(master.text(
                        "SELECT string_agg(trim(algorithm) || key_length, ',' ORDER BY name) FROM sys.asymmetric_keys"))
                .isEqualTo("3R2048,4R3072");
        assertThat(master.text("SELECT string_agg(name || algorithm_desc || coalesce(provider_type, '-')"
                        + " || pvt_key_encryption_type, ',' ORDER BY name) FROM sys.asymmetric_keys"))
                .isEqualTo("ownRSA_2048-PW,tdeRSA_3072CRYPTOGRAPHIC PROVIDERNA");
    }
}
