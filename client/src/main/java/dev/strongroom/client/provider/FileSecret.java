package dev.strongroom.client.provider;

import dev.strongroom.client.error.ColumnEncryptionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A secret in a file, without the line's end. */
record FileSecret(Path file) implements Secret {
    @Override
    public char[] reveal() throws ColumnEncryptionException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw KeyStoreFault.of("cannot read the secret in " + file, e);
        }
        CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
        Arrays.fill(bytes, (byte) 0);
        int length = chars.length();
        while (length > 0 && (chars.charAt(length - 1) == '\n' || chars.charAt(length - 1) == '\r')) {
            length--;
        }
        char[] secret = Arrays.copyOf(chars.array(), length);
        Arrays.fill(chars.array(), '\0');
        return secret;
    }

    @Override
    public Object identity() {
        return file.toAbsolutePath();
    }
}
