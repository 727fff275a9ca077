package dev.strongroom.catalog.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// What a provider file says (TDE-143): lines `name = value`, `#` begins a comment.
///
/// ```text
/// type = pkcs11
/// guid = 5b6bd1c4-0f0f-4a6e-9a53-3f5d3a1d5c10
/// version = 1.00.0000.00
/// library = /usr/lib/softhsm/libsofthsm2.so
/// library_sha256 = 64 hex digits
/// slot_index = 0
/// ```
///
/// The library runs inside the server, so its hash is pinned: another file under the same name is refused (33081).
public record ProviderDescriptor(UUID guid, String version, String library, byte[] librarySha256, int slotIndex) {
    private static final Set<String> NAMES =
            Set.of("type", "guid", "version", "library", "library_sha256", "slot_index");
    private static final Pattern VERSION = Pattern.compile("\\d{1,2}\\.\\d{1,2}\\.\\d{1,4}\\.\\d{1,2}");
    private static final int SHA256_BYTES = 32;

    static ProviderDescriptor parse(byte[] content) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String raw : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? line : line.substring(0, equals).strip();
            if (equals < 0 || !NAMES.contains(name)) {
                throw invalid(name);
            }
            values.put(name, line.substring(equals + 1).strip());
        }
        String type = value(values, "type");
        if (!type.equals("pkcs11")) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED,
                            "cryptographic provider type \"" + type + "\" is not supported yet")
                    .withHint("Use type = pkcs11.")
                    .exception();
        }
        String version = value(values, "version");
        if (!VERSION.matcher(version).matches()) {
            throw invalid("version");
        }
        return new ProviderDescriptor(
                guid(value(values, "guid")),
                version,
                value(values, "library"),
                sha256(value(values, "library_sha256")),
                slotIndex(values.getOrDefault("slot_index", "0")));
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

    private static byte[] sha256(String hex) {
        try {
            byte[] bytes = HexFormat.of().parseHex(hex);
            if (bytes.length == SHA256_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw invalid("library_sha256");
    }

    private static int slotIndex(String text) {
        try {
            int index = Integer.parseInt(text);
            if (index >= 0) {
                return index;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw invalid("slot_index");
    }

    private static DatabaseException invalid(String property) {
        return NumberedError.PROVIDER_PROPERTY.exception(
                "invalid cryptographic provider property \"" + property + "\" in the provider file");
    }
}
