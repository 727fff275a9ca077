package dev.strongroom.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and private keys between this server and the {@code openssl} program, in both directions. */
final class OpenSslTest {
    private static final String PASSWORD = "An0ther-one";

    @TempDir
    Path directory;

    private ServerProcess server;

    @BeforeEach
    void start() {
        server = ServerProcess.start(directory.resolve("data"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path files() {
        return directory.resolve("data-key-backups");
    }

    private String openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        ClientRun run = ClientRun.of(command, "", "", files());
        assertThat(run.exitCode()).as("%s%n%s", command, run.output()).isZero();
        return run.output();
    }

    private String modulusOfKey(String... reading) {
        List<String> arguments = new ArrayList<>(List.of("rsa", "-noout", "-modulus"));
        arguments.addAll(List.of(reading));
        return openssl(arguments.toArray(String[]::new)).strip();
    }

    @Test
    @DisplayName("TDE-139: OpenSSL reads the certificate, the PKCS#8 key and the PFX this server writes")
    void opensslReadsOurs() throws SQLException {
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            statement.execute("CREATE CERTIFICATE ours WITH SUBJECT = 'Made here', EXPIRY_DATE = '2040-12-31'");
            statement.execute("BACKUP CERTIFICATE ours TO FILE = 'ours.cer' WITH PRIVATE KEY"
                    + " (FILE = 'ours.p8', ENCRYPTION BY PASSWORD = '" + PASSWORD + "')");
            statement.execute("BACKUP CERTIFICATE ours TO FILE = 'ours.pfx' WITH FORMAT = 'PFX', PRIVATE KEY"
                    + " (ENCRYPTION BY PASSWORD = '" + PASSWORD + "')");
        }
        String certificate = openssl("x509", "-inform", "DER", "-in", "ours.cer", "-noout", "-modulus", "-subject");
        assertThat(certificate).contains("Made here");
        openssl("pkcs8", "-inform", "DER", "-in", "ours.p8", "-passin", "pass:" + PASSWORD, "-out", "plain.pem");
        assertThat(openssl("rsa", "-in", "plain.pem", "-check", "-noout")).contains("RSA key ok");
        String modulus = modulusOfKey("-in", "plain.pem");
        assertThat(certificate).contains(modulus);
        openssl("pkcs12", "-in", "ours.pfx", "-passin", "pass:" + PASSWORD, "-nodes", "-out", "pfx.pem");
        assertThat(modulusOfKey("-in", "pfx.pem")).isEqualTo(modulus);
        assertThat(openssl("x509", "-in", "pfx.pem", "-noout", "-modulus").strip())
                .isEqualTo(modulus);
    }

    @Test
    @DisplayName("TDE-139, TDE-138: this server reads what OpenSSL writes: PEM, DER, PKCS#8, PVK and PKCS#12")
    void weReadOpenssls() throws SQLException, IOException {
        String pass = "pass:" + PASSWORD;
        openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:3072",
                "-sha256",
                "-days",
                "4000",
                "-subj",
                "/CN=From elsewhere",
                "-nodes",
                "-keyout",
                "key.pem",
                "-out",
                "cert.pem");
        openssl("x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der");
        openssl("pkcs8", "-topk8", "-in", "key.pem", "-passout", pass, "-out", "key-encrypted.pem");
        openssl("pkcs8", "-topk8", "-in", "key.pem", "-passout", pass, "-outform", "DER", "-out", "key.p8");
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "plain.p8");
        openssl("rsa", "-in", "key.pem", "-outform", "PVK", "-pvk-none", "-out", "key.pvk");
        openssl("pkcs12", "-export", "-in", "cert.pem", "-inkey", "key.pem", "-passout", pass, "-out", "both.pfx");
        // As Windows, and SQL Server on it, lays out a PFX: SHA-1, 3DES for the key, 40 bits of RC2 for the
        // certificate.
        openssl(
                "pkcs12",
                "-export",
                "-legacy",
                "-certpbe",
                "PBE-SHA1-RC2-40",
                "-keypbe",
                "PBE-SHA1-3DES",
                "-macalg",
                "sha1",
                "-iter",
                "2000",
                "-in",
                "cert.pem",
                "-inkey",
                "key.pem",
                "-passout",
                pass,
                "-out",
                "windows.pfx");
        String modulus = modulusOfKey("-in", "key.pem");
        String fingerprint = openssl("x509", "-in", "cert.pem", "-noout", "-fingerprint", "-sha1");
        String thumbprint = fingerprint
                .substring(fingerprint.indexOf('=') + 1)
                .strip()
                .replace(":", "")
                .toLowerCase(Locale.ROOT);
        String decryption = ", DECRYPTION BY PASSWORD = '" + PASSWORD + "'";
        List<String> sources = List.of(
                "FILE = 'cert.pem' WITH PRIVATE KEY (FILE = 'key-encrypted.pem'" + decryption + ")",
                "FILE = 'cert.der' WITH PRIVATE KEY (FILE = 'key.p8'" + decryption + ")",
                "FILE = 'cert.der' WITH PRIVATE KEY (FILE = 'plain.p8')",
                "FILE = 'cert.pem' WITH PRIVATE KEY (FILE = 'key.pvk')",
                "FILE = 'both.pfx' WITH FORMAT = 'PFX', PRIVATE KEY (DECRYPTION BY PASSWORD = '" + PASSWORD + "')",
                "FILE = 'windows.pfx' WITH FORMAT = 'PFX', PRIVATE KEY (DECRYPTION BY PASSWORD = '" + PASSWORD + "')");
        try (Connection connection = server.connect("master");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough'");
            for (int i = 0; i < sources.size(); i++) {
                statement.execute("CREATE CERTIFICATE theirs FROM " + sources.get(i));
                assertThat(thumbprint(statement)).as(sources.get(i)).isEqualTo(thumbprint);
                statement.execute("BACKUP CERTIFICATE theirs TO FILE = 'back" + i + ".cer' WITH PRIVATE KEY"
                        + " (FILE = 'back" + i + ".p8', ENCRYPTION BY PASSWORD = '" + PASSWORD + "')");
                assertThat(modulusOfKey("-inform", "DER", "-in", "back" + i + ".p8", "-passin", pass))
                        .as(sources.get(i))
                        .isEqualTo(modulus);
                statement.execute("DROP CERTIFICATE theirs");
            }
        }
        assertThat(Files.readAllBytes(files().resolve("back0.cer")))
                .isEqualTo(Files.readAllBytes(files().resolve("cert.der")));
    }

    private static String thumbprint(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery(
                "SELECT encode(thumbprint, 'hex') FROM sys.certificates WHERE name = 'theirs'")) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }
}
