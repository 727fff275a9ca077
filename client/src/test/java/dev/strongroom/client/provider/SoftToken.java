package dev.strongroom.client.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A SoftHSM2 token in a folder (Debian's {@code softhsm2}); the build names its configuration file in SOFTHSM2_CONF. */
final class SoftToken {
    static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");

    private final Path configuration;
    private final String pin;

    private SoftToken(Path configuration, String pin) {
        this.configuration = configuration;
        this.pin = pin;
    }

    static SoftToken create(Path folder, String pin) throws IOException, InterruptedException {
        assertThat(LIBRARY)
                .as("these tests need softhsm2; on Debian: apt-get install softhsm2")
                .exists();
        Path tokens = Files.createDirectory(folder.resolve("tokens"));
        Files.writeString(
                Path.of(System.getenv("SOFTHSM2_CONF")),
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
        run(List.of(
                "softhsm2-util", "--init-token", "--free", "--label", "strongroom", "--pin", pin, "--so-pin", "5678"));
        Path configuration = Files.writeString(
                folder.resolve("pkcs11.conf"), "name = setup\nlibrary = " + LIBRARY + "\nslotListIndex = 0\n");
        return new SoftToken(configuration, pin);
    }

    /** An RSA key with a certificate, made inside the token by another process. */
    void addKey(String label, int bits) throws IOException, InterruptedException {
        run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                label,
                "-keyalg",
                "RSA",
                "-keysize",
                Integer.toString(bits),
                "-dname",
                "CN=" + label,
                "-keystore",
                "NONE",
                "-storetype",
                "PKCS11",
                "-storepass",
                pin,
                "-addprovider",
                "SunPKCS11",
                "-providerArg",
                configuration.toString()));
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
