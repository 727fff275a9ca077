package dev.strongroom.catalog.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.kmip.KmipVersion;
import dev.strongroom.crypto.provider.KmipDevice;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// What a provider file says (TDE-143): lines `name = value`, `#` begins a comment.
///
/// ```text
/// type = pkcs11                     or command                 or vault-transit              or kmip
/// guid = 5b6bd1c4-0f0f-4a6e-9a53-3f5d3a1d5c10
/// version = 1.00.0000.00
/// library = /usr/lib/p11.so         program = /usr/bin/keys    url = https://vault:8200      host = kmip, port = 5696
/// library_sha256 = 64 hex digits    program_sha256 = …         trust_anchors = /etc/ca.pem   trust_anchors =
/// /etc/ca.pem
/// slot_index = 0                                               trust_anchors_sha256 = …      trust_anchors_sha256 = …
///                                                              mount = transit               client_identity =
/// /etc/me.p12
///                                                              namespace = team              username = me
///                                                                                            protocol_version = 1.4
/// ```
///
/// A library runs inside the server, a program with its rights, trust anchors say whom to tell the secret: their hashes
/// are
/// pinned, and another file under the same name is refused (33081). A client's identity needs no hash: it is sealed
/// under the credential's secret.
///
/// @param target library, program, URL or host
/// @param pinned the file whose hash is pinned; empty where there is none
/// @param sha256 of that file; zeros where there is none
/// @param options what else is said
public record ProviderDescriptor(
        Kind kind,
        UUID guid,
        String version,
        String target,
        String pinned,
        byte[] sha256,
        Map<String, String> options) {
    private static final Pattern VERSION = Pattern.compile("\\d{1,2}\\.\\d{1,2}\\.\\d{1,4}\\.\\d{1,2}");
    private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*");
    private static final int SHA256_BYTES = 32;
    private static final String SLOT_INDEX = "slot_index";
    private static final String MOUNT = "mount";
    private static final String NAMESPACE = "namespace";
    private static final String PORT = "port";
    private static final String CLIENT_IDENTITY = "client_identity";
    private static final String USERNAME = "username";
    private static final String PROTOCOL_VERSION = "protocol_version";
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}");
    private static final int MAX_PORT = 65_535;

    /** What is behind a provider. */
    public enum Kind {
        PKCS11("pkcs11", "PKCS#11", "library", "library", Set.of(SLOT_INDEX)),
        COMMAND("command", "command", "program", "program", Set.of()),
        VAULT_TRANSIT("vault-transit", "Vault transit", "url", "trust_anchors", Set.of(MOUNT, NAMESPACE)),
        KMIP("kmip", "KMIP", "host", "trust_anchors", Set.of(PORT, CLIENT_IDENTITY, USERNAME, PROTOCOL_VERSION));

        private final String type;
        private final String shown;
        private final String target;
        private final String pinned;
        private final Set<String> options;

        Kind(String type, String shown, String target, String pinned, Set<String> options) {
            this.type = type;
            this.shown = shown;
            this.target = target;
            this.pinned = pinned;
            this.options = options;
        }

        /** In the file, and in stored entries. */
        String type() {
            return type;
        }

        static Kind of(String type) {
            for (Kind kind : values()) {
                if (kind.type.equals(type)) {
                    return kind;
                }
            }
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "cryptographic provider type \"" + type + "\" is not supported yet")
                    .withHint("Use pkcs11, vault-transit, kmip or command.")
                    .exception();
        }
    }

    public ProviderDescriptor {
        options = Map.copyOf(options);
    }

    static ProviderDescriptor parse(byte[] content) {
        Map<String, String> values = lines(content);
        Kind kind = Kind.of(value(values, "type"));
        List<String> known = List.of("type", "guid", "version", kind.target, kind.pinned, kind.pinned + "_sha256");
        Map<String, String> options = new LinkedHashMap<>(values);
        options.keySet().removeAll(known);
        options.keySet().stream()
                .filter(name -> !kind.options.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw invalid(name);
                });
        String version = value(values, "version");
        if (!VERSION.matcher(version).matches()) {
            throw invalid("version");
        }
        String target = value(values, kind.target);
        boolean isPinned = kind != Kind.VAULT_TRANSIT || values.containsKey(kind.pinned);
        ProviderDescriptor descriptor = new ProviderDescriptor(
                kind,
                guid(value(values, "guid")),
                version,
                target,
                isPinned ? value(values, kind.pinned) : "",
                isPinned
                        ? sha256(kind.pinned + "_sha256", value(values, kind.pinned + "_sha256"))
                        : new byte[SHA256_BYTES],
                options);
        descriptor.check();
        return descriptor;
    }

    private static Map<String, String> lines(byte[] content) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String raw : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw invalid(line);
            }
            values.put(
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).strip());
        }
        return values;
    }

    private void check() {
        switch (kind) {
            case PKCS11 -> slotIndex();
            case COMMAND -> {}
            case VAULT_TRANSIT -> checkVault();
            case KMIP -> checkKmip();
        }
    }

    private void checkKmip() {
        if (!HOST.matcher(target).matches()) {
            throw invalid(kind.target);
        }
        KmipDevice.Place _ = kmip();
    }

    private void checkVault() {
        if (!PATH.matcher(mount()).matches()) {
            throw invalid(MOUNT);
        }
        URI url = url();
        boolean secure = "https".equals(url.getScheme())
                || "http".equals(url.getScheme()) && url.getHost() != null && isLoopback(url.getHost());
        if (url.getHost() == null || !secure || !String.valueOf(url.getPath()).matches("/?")) {
            throw invalid(kind.target);
        }
    }

    /** The secret goes in the clear to nobody but this machine. */
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Which of a library's slots, from 0. */
    int slotIndex() {
        return number(SLOT_INDEX, 0, 0, Integer.MAX_VALUE);
    }

    private int number(String name, int otherwise, int least, int most) {
        try {
            int number = Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw invalid(name);
    }

    /** Where the KMIP server is. */
    KmipDevice.Place kmip() {
        String version = options.get(PROTOCOL_VERSION);
        return new KmipDevice.Place(
                target,
                number(PORT, 5696, 1, MAX_PORT),
                value(options, CLIENT_IDENTITY),
                options.getOrDefault(USERNAME, ""),
                version == null ? null : KmipVersion.of(version).orElseThrow(() -> invalid(PROTOCOL_VERSION)));
    }

    /** Where Vault is. */
    URI url() {
        try {
            return URI.create(target);
        } catch (IllegalArgumentException e) {
            throw invalid(kind.target);
        }
    }

    /** Where Vault's transit engine is mounted. */
    String mount() {
        return options.getOrDefault(MOUNT, "transit");
    }

    String namespace() {
        return options.getOrDefault(NAMESPACE, "");
    }

    /** For people. */
    public String friendlyName() {
        return kind.shown + " " + target + (kind == Kind.KMIP ? ":" + kmip().port() : "");
    }

    private static String value(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null || value.isEmpty()) {
            throw invalid(name);
        }
        return value;
    }

    private static UUID guid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw invalid("guid");
        }
    }

    private static byte[] sha256(String name, String hex) {
        try {
            byte[] bytes = HexFormat.of().parseHex(hex);
            if (bytes.length == SHA256_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw invalid(name);
    }

    private static DatabaseException invalid(String property) {
        return NumberedError.PROVIDER_PROPERTY.exception(
                "invalid cryptographic provider property \"" + property + "\" in the provider file");
    }
}
