package dev.strongroom.keys;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.SrConnection;
import dev.strongroom.client.StrongroomDriver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database, and as whom. */
final class DatabaseOptions {
    private static final String PREFIX = "jdbc:strongroom:";

    @Option(names = "--url", paramLabel = "URL", description = "jdbc:strongroom://host:port/database")
    private @Nullable String url;

    @Option(names = "--user", paramLabel = "NAME", description = "Database user; default postgres.")
    private String user = "postgres";

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description = "File with the user's password; default: environment variable PGPASSWORD.")
    private @Nullable Path passwordFile;

    @Option(
            names = "--allow-same-host",
            description = "Allow a database on this machine: whoever administers it could read this tool's keys.")
    private boolean allowSameHost;

    boolean isGiven() {
        return url != null;
    }

    /** A connection that reads and writes cells only as cells. */
    Connection plain() throws SQLException, IOException {
        return connect(new Properties(), false);
    }

    /** A connection that encrypts and decrypts with these key stores. */
    Connection encrypting(StoreOptions store) throws SQLException, IOException {
        return connect(store.properties(), true);
    }

    private Connection connect(Properties store, boolean encrypting) throws SQLException, IOException {
        String target = url;
        if (target == null || !target.startsWith(PREFIX)) {
            throw new UsageException("--url jdbc:strongroom://host:port/database is missing");
        }
        refuseSameHost(target);
        Properties info = new Properties();
        info.putAll(store);
        info.setProperty("columnEncryption", encrypting ? "enabled" : "disabled");
        info.setProperty("user", user);
        info.setProperty("password", password());
        Connection connection = new StrongroomDriver().connect(target, info);
        if (connection == null) {
            throw new UsageException("cannot use URL " + target);
        }
        if (encrypting
                && !(connection.isWrapperFor(SrConnection.class)
                        && connection.unwrap(SrConnection.class).getColumnEncryption()
                                == ColumnEncryptionSetting.ENABLED)) {
            connection.close();
            throw new UsageException("the URL must not set columnEncryption");
        }
        return connection;
    }

    /** On the server's machine its administrator could take the keys from this process (AE-7, AE-150). */
    private void refuseSameHost(String target) throws IOException {
        String host = URI.create(target.substring("jdbc:".length()).replaceFirst("\\?.*", ""))
                .getHost();
        boolean same = host == null || InetAddress.getByName(host).isLoopbackAddress();
        if (same && !allowSameHost) {
            throw new UsageException("the database is on this machine, where its administrator could read the keys;"
                    + " run the tool elsewhere or add --allow-same-host");
        }
    }

    private String password() throws IOException {
        if (passwordFile != null) {
            return Files.readString(passwordFile).strip();
        }
        Map<String, String> environment = System.getenv();
        return environment.getOrDefault("PGPASSWORD", "");
    }
}
