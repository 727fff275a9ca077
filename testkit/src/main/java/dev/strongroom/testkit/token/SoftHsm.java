package dev.strongroom.testkit.token;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A SoftHSM2 token of its own (Debian's {@code softhsm2}). The library is copied, so that each test loads one that knows
 * only its token, and a test may take it away.
 *
 * @param library the copy of the PKCS#11 library
 * @param configuration what SOFTHSM2_CONF must name
 */
public record SoftHsm(Path library, Path configuration) {
    public static final String PIN = "1234";

    private static final Path INSTALLED = Path.of("/usr/lib/softhsm/libsofthsm2.so");

    /** Makes a token below this directory. */
    public static SoftHsm create(Path directory) {
        return create(directory, directory.resolve("softhsm2.conf"));
    }

    /** Makes a token below this directory, for a process that already has its SOFTHSM2_CONF. */
    public static SoftHsm create(Path directory, Path configuration) {
        if (!Files.exists(INSTALLED)) {
            throw new AssertionError("these tests need softhsm2; on Debian: apt-get install softhsm2");
        }
        try {
            Path tokens = Files.createDirectories(directory.resolve("tokens"));
            Files.writeString(configuration, "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
            ProcessBuilder builder = new ProcessBuilder(
                    "softhsm2-util",
                    "--init-token",
                    "--free",
                    "--label",
                    "strongroom",
                    "--pin",
                    PIN,
                    "--so-pin",
                    "5678");
            builder.environment().put("SOFTHSM2_CONF", configuration.toString());
            Process process = builder.redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("softhsm2-util failed: " + said);
            }
            Path library = directory.resolve("libsofthsm2.so");
            Files.copy(INSTALLED, library);
            return new SoftHsm(library, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SHA-256 of the library, hex. */
    public String librarySha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(library)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
