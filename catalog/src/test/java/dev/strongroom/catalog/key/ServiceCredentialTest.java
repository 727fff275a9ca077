package dev.strongroom.catalog.key;

import static dev.strongroom.catalog.key.TestingKeys.MASTER;
import static dev.strongroom.catalog.key.TestingKeys.USER;
import static dev.strongroom.catalog.key.TestingKeys.assertNumber;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.catalog.key.AsymmetricKeys.InProvider;
import dev.strongroom.catalog.key.DatabaseKeys.Encryptor;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.crypto.provider.ServiceSecrets;
import dev.strongroom.storage.encryption.EncryptionStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TDE-145: what opens a provider for a login that carries no credential for it. */
final class ServiceCredentialTest {
    private static final String GUID = "5b6bd1c4-0f0f-4a6e-9a53-3f5d3a1d5c10";
    private static final Encryptor BY_K = new Encryptor(true, "k");

    @TempDir
    Path directory;

    private TestingKeys keys;
    private Path secrets;

    @BeforeEach
    void start() throws IOException, GeneralSecurityException {
        keys = new TestingKeys(directory, 145);
        Path program = executable(
                "keys.sh",
                Files.readString(Path.of("../docs/key-command.sh"))
                        .replace("/etc/strongroom-keys", directory.toString()));
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(program)));
        Files.writeString(
                directory.resolve("command.srekm"),
                "type = command\nguid = " + GUID + "\nversion = 1.0.0.0\nprogram = " + program + "\nprogram_sha256 = "
                        + hash + "\n");
        keys.services.encryptors().tokens().enabledBySetting(true);
        keys.services.providers().create(keys.in(MASTER), "command", "command.srekm");
        secrets = executable("secrets", "");
    }

    private Path executable(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private void serve(String lines) throws IOException {
        Files.writeString(secrets, lines);
        keys.services.encryptors().tokens().serviceSecrets(new ServiceSecrets(secrets));
    }

    private void createKey() {
        keys.services
                .asymmetricKeys()
                .createInProvider(keys.in(MASTER), "k", null, new InProvider("command", "RSA_2048", null, null, null));
    }

    @Test
    @DisplayName("TDE-145: without a mapping the service's own credential opens the provider, without one it is 33046")
    void theServicesOwnCredentialServesWhoCarriesNone() throws IOException {
        assertNumber(this::createKey, 33046);
        serve("# of another provider\n" + GUID.replace('5', '6') + " = open sesame\n");
        assertNumber(this::createKey, 33046);
        serve("\n" + GUID + " = open sesame \r\n");
        createKey();
        assertNumber(() -> keys.services.databaseKeys().create(keys.in(USER), "AES_256", BY_K), 33121);
        keys.services.asymmetricKeys().attachLogin(keys.in(MASTER), "postgres", "k");
        keys.services.databaseKeys().create(keys.in(USER), "AES_256", BY_K);
        assertThat(keys.encryption.status().state()).isEqualTo(EncryptionStatus.UNENCRYPTED);
        keys.services
                .encryptors()
                .openDek(keys.encryption.status().keys().get(0))
                .close();

        Files.writeString(secrets, GUID + " = wrong");
        assertNumber(
                () -> keys.services
                        .encryptors()
                        .openDek(keys.encryption.status().keys().get(0)),
                33028);
    }

    @Test
    @DisplayName("TDE-145: a login's own credential counts more than the service's")
    void theLoginsOwnCredentialComesFirst() throws IOException {
        serve(GUID + " = open sesame\n");
        Credentials credentials = keys.services.credentials();
        credentials.create(keys.in(MASTER), new Credentials.Definition("own", "i", "wrong", "command"));
        credentials.map(keys.in(MASTER), "postgres", true, "own");
        assertNumber(this::createKey, 33028);
        credentials.alter(keys.in(MASTER), new Credentials.Definition("own", "i", "open sesame", null));
        createKey();
    }

    @Test
    @DisplayName(
            "TDE-145: the file of the service's secrets is for the server's eyes only, and says what it says rightly")
    void theFileIsProtectedAndChecked() throws IOException {
        for (String bad : new String[] {GUID, GUID + " =", "x = y", "# fine\n= open sesame"}) {
            assertNumber(() -> serve(bad), 91005);
        }
        assertThatThrownBy(() -> serve(GUID + " = secret\nlate secret"))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("late secret");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rw-r-----"));
        assertNumber(() -> serve(GUID + " = open sesame"), 91004);
        Files.delete(secrets);
        assertNumber(() -> keys.services.encryptors().tokens().serviceSecrets(new ServiceSecrets(secrets)), 91005);
    }
}
