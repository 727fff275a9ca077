package dev.strongroom.client;

import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.jdbc.ConnectionLayer;
import dev.strongroom.client.jdbc.ProcessCaches;
import dev.strongroom.client.key.ColumnKeyProvider;
import dev.strongroom.client.key.KeyProviders;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * The driver for {@code jdbc:strongroom://host:port/database?columnEncryption=enabled&…} (AE-20). Everything pgjdbc knows
 * works as in pgjdbc; with column encryption, parameters and results are encrypted and decrypted on the way.
 */
public final class StrongroomDriver implements Driver {
    private static final ProcessCaches SHARED = new ProcessCaches();
    private static final KeyProviders PROCESS_PROVIDERS = KeyProviders.ofProcess();

    static {
        try {
            DriverManager.registerDriver(new StrongroomDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final org.postgresql.Driver below = new org.postgresql.Driver();

    /** Adds a key store for every connection of the process. */
    public static void registerColumnKeyProvider(ColumnKeyProvider provider) throws ColumnEncryptionException {
        PROCESS_PROVIDERS.register(provider);
    }

    /** The key stores that properties of this driver describe, for tools that use them without a connection. */
    public static KeyProviders providers(Properties properties) throws ColumnEncryptionException {
        return DriverProperties.of(DriverProperties.PREFIX, properties)
                .settings(PROCESS_PROVIDERS)
                .providers();
    }

    /** Zeroes and forgets every opened column key and every statement description of the process. */
    public static void clearCaches() {
        SHARED.keys().clear();
        SHARED.plans().clear();
    }

    @Override
    public boolean acceptsURL(@Nullable String url) {
        return url != null && url.startsWith(DriverProperties.PREFIX);
    }

    @Override
    public @Nullable Connection connect(@Nullable String url, @Nullable Properties info) throws SQLException {
        if (url == null || !acceptsURL(url)) {
            return null;
        }
        DriverProperties properties = DriverProperties.of(url, info);
        Connection plain = open(properties);
        if (properties.setting() == ColumnEncryptionSetting.DISABLED && !properties.requiresEncryption()) {
            return plain;
        }
        try {
            BaseConnection base = plain.unwrap(BaseConnection.class);
            if (base.getParameterStatus("strongroom.ae_epoch") == null) {
                throw new ColumnEncryptionException(
                        Reason.NOT_SUPPORTED, "the server does not offer column encryption");
            }
            return ConnectionLayer.over(
                    base,
                    properties.settings(PROCESS_PROVIDERS),
                    SHARED,
                    properties.callMode(),
                    () -> open(properties));
        } catch (SQLException | RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    private Connection open(DriverProperties properties) throws SQLException {
        Connection connection = below.connect(properties.urlBelow(), properties.passed());
        if (connection == null) {
            throw new SQLException("invalid URL for this driver", "08001");
        }
        return connection;
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties info) throws SQLException {
        DriverProperties properties = DriverProperties.of(url, info);
        List<DriverPropertyInfo> all =
                new ArrayList<>(List.of(below.getPropertyInfo(properties.urlBelow(), properties.passed())));
        for (Map.Entry<String, String> own : new TreeMap<>(DriverProperties.OWN).entrySet()) {
            DriverPropertyInfo property = new DriverPropertyInfo(own.getKey(), null);
            property.description = own.getValue();
            all.add(property);
        }
        return all.toArray(DriverPropertyInfo[]::new);
    }

    @Override
    public int getMajorVersion() {
        return 0;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return below.getParentLogger();
    }
}
