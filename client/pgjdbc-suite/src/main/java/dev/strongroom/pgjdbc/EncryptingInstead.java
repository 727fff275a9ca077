package dev.strongroom.pgjdbc;

import dev.strongroom.client.StrongroomDriver;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Takes pgjdbc's place at the driver manager before the first test: the same URL leads through our driver, with column
 * encryption on. With the system property {@code strongroom.pgjdbc.driver=pgjdbc} it leaves things as they are.
 */
public final class EncryptingInstead implements LauncherSessionListener, Driver {
    private static final String THEIRS = "jdbc:postgresql:";

    private final StrongroomDriver below = new StrongroomDriver();

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        try {
            boolean ours = !"pgjdbc".equals(System.getProperty("strongroom.pgjdbc.driver"));
            if (ours && org.postgresql.Driver.isRegistered()) {
                org.postgresql.Driver.deregister();
                DriverManager.registerDriver(this);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ours(String url) {
        return "jdbc:strongroom:" + url.substring(THEIRS.length()) + (url.contains("?") ? "&" : "?")
                + "columnEncryption=enabled";
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        return acceptsURL(url) ? below.connect(ours(url), info) : null;
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(THEIRS);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
        return below.getPropertyInfo(ours(url), info);
    }

    @Override
    public int getMajorVersion() {
        return below.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
        return below.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.postgresql");
    }
}
