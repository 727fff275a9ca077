package dev.strongroom.sql.command.key;

import dev.strongroom.catalog.key.CertificateDates;
import dev.strongroom.catalog.key.Certificates;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.ServiceKeys;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import org.jspecify.annotations.Nullable;

/** CREATE, ALTER, DROP and BACKUP CERTIFICATE. */
final class CertificateCommands {
    private final KeyServices services;

    CertificateCommands(KeyServices services) {
        this.services = services;
    }

    String run(CertificateStatement statement, KeyRequest request) {
        Certificates certificates = services.certificates();
        return switch (statement) {
            case CertificateStatement.CreateCertificate create -> {
                create(create, request);
                yield "CREATE CERTIFICATE";
            }
            case CertificateStatement.RemovePrivateKey remove -> {
                certificates.removePrivateKey(request, remove.name(), remove.force());
                yield "ALTER CERTIFICATE";
            }
            case CertificateStatement.AlterPrivateKey alter -> {
                certificates.alterPrivateKey(request, alter.name(), clause(alter.privateKey()), alter.force());
                yield "ALTER CERTIFICATE";
            }
            case CertificateStatement.AlterBeginDialog dialog -> {
                certificates.beginDialog(request, dialog.name(), dialog.on());
                yield "ALTER CERTIFICATE";
            }
            case CertificateStatement.BackupCertificate backup -> {
                certificates.backup(request, backup.name(), backup.path(), backupKey(backup.privateKey()));
                yield "BACKUP CERTIFICATE";
            }
            case CertificateStatement.DropCertificate drop -> {
                certificates.drop(request, drop.name(), drop.force());
                yield "DROP CERTIFICATE";
            }
        };
    }

    private void create(CertificateStatement.CreateCertificate create, KeyRequest request) {
        Boolean dialog = create.beginDialog();
        Certificates.Naming naming = new Certificates.Naming(create.name(), create.owner(), dialog == null || dialog);
        CertificateStatement.Generate generate = create.generate();
        CertificateStatement.Source source = create.source();
        if (generate != null) {
            CertificateDates dates = CertificateDates.of(
                    generate.startDate(),
                    generate.expiryDate(),
                    services.clock().epochMicros());
            services.certificates()
                    .generate(request, naming, generate.subject(), dates, KeyCommands.valueOf(generate.password()));
        } else if (source != null) {
            CertificateStatement.PrivateKey privateKey = source.privateKey();
            services.certificates()
                    .importExisting(request, naming, content(source), privateKey == null ? null : clause(privateKey));
        } else {
            throw new IllegalArgumentException("CREATE CERTIFICATE without a source");
        }
    }

    private static Certificates.Content content(CertificateStatement.Source source) {
        return switch (source.kind()) {
            case FILE, BINARY -> new Certificates.Content(source.path(), source.binary());
            case ASSEMBLY -> throw ServiceKeys.unsupported("CREATE CERTIFICATE FROM ASSEMBLY");
            case EXECUTABLE_FILE -> throw ServiceKeys.unsupported("CREATE CERTIFICATE FROM EXECUTABLE FILE");
        };
    }

    private static Certificates.PrivateKeyClause clause(CertificateStatement.PrivateKey key) {
        boolean given = key.path() != null || key.binary() != null;
        return new Certificates.PrivateKeyClause(
                isPfx(key),
                given ? new Certificates.Content(key.path(), key.binary()) : null,
                KeyCommands.valueOf(key.decryption()),
                KeyCommands.valueOf(key.encryption()));
    }

    private static boolean isPfx(CertificateStatement.PrivateKey key) {
        return "PFX".equalsIgnoreCase(key.format());
    }

    private static Certificates.@Nullable BackupKey backupKey(CertificateStatement.@Nullable PrivateKey key) {
        if (key == null) {
            return null;
        }
        String encryption = KeyCommands.valueOf(key.encryption());
        if (encryption == null) {
            throw ErrorReport.error(
                            ErrorCode.SYNTAX_ERROR,
                            "BACKUP CERTIFICATE needs ENCRYPTION BY PASSWORD for the private key")
                    .exception();
        }
        if (isPfx(key) && key.path() != null) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "a PFX file holds the private key, FILE cannot be given")
                    .exception();
        }
        return new Certificates.BackupKey(isPfx(key), key.path(), KeyCommands.valueOf(key.decryption()), encryption);
    }
}
