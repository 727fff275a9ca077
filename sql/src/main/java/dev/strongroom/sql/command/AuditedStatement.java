package dev.strongroom.sql.command;

import dev.strongroom.sql.parse.statement.AuditStatement;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.KeyStatement;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.Statement;

/**
 * A statement that may be audited, and whose it is.
 *
 * @param text its own text, not masked yet
 */
public record AuditedStatement(Statement statement, String text, int databaseOid, Client client) {
    /** The session. */
    public record Client(int processId, int sessionUserOid, int currentUserOid, String address, String application) {}

    /** Whether any audit could want a statement of this kind, or other statements about its database exclude it. */
    public static boolean possible(Statement statement) {
        return statement instanceof KeyStatement
                || statement instanceof CertificateStatement
                || statement instanceof EncryptionStatement
                || statement instanceof ProviderStatement
                || statement instanceof BackupStatement
                || statement instanceof AuditStatement
                || statement instanceof ColumnKeyStatement
                || statement instanceof RoleStatement
                || statement instanceof DatabaseStatement
                || statement instanceof MaintenanceStatement maintenance && maintenance.rebuilds();
    }
}
