package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.key.ColumnKeyProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program of the user's that uses a key store we do not know. It is called as
 *
 * <pre>
 * command decrypt|encrypt PATH ALGORITHM          standard input: base64 of the value, output: base64 of the result
 * command sign|verify PATH true|false             verify: base64 of the signature in, "true" or "false" out
 * </pre>
 *
 * and succeeds with exit code 0. Paths are passed as one argument each, never through a shell.
 */
public final class CommandProvider implements ColumnKeyProvider {
    public static final String NAME = "COMMAND";

    private static final int TIMEOUT_SECONDS = 30;

    private final List<String> command;
    private final String pathPrefix;

    /** @param pathPrefix only paths that begin with it are handed to the command; empty = all */
    public CommandProvider(List<String> command, String pathPrefix) {
        this.command = List.copyOf(command);
        this.pathPrefix = pathPrefix;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean trusts(String masterKeyPath) {
        // A path is one argument; one that looks like an option is refused rather than explained to the program.
        return masterKeyPath.startsWith(pathPrefix) && !masterKeyPath.startsWith("-");
    }

    @Override
    public byte[] decryptColumnEncryptionKey(String path, String algorithm, byte[] encryptedKey)
            throws ColumnEncryptionException {
        return bytes(run(encryptedKey, "decrypt", path, algorithm));
    }

    @Override
    public byte[] encryptColumnEncryptionKey(String path, String algorithm, byte[] columnKey)
            throws ColumnEncryptionException {
        return bytes(run(columnKey, "encrypt", path, algorithm));
    }

    @Override
    public byte[] signColumnMasterKeyMetadata(String path, boolean allowEnclave) throws ColumnEncryptionException {
        return bytes(run(new byte[0], "sign", path, Boolean.toString(allowEnclave)));
    }

    @Override
    public boolean verifyColumnMasterKeyMetadata(String path, boolean allowEnclave, byte[] signature)
            throws ColumnEncryptionException {
        return run(signature, "verify", path, Boolean.toString(allowEnclave)).equals("true");
    }

    private static byte[] bytes(String text) throws ColumnEncryptionException {
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw KeyStoreFault.of("the key command did not answer in base64", e);
        }
    }

    private String run(byte[] input, String operation, String path, String option) throws ColumnEncryptionException {
        if (!trusts(path)) {
            throw KeyStoreFault.of("key path \"" + path + "\" is not for the configured key command");
        }
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(operation, path, option));
        byte[] encoded = Base64.getEncoder().encode(input);
        try {
            Process process = new ProcessBuilder(line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            feed(process, encoded);
            String output;
            try (var out = process.getInputStream()) {
                output = new String(out.readAllBytes(), StandardCharsets.US_ASCII).strip();
            }
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw KeyStoreFault.of("the key command did not end in " + TIMEOUT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw KeyStoreFault.of("the key command failed to " + operation + " with \"" + path + "\": exit code "
                        + process.exitValue());
            }
            return output;
        } catch (IOException e) {
            throw KeyStoreFault.of("cannot run the key command " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KeyStoreFault.of("interrupted while the key command ran", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** A command that fails before it reads says so by its exit code. */
    private static void feed(Process process, byte[] input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException unread) {
            // Its exit code tells.
        }
    }
}
