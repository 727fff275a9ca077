package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.key.KeyEnvelope;
import dev.strongroom.client.key.TrustedPaths;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A program of the user's that uses a key store we do not know. It is called as
 *
 * <pre>
 * command decrypt|encrypt PATH ALGORITHM          standard input: base64 of the value, output: base64 of the result
 * command sign|verify PATH true|false             verify: base64 of the signature in, "true" or "false" out
 * </pre>
 *
 * and succeeds with exit code 0 in a given time, else it is killed. The server chooses the path, so only what looks like
 * a name below the configured beginning is passed on, as one argument and never through a shell.
 */
public final class CommandProvider implements ColumnKeyProvider {
    public static final String NAME = "COMMAND";

    /** How long a command may take unless told otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final Pattern PATH = Pattern.compile("[\\p{L}\\p{N}._:/@+= -]{1,4000}");

    private final List<String> command;
    private final String pathPrefix;
    private final Duration timeout;

    /**
     * @param pathPrefix only paths that begin with it are handed to the command; empty = all
     * @param timeout after which the command is killed
     */
    public CommandProvider(List<String> command, String pathPrefix, Duration timeout) {
        this.command = List.copyOf(command);
        this.pathPrefix = pathPrefix;
        this.timeout = timeout;
    }

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean trusts(String masterKeyPath) {
        if (!masterKeyPath.startsWith(pathPrefix)
                || !PATH.matcher(masterKeyPath).matches()) {
            return false;
        }
        // What the client did not configure itself may be a name, but no option, response file, home or root.
        boolean name = !pathPrefix.isEmpty() || "-@/~ ".indexOf(masterKeyPath.charAt(0)) < 0;
        return name && masterKeyPath.charAt(0) != '-' && !TrustedPaths.climbs(masterKeyPath);
    }

    @Override
    public byte[] decryptColumnEncryptionKey(String path, String algorithm, byte[] encryptedKey)
            throws ColumnEncryptionException {
        return bytes(encryptedKey, "decrypt", path, known(algorithm));
    }

    @Override
    public byte[] encryptColumnEncryptionKey(String path, String algorithm, byte[] columnKey)
            throws ColumnEncryptionException {
        return bytes(columnKey, "encrypt", path, known(algorithm));
    }

    @Override
    public byte[] signColumnMasterKeyMetadata(String path, boolean allowEnclave) throws ColumnEncryptionException {
        return bytes(new byte[0], "sign", path, Boolean.toString(allowEnclave));
    }

    @Override
    public boolean verifyColumnMasterKeyMetadata(String path, boolean allowEnclave, byte[] signature)
            throws ColumnEncryptionException {
        byte[] answer = run(signature, "verify", path, Boolean.toString(allowEnclave));
        return new String(answer, StandardCharsets.US_ASCII).strip().equals("true");
    }

    @Override
    public Object store() {
        return List.of(NAME, command);
    }

    private byte[] bytes(byte[] input, String operation, String path, String option) throws ColumnEncryptionException {
        byte[] answer = run(input, operation, path, option);
        if (answer.length == 0) {
            throw KeyStoreFault.of("the key command answered nothing");
        }
        try {
            return Base64.getMimeDecoder().decode(answer);
        } catch (IllegalArgumentException e) {
            // Its message would quote the answer.
            throw KeyStoreFault.of("the key command did not answer in base64");
        } finally {
            Arrays.fill(answer, (byte) 0);
        }
    }

    private byte[] run(byte[] input, String operation, String path, String option) throws ColumnEncryptionException {
        if (!trusts(path)) {
            throw KeyStoreFault.of("key path \"" + path + "\" is not for the configured key command");
        }
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(operation, path, option));
        return KeyCommand.run(line, Base64.getEncoder().encode(input), timeout);
    }

    /** The server names the algorithm too, and there is only one. */
    private static String known(String algorithm) throws ColumnEncryptionException {
        if (!KeyEnvelope.ALGORITHM.equalsIgnoreCase(algorithm)) {
            throw new ColumnEncryptionException(
                    Reason.ALGORITHM_UNKNOWN, "unknown column key algorithm \"" + algorithm + "\"");
        }
        return KeyEnvelope.ALGORITHM;
    }
}
