package dev.strongroom.keys;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a database knows of its keys. */
final class KeyMetadata {
    record MasterKey(String name, String provider, String path, byte @Nullable [] signature) {}

    record Value(String columnKey, String masterKey, String provider, String path, byte[] encrypted) {}

    /** What a database calls a column key besides its name (AE-61). */
    record Version(int id, byte[] version) {}

    private KeyMetadata() {}

    static List<MasterKey> masterKeys(Connection connection) throws SQLException {
        List<MasterKey> keys = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                        "SELECT name, key_store_provider_name, key_path, signature FROM sys.column_master_keys ORDER BY name");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                keys.add(new MasterKey(rows.getString(1), rows.getString(2), rows.getString(3), rows.getBytes(4)));
            }
        }
        return keys;
    }

    static MasterKey masterKey(Connection connection, String name) throws SQLException {
        return masterKeys(connection).stream()
                .filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("the database has no column master key \"" + name + "\""));
    }

    /** Id and metadata version of every column key, by name. */
    static Map<String, Version> versions(Connection connection) throws SQLException {
        Map<String, Version> versions = new TreeMap<>();
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT column_encryption_key_name, column_encryption_key_id,"
                                + " column_encryption_key_metadata_version FROM sys.column_encryption_key_info(NULL)");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                versions.put(rows.getString(1), new Version(rows.getInt(2), rows.getBytes(3)));
            }
        }
        return versions;
    }

    static List<Value> values(Connection connection) throws SQLException {
        List<Value> values = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                        "SELECT c.name, m.name, m.key_store_provider_name, m.key_path, v.encrypted_value"
                                + " FROM sys.column_encryption_key_values v"
                                + " JOIN sys.column_encryption_keys c"
                                + " ON c.column_encryption_key_id = v.column_encryption_key_id"
                                + " JOIN sys.column_master_keys m ON m.column_master_key_id = v.column_master_key_id"
                                + " ORDER BY c.name, m.name");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                values.add(new Value(
                        rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4), rows.getBytes(5)));
            }
        }
        return values;
    }
}
