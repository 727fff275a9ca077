package dev.strongroom.server.boot;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.Randomness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * The first superuser's password (S-23): from {@code STRONGROOM_PASSWORD} or {@code STRONGROOM_PASSWORD_FILE}, else made up
 * and kept in a file beside the data directory until it is changed.
 *
 * @param generated true where it was made up and lies in the file
 */
record InitialPassword(String value, boolean generated) {
    private static final String ALPHABET = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static final int LENGTH = 20;

    /** Reads or makes the password; a made-up one is on disk before this returns. */
    static InitialPassword choose(Map<String, String> environment, Path file, Randomness randomness) {
        String given = environment.get("STRONGROOM_PASSWORD");
        if (given != null && !given.isEmpty()) {
            return new InitialPassword(given, false);
        }
        String givenFile = environment.get("STRONGROOM_PASSWORD_FILE");
        if (givenFile != null && !givenFile.isEmpty()) {
            return new InitialPassword(read(Path.of(givenFile)), false);
        }
        String made = make(randomness);
        write(file, made);
        return new InitialPassword(made, true);
    }

    private static String read(Path file) {
        try {
            String text = Files.readString(file).strip();
            if (text.isEmpty()) {
                throw ErrorReport.fatal(ErrorCode.INVALID_PASSWORD, "password file \"" + file + "\" is empty")
                        .exception();
            }
            return text;
        } catch (IOException unreadable) {
            throw ErrorReport.fatal(ErrorCode.UNDEFINED_FILE, "could not read password file \"" + file + "\"")
                    .exception(unreadable);
        }
    }

    private static String make(Randomness randomness) {
        StringBuilder password = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            int index = (int) Math.floorMod(randomness.nextLong(), (long) ALPHABET.length());
            password.append(ALPHABET.charAt(index));
        }
        return password.toString();
    }

    private static void write(Path file, String password) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(
                    file,
                    (password + "\n").getBytes(StandardCharsets.UTF_8),
                    Set.of(StandardOpenOption.WRITE, StandardOpenOption.SYNC).toArray(StandardOpenOption[]::new));
        } catch (IOException unwritable) {
            throw ErrorReport.fatal(ErrorCode.IO_ERROR, "could not write password file \"" + file + "\"")
                    .exception(unwritable);
        }
    }
}
