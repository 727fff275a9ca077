package dev.strongroom.server.e2e;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.sql.SQLException;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The error catalogue (TDE-160): every number a statement can provoke, with its SQLSTATE, through a real client. */
final class ErrorCatalogueTest {
    private static final String GOOD = "'Str0ng-enough'";
    private static final String OTHER = "'An0ther-one'";

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "TDE-17, TDE-80, TDE-102, TDE-103, TDE-137, TDE-105, TDE-106, TDE-160: the numbers of master keys, certificates and database"
                    + " keys, in field R")
    void everyNumberIsProvoked() throws Exception {
        try (ServerProcess server = ServerProcess.start(directory.resolve("data"));
                KeySql master = new KeySql(server, "master")) {
            masterKey(master);
            certificates(master);
            files(master);
            try (KeySql vault = new KeySql(server, "vault")) {
                databaseKey(vault);
                vault.ok("CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE c")
                        .notices(33112, "ALTER DATABASE vault SET ENCRYPTION ON");
                ServerProcess.await("encryption", () -> "3".equals(state(vault)));
                encrypted(vault, master);
            }
            withoutPermission(server, master);
            lostKeys(master);
        }
    }

    private static String state(KeySql vault) {
        try {
            return String.valueOf(vault.text(
                    "SELECT encryption_state FROM sys.dm_database_encryption_keys" + " WHERE database_id = db_id()"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void masterKey(KeySql master) throws SQLException {
        String create = "CREATE MASTER KEY ENCRYPTION BY PASSWORD = ";
        master.fails(33161, "22023", "CREATE MASTER KEY")
                .fails(33062, "22023", create + "'S3c-r'")
                .fails(33063, "22023", create + "'S3c-r" + "x".repeat(200) + "'")
                .fails(33064, "22023", create + "'secretsecret'")
                .fails(15581, "55000", "CREATE CERTIFICATE c WITH SUBJECT = 'c'")
                .fails(15581, "55000", "OPEN MASTER KEY DECRYPTION BY PASSWORD = " + GOOD)
                .fails(15315, "55000", "CLOSE MASTER KEY")
                .fails(15151, "42704", "DROP MASTER KEY")
                .ok(create + GOOD)
                .fails(15578, "42710", create + GOOD)
                .fails(15313, "28P01", "OPEN MASTER KEY DECRYPTION BY PASSWORD = " + OTHER)
                .fails(15557, "42710", "ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY")
                .fails(15579, "42710", "ALTER MASTER KEY ADD ENCRYPTION BY PASSWORD = " + GOOD)
                .fails(15313, "28P01", "ALTER MASTER KEY DROP ENCRYPTION BY PASSWORD = " + OTHER)
                .fails(15455, "55000", "ALTER SERVICE MASTER KEY ADD ENCRYPTION BY MACHINE KEY")
                .fails(15451, "55000", "ALTER SERVICE MASTER KEY DROP ENCRYPTION BY MACHINE KEY")
                .ok("BEGIN")
                .fails(226, "25001", create + OTHER)
                .ok("ROLLBACK");
    }

    private static void certificates(KeySql master) throws Exception {
        String create = "CREATE CERTIFICATE ";
        master.ok(create + "c WITH SUBJECT = 'c'", "CREATE ROLE people", "CREATE DATABASE vault")
                .fails(15212, "22023", create + "d WITH SUBJECT = '" + "s".repeat(65) + "'")
                .fails(15232, "42710", create + "c WITH SUBJECT = 'c'")
                .fails(15345, "42501", create + "d AUTHORIZATION people WITH SUBJECT = 'd'")
                .fails(15580, "2BP01", "DROP MASTER KEY")
                .fails(15208, "58P01", create + "d FROM FILE = 'missing.cer'")
                .fails(15297, "22023", create + "d FROM BINARY = 0x0102")
                .fails(33005, "58P01", "CREATE ASYMMETRIC KEY k FROM FILE = 'missing.key'")
                .fails(33128, "22023", "CREATE ASYMMETRIC KEY k WITH ALGORITHM = RSA_1024")
                .warns(15213, create + "w1 WITH SUBJECT = 'w', START_DATE = '20300101', EXPIRY_DATE = '20290101'")
                .warns(15214, create + "w2 WITH SUBJECT = 'w', START_DATE = '20100101', EXPIRY_DATE = '20110101'")
                .warns(15215, create + "w3 WITH SUBJECT = 'w', START_DATE = '21000101', EXPIRY_DATE = '21100101'")
                .ok(
                        create + "p ENCRYPTION BY PASSWORD = " + GOOD + " WITH SUBJECT = 'p'",
                        create + "small FROM BINARY = 0x" + certificateOfLength(1024),
                        create + "large FROM BINARY = 0x" + certificateOfLength(8192),
                        create + "less FROM BINARY = 0x" + certificateOfLength(2047),
                        create + "more FROM BINARY = 0x" + certificateOfLength(4097),
                        create + "most FROM BINARY = 0x" + certificateOfLength(4096),
                        create + "bare FROM BINARY = 0x" + certificateOfLength(2048));
        String dek = "CREATE DATABASE ENCRYPTION KEY FOR DATABASE vault WITH ALGORITHM = AES_256"
                + " ENCRYPTION BY SERVER CERTIFICATE ";
        master.fails(33101, "55000", dek + "p")
                .fails(33101, "55000", dek + "bare")
                .fails(15464, "22023", dek + "small")
                .fails(33178, "22023", dek + "large")
                .fails(15464, "22023", dek + "less")
                .fails(33178, "22023", dek + "more")
                .fails(33101, "55000", dek + "most")
                .fails(15151, "42704", dek + "none")
                .fails(
                        33102,
                        "42809",
                        "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256"
                                + " ENCRYPTION BY SERVER CERTIFICATE c");
    }

    private static void files(KeySql master) throws Exception {
        String key = " WITH PRIVATE KEY (FILE = '%s', ENCRYPTION BY PASSWORD = " + OTHER + ")";
        String parts = "(FILE = 'c.pvk', DECRYPTION BY PASSWORD = ";
        master.ok("BACKUP CERTIFICATE c TO FILE = 'c.cer'" + key.formatted("c.pvk"))
                .fails(15240, "58P02", "BACKUP CERTIFICATE c TO FILE = 'c.cer'")
                .fails(15240, "58030", "BACKUP CERTIFICATE c TO FILE = 'no/such/directory/c.cer'")
                .fails(15247, "42501", "BACKUP CERTIFICATE c TO FILE = '/tmp/c.cer'")
                .fails(15246, "55000", "BACKUP CERTIFICATE bare TO FILE = 'b.cer'" + key.formatted("b.pvk"))
                .fails(15342, "55000", "ALTER CERTIFICATE bare REMOVE PRIVATE KEY")
                .fails(15334, "28P01", "BACKUP CERTIFICATE p TO FILE = 'p.cer'" + key.formatted("p.pvk"))
                .fails(
                        15397,
                        "22023",
                        "BACKUP CERTIFICATE c TO FILE = 'x.cer' WITH PRIVATE KEY (FILE = 'x.pvk',"
                                + " DECRYPTION BY PASSWORD = " + GOOD + ", ENCRYPTION BY PASSWORD = " + OTHER + ")")
                .fails(15563, "55000", "ALTER CERTIFICATE c WITH PRIVATE KEY " + parts + OTHER + ")")
                .fails(15474, "22023", "ALTER CERTIFICATE bare WITH PRIVATE KEY " + parts + OTHER + ")")
                .fails(15465, "28P01", "ALTER CERTIFICATE bare WITH PRIVATE KEY " + parts + GOOD + ")")
                .fails(
                        33069,
                        "42601",
                        "CREATE CERTIFICATE e FROM BINARY = 0x" + certificateOfLength(2048) + " WITH PRIVATE KEY "
                                + parts + OTHER + ")")
                .fails(
                        15317,
                        "58P01",
                        "RESTORE MASTER KEY FROM FILE = 'missing' DECRYPTION BY PASSWORD = " + OTHER
                                + " ENCRYPTION BY PASSWORD = " + GOOD)
                .ok("BACKUP MASTER KEY TO FILE = 'dmk' ENCRYPTION BY PASSWORD = " + OTHER)
                .fails(
                        15465,
                        "28P01",
                        "RESTORE MASTER KEY FROM FILE = 'dmk' DECRYPTION BY PASSWORD = " + GOOD
                                + " ENCRYPTION BY PASSWORD = " + GOOD)
                .fails(
                        15317,
                        "58P01",
                        "RESTORE SERVICE MASTER KEY FROM FILE = 'dmk' DECRYPTION BY PASSWORD = " + OTHER);
    }

    private static void databaseKey(KeySql vault) throws SQLException {
        vault.fails(33104, "42704", "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256")
                .fails(33104, "42704", "ALTER DATABASE ENCRYPTION KEY ENCRYPTION BY SERVER CERTIFICATE c")
                .fails(33104, "42704", "DROP DATABASE ENCRYPTION KEY")
                .fails(33106, "55000", "ALTER DATABASE vault SET ENCRYPTION ON")
                .fails(91006, "55000", "ALTER DATABASE vault SET ENCRYPTION SUSPEND")
                .warns(
                        33091,
                        "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256"
                                + " ENCRYPTION BY SERVER CERTIFICATE w2")
                .fails(
                        33103,
                        "42710",
                        "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256"
                                + " ENCRYPTION BY SERVER CERTIFICATE w2")
                .fails(33108, "55000", "ALTER DATABASE vault SET ENCRYPTION OFF")
                .ok("DROP DATABASE ENCRYPTION KEY");
    }

    private static void encrypted(KeySql vault, KeySql master) throws SQLException {
        vault.fails(33107, "55000", "ALTER DATABASE vault SET ENCRYPTION ON")
                .fails(33105, "55006", "DROP DATABASE ENCRYPTION KEY")
                .fails(91006, "55000", "ALTER DATABASE vault SET ENCRYPTION RESUME");
        master.fails(33127, "2BP01", "DROP CERTIFICATE c")
                .fails(33011, "2BP01", "ALTER CERTIFICATE c REMOVE PRIVATE KEY")
                .fails(91016, "2BP01", "ALTER CERTIFICATE c WITH PRIVATE KEY (ENCRYPTION BY PASSWORD = " + GOOD + ")")
                .fails(91016, "2BP01", "ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY")
                .ok("ALTER MASTER KEY DROP ENCRYPTION BY PASSWORD = " + GOOD)
                .fails(15558, "55000", "ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY FORCE");
    }

    private static void withoutPermission(ServerProcess server, KeySql master) throws SQLException {
        master.ok("CREATE ROLE low LOGIN PASSWORD " + GOOD);
        try (KeySql low = new KeySql(server, "master", "user", "low", "password", "Str0ng-enough")) {
            low.fails(262, "42501", "BACKUP DATABASE vault TO DISK = 'low.bak'")
                    .fails(262, "42501", "BACKUP LOG vault TO DISK = 'low.trn'")
                    .fails(262, "42501", "RESTORE DATABASE other FROM DISK = 'low.bak'")
                    .fails(262, "42501", "RESTORE HEADERONLY FROM DISK = 'low.bak'")
                    .fails(15247, "42501", "CREATE CERTIFICATE d WITH SUBJECT = 'd'")
                    .fails(15151, "42704", "DROP CERTIFICATE c");
        }
    }

    /** At the end, for nothing opens the certificates afterwards. */
    private static void lostKeys(KeySql master) throws SQLException {
        master.ok(
                        "ALTER MASTER KEY ADD ENCRYPTION BY PASSWORD = " + OTHER,
                        "ALTER MASTER KEY DROP ENCRYPTION BY SERVICE MASTER KEY FORCE")
                .fails(15329, "55000", "ALTER MASTER KEY REGENERATE WITH ENCRYPTION BY PASSWORD = " + GOOD)
                .warns(15585, "ALTER MASTER KEY FORCE REGENERATE WITH ENCRYPTION BY PASSWORD = " + GOOD);
    }

    /** Hex of a certificate whose key has so many bits; nobody has its private key, and another key signs it. */
    private static String certificateOfLength(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair signer = generator.generateKeyPair();
        BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(17).setBit(0);
        PublicKey key =
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65_537)));
        X500Name name = new X500Name("CN=length " + bits);
        var builder = new JcaX509v3CertificateBuilder(
                name, BigInteger.valueOf(bits), new Date(0), new Date(4_000_000_000_000L), name, key);
        return HexFormat.of()
                .formatHex(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(signer.getPrivate()))
                        .getEncoded());
    }
}
