package dev.strongroom.crypto.provider;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.key.KeyBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The server's own secrets for cryptographic providers (TDE-145), which it uses for logins that carry no credential: a
/// file of setting `ekm_service_secrets`, with one line `guid = secret` for each provider; `#` begins a comment. The
/// file
/// is protected as a root key file is (TDE-111) and is read anew for each use, so that nothing of it stays in memory
/// and
/// a new secret counts at once. Thread-safe.
///
/// @param path null where the server has no secrets of its own
public record ServiceSecrets(@Nullable Path path) {
    public static final ServiceSecrets NONE = new ServiceSecrets(null);

    /** Fails if there is a file that cannot be used: 91004 if others can get at it, 91005 otherwise. */
    public void check() {
        secret(new UUID(0, 0)).ifPresent(KeyBuffer::close);
    }

    /** The secret for the provider with this guid. */
    public Optional<KeyBuffer> secret(UUID guid) {
        Path file = path;
        if (file == null) {
            return Optional.empty();
        }
        byte[] content = new SecretFile("ekm_service_secrets \"" + file + "\"", file, false).read();
        try {
            return find(file, content, guid);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private static Optional<KeyBuffer> find(Path file, byte[] content, UUID guid) {
        int foundFrom = 0;
        int foundTo = 0;
        int start = 0;
        for (int line = 1; start < content.length; line++) {
            int end = start;
            while (end < content.length && content[end] != '\n') {
                end++;
            }
            int from = skip(content, start, end);
            int to = trim(content, from, end);
            if (from < to && content[from] != '#') {
                int equals = indexOf(content, '=', from, to);
                int secret = skip(content, equals + 1, to);
                if (equals < 0 || secret >= to) {
                    throw malformed(file, line);
                }
                if (guid.equals(guid(file, line, content, from, trim(content, from, equals)))) {
                    foundFrom = secret;
                    foundTo = to;
                }
            }
            start = end + 1;
        }
        return foundFrom == foundTo
                ? Optional.empty()
                : Optional.of(KeyBuffer.takeOver(Arrays.copyOfRange(content, foundFrom, foundTo)));
    }

    private static UUID guid(Path file, int line, byte[] content, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append((char) (content[i] & 0xff));
        }
        try {
            return UUID.fromString(text.toString());
        } catch (IllegalArgumentException e) {
            throw malformed(file, line);
        }
    }

    private static int indexOf(byte[] content, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (content[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static int skip(byte[] content, int from, int to) {
        int at = from;
        while (at < to && content[at] <= ' ' && content[at] >= 0) {
            at++;
        }
        return at;
    }

    private static int trim(byte[] content, int from, int to) {
        int at = to;
        while (at > from && content[at - 1] <= ' ' && content[at - 1] >= 0) {
            at--;
        }
        return at;
    }

    /** Names the line and nothing of what is in it. */
    private static DatabaseException malformed(Path file, int line) {
        return NumberedError.ROOT_UNAVAILABLE.exception(
                "ekm_service_secrets \"" + file + "\": line " + line + " is not \"guid = secret\"");
    }
}
