package dev.strongroom.keys;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The key statements, as text (reference section 2.1). */
final class Ddl {
    private Ddl() {}

    static String name(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /** {@code [schema.]table} as SQL writes it. */
    static String table(String table) {
        String[] parts = table.split("\\.", 2);
        return parts.length == 2 ? name(parts[0]) + "." + name(parts[1]) : name(table);
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    static String createMasterKey(String name, String provider, String path, byte @Nullable [] signature) {
        return "CREATE COLUMN MASTER KEY " + name(name) + " WITH (KEY_STORE_PROVIDER_NAME = " + literal(provider)
                + ", KEY_PATH = " + literal(path)
                + (signature == null ? "" : ", ENCLAVE_COMPUTATIONS (SIGNATURE = " + hex(signature) + ")") + ")";
    }

    static String createColumnKey(String name, String values) {
        return "CREATE COLUMN ENCRYPTION KEY " + name(name) + " WITH VALUES " + values;
    }

    static String value(String masterKey, byte[] encrypted) {
        return "(COLUMN_MASTER_KEY = " + name(masterKey) + ", ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = "
                + hex(encrypted) + ")";
    }

    static String addValue(String columnKey, String value) {
        return "ALTER COLUMN ENCRYPTION KEY " + name(columnKey) + " ADD VALUE " + value;
    }

    static String dropValue(String columnKey, String masterKey) {
        return "ALTER COLUMN ENCRYPTION KEY " + name(columnKey) + " DROP VALUE (COLUMN_MASTER_KEY = " + name(masterKey)
                + ")";
    }

    static String encryptedWith(String columnKey, String type) {
        return "ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = " + name(columnKey) + ", ENCRYPTION_TYPE = " + type
                + ", ALGORITHM = 'AEAD_AES_256_CBC_HMAC_SHA_256')";
    }

    private static String hex(byte[] bytes) {
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
