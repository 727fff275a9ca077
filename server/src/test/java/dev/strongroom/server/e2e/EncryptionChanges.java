package dev.strongroom.server.e2e;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Changes a database's encryption step by step, at each step whatever its state allows, chosen by a seed. */
final class EncryptionChanges {
    private static final int PLAIN = 1;
    private static final int ENCRYPTED = 3;

    private final ServerProcess server;
    private final String database;

    EncryptionChanges(ServerProcess server, String database) {
        this.server = server;
        this.database = database;
        ClientRun keys = server.psql("master", """
                CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'Str0ng-enough-for-a-test';
                CREATE CERTIFICATE first WITH SUBJECT = 'first';
                USE %s;
                CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE first;
                """.formatted(database), "-v", "ON_ERROR_STOP=1");
        if (keys.exitCode() != 0) {
            throw new IllegalStateException(keys.output());
        }
    }

    /** Takes one step; returns what was done. */
    String change(Random random) throws SQLException {
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            List<String> choices = choices(statement);
            String choice = choices.get(random.nextInt(choices.size()));
            try {
                statement.execute(choice);
            } catch (SQLException e) {
                if (!choice.endsWith("SUSPEND") || !isOver(e)) {
                    throw e;
                }
                return "the end of a scan";
            }
            return choice;
        }
    }

    /** The scan ended between the look at it and the request to suspend it. */
    private static boolean isOver(SQLException refused) {
        ServerErrorMessage message = refused instanceof PSQLException sent ? sent.getServerErrorMessage() : null;
        return message != null && "MSSQL91006".equals(message.getRoutine());
    }

    private List<String> choices(Statement statement) throws SQLException {
        String alter = "ALTER DATABASE " + database + " SET ENCRYPTION ";
        try (ResultSet row = statement.executeQuery(
                "SELECT encryption_state, encryption_scan_state_desc FROM sys.dm_database_encryption_keys"
                        + " WHERE database_id = db_id('" + database + "')")) {
            if (!row.next() || row.getInt(1) == PLAIN) {
                return List.of(alter + "ON");
            }
            if (row.getInt(1) == ENCRYPTED) {
                return List.of(alter + "OFF", "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_128");
            }
            return "SUSPENDED".equals(row.getString(2))
                    ? List.of(alter + "RESUME")
                    : List.of("SELECT 1", alter + "SUSPEND");
        }
    }
}
