package dev.strongroom.crypto.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.testkit.random.SeededRandomness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TDE-113 against SoftHSM2 (Debian's {@code softhsm2}); the build names its configuration file in SOFTHSM2_CONF. */
class Pkcs11RootProviderTest {
    private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");

    @TempDir
    Path directory;

    @Test
    void tokenKeyWrapsAndOpens() throws Exception {
        makeToken();
        Path pin = secretFile("pin", "1234\n");
        Provider token = Security.getProvider("SunPKCS11")
                .configure("--name = setup\nlibrary = " + LIBRARY + "\nslotListIndex = 0");
        KeyStore store = KeyStore.getInstance("PKCS11", token);
        store.load(null, "1234".toCharArray());
        store.setKeyEntry("root", new SecretKeySpec(new byte[32], "AES"), null, null);

        String setting = "pkcs11:library=" + LIBRARY + ";slot=0;label=root;pin-file=" + pin;
        RootProvider provider = new RootProviders(false, false).parse(setting).get(0);
        provider.prepareFirstStart(new SeededRandomness(1));
        try (KeyBuffer key = KeyBuffer.copyOf(new byte[] {1, 2, 3})) {
            byte[] wrapped = provider.wrap(key, new byte[] {9}, new SeededRandomness(1));
            try (KeyBuffer opened = provider.unwrap(wrapped, new byte[] {9})) {
                assertThat(opened.sameAs(key)).isTrue();
            }
            assertThatThrownBy(() -> provider.unwrap(wrapped, new byte[] {8})).isInstanceOf(DatabaseException.class);
        }
    }

    @Test
    void missingOptionsAndLibrariesSayWhatIsWrong() throws IOException {
        RootProviders providers = new RootProviders(false, false);
        assertThatThrownBy(() -> providers.parse("pkcs11:label=x"))
                .hasMessageContaining("option \"library\" is missing");
        Path pin = secretFile("pin", "1234");
        RootProvider provider = providers
                .parse("pkcs11:library=/nowhere.so;label=x;pin-file=" + pin)
                .get(0);
        assertThatThrownBy(() -> provider.prepareFirstStart(new SeededRandomness(1)))
                .hasMessageContaining("cannot be loaded");
    }

    private void makeToken() throws IOException, InterruptedException {
        assertThat(LIBRARY)
                .as("these tests need softhsm2; on Debian: apt-get install softhsm2")
                .exists();
        String configuration = System.getenv("SOFTHSM2_CONF");
        assertThat(configuration).as("SOFTHSM2_CONF, set by the build").isNotNull();
        Path tokens = Files.createDirectory(directory.resolve("tokens"));
        Files.writeString(
                Path.of(configuration), "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
        Process process = new ProcessBuilder(
                        "softhsm2-util",
                        "--init-token",
                        "--free",
                        "--label",
                        "strongroom",
                        "--pin",
                        "1234",
                        "--so-pin",
                        "5678")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private Path secretFile(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }
}
