package dev.strongroom.crypto.provider;

import dev.strongroom.common.time.SystemAccess;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads the setting {@code root_providers}: one to four specifications, separated by commas; a comma inside one is written
 * twice.
 *
 * @param fileGroupOk setting {@code root_file_group_ok}
 * @param allowEnvironment setting {@code allow_env_passphrase}
 */
@SystemAccess
public record RootProviders(boolean fileGroupOk, boolean allowEnvironment) {
    private static final int MAX_PROVIDERS = 4;
    private static final int MAX_SECRET_BYTES = 64 * 1024;

    public List<RootProvider> parse(String setting) {
        List<RootProvider> providers = new ArrayList<>();
        for (String specification : split(setting)) {
            providers.add(parseOne(specification));
        }
        if (providers.isEmpty() || providers.size() > MAX_PROVIDERS) {
            throw RootFailure.unavailable(setting, "one to " + MAX_PROVIDERS + " providers are needed");
        }
        return List.copyOf(providers);
    }

    private static List<String> split(String setting) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < setting.length(); i++) {
            char c = setting.charAt(i);
            boolean doubled = c == ',' && i + 1 < setting.length() && setting.charAt(i + 1) == ',';
            if (c != ',' || doubled) {
                part.append(c);
                i += doubled ? 1 : 0;
            } else {
                parts.add(part.toString().strip());
                part.setLength(0);
            }
        }
        parts.add(part.toString().strip());
        return parts.stream().filter(text -> !text.isEmpty()).toList();
    }

    private RootProvider parseOne(String specification) {
        int colon = specification.indexOf(':');
        String kind = colon < 0 ? "" : specification.substring(0, colon);
        String rest = specification.substring(colon + 1);
        return switch (kind) {
            case "file" -> new FileRootProvider(Path.of(rest), fileGroupOk);
            case "passphrase" -> new PassphraseRootProvider(specification, passphraseSource(specification, rest));
            case "command" -> {
                Map<String, String> options = options(rest);
                String wrap = options.getOrDefault("wrap", "");
                String unwrap = options.getOrDefault("unwrap", "");
                if (wrap.isEmpty() || unwrap.isEmpty()) {
                    throw RootFailure.unavailable(specification, "expected command:wrap=COMMAND;unwrap=COMMAND");
                }
                yield new CommandRootProvider(wrap, unwrap);
            }
            case "pkcs11" -> new Pkcs11RootProvider(specification, options(rest));
            default ->
                throw RootFailure.unavailable(
                        specification, "unknown kind, expected file:, passphrase:, command: or pkcs11:");
        };
    }

    private static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split(";", -1)) {
            int equals = option.indexOf('=');
            if (equals > 0) {
                options.put(
                        option.substring(0, equals).strip(),
                        option.substring(equals + 1).strip());
            }
        }
        return options;
    }

    private Supplier<byte[]> passphraseSource(String specification, String source) {
        int colon = source.indexOf(':');
        String kind = colon < 0 ? "" : source.substring(0, colon);
        String name = source.substring(colon + 1);
        return switch (kind) {
            case "file" -> SecretFile.ofRoot(specification, Path.of(name), fileGroupOk)::read;
            case "credential" -> {
                String directory = System.getenv("CREDENTIALS_DIRECTORY");
                if (directory == null) {
                    throw RootFailure.unavailable(specification, "systemd gave no credentials directory");
                }
                yield SecretFile.ofRoot(specification, Path.of(directory, name), fileGroupOk)::read;
            }
            case "fd" -> onceFrom(specification, "/proc/self/fd/" + name);
            case "env" -> {
                if (!allowEnvironment) {
                    throw RootFailure.unavailable(
                            specification, "a passphrase in the environment needs allow_env_passphrase = on");
                }
                yield () -> fromEnvironment(specification, name);
            }
            default ->
                throw RootFailure.unavailable(
                        specification, "unknown source, expected file:, fd:, credential: or env:");
        };
    }

    /** An inherited descriptor can be read once only, so what it gave is kept for the start. */
    private static Supplier<byte[]> onceFrom(String specification, String path) {
        byte[][] kept = new byte[1][];
        return () -> {
            byte[] content = kept[0];
            if (content == null) {
                try (FileInputStream in = new FileInputStream(path)) {
                    content = in.readNBytes(MAX_SECRET_BYTES);
                } catch (IOException e) {
                    throw RootFailure.unavailable(specification, "the file descriptor cannot be read", e);
                }
                kept[0] = content;
            }
            return content.clone();
        };
    }

    private static byte[] fromEnvironment(String specification, String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw RootFailure.unavailable(specification, "the environment variable is not set");
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
