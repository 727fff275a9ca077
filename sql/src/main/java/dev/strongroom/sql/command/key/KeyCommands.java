package dev.strongroom.sql.command.key;

import dev.strongroom.catalog.audit.Audits;
import dev.strongroom.catalog.key.DatabaseKeys;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.MasterKeys;
import dev.strongroom.catalog.key.ServerOptions;
import dev.strongroom.catalog.key.ServiceKeys;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.AuditStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.KeyStatement;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.Secret;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import org.jspecify.annotations.Nullable;

/** Runs the statements of the key family (tde.md 1.2 to 1.8). One for the server; thread-safe. */
public final class KeyCommands {
    private final KeyServices services;
    private final SharedCatalog shared;
    private final CertificateCommands certificates;
    private final GrantCommands grants;
    private final ProviderCommands providers;
    private final AuditCommands auditCommands;

    public KeyCommands(KeyServices services, SharedCatalog shared, Audits audits) {
        this.services = services;
        this.shared = shared;
        certificates = new CertificateCommands(services);
        grants = new GrantCommands(services);
        providers = new ProviderCommands(services);
        auditCommands = new AuditCommands(audits);
    }

    /** Runs one statement and returns its command tag. The caller has refused it inside a transaction block (TDE-103). */
    public String run(Statement statement, KeyCommandContext context) {
        KeyRequest request = new KeyRequest(
                context.databaseOid(), context.userOid(), shared.head(), context.keys(), context.notices());
        return switch (statement) {
            case KeyStatement key -> runKey(key, request);
            case CertificateStatement certificate -> certificates.run(certificate, request);
            case RoleStatement.Privileges grant -> grants.run(grant, request);
            case RoleStatement.Deny deny -> grants.deny(deny, request);
            case EncryptionStatement encryption -> runEncryption(encryption, request);
            case ProviderStatement provider -> providers.run(provider, request);
            case AuditStatement audit -> auditCommands.run(audit, request);
            case SettingStatement.Configure configure -> configure(configure, request);
            case SettingStatement.Reconfigure ignored -> {
                services.options().reconfigure(request);
                yield "RECONFIGURE";
            }
            default -> throw new IllegalArgumentException("not a key statement: " + statement.getClass());
        };
    }

    static @Nullable String valueOf(@Nullable Secret secret) {
        return secret == null ? null : secret.value();
    }

    private String runKey(KeyStatement statement, KeyRequest request) {
        MasterKeys keys = services.masterKeys();
        ServiceKeys serviceKeys = services.serviceKeys();
        switch (statement) {
            case KeyStatement.CreateMasterKey create -> keys.create(request, valueOf(create.password()));
            case KeyStatement.OpenMasterKey open ->
                keys.open(request, open.password().value());
            case KeyStatement.CloseMasterKey ignored -> keys.close(request);
            case KeyStatement.DropMasterKey ignored -> keys.drop(request);
            case KeyStatement.RegenerateMasterKey regenerate ->
                keys.regenerate(request, regenerate.password().value(), regenerate.force());
            case KeyStatement.AlterMasterKeyWrap wrap -> {
                if (wrap.add()) {
                    keys.addEncryption(request, valueOf(wrap.password()));
                } else {
                    keys.dropEncryption(request, valueOf(wrap.password()), wrap.force());
                }
            }
            case KeyStatement.BackupMasterKey backup ->
                keys.backup(request, backup.path(), backup.password().value());
            case KeyStatement.RestoreMasterKey restore ->
                keys.restore(
                        request,
                        restore.path(),
                        restore.decryption().value(),
                        restore.encryption().value(),
                        restore.force());
            case KeyStatement.BackupServiceKey backup ->
                serviceKeys.backup(request, backup.path(), backup.password().value());
            case KeyStatement.AlterServiceKeyRoot root -> {
                if (root.add()) {
                    serviceKeys.addRoot(request, root.provider());
                } else {
                    serviceKeys.dropRoot(request, root.provider());
                }
            }
            case KeyStatement.RegenerateServiceKey regenerate -> serviceKeys.regenerate(request, regenerate.force());
            case KeyStatement.RestoreServiceKey restore ->
                serviceKeys.restore(request, restore.path(), restore.password().value(), restore.force());
            case KeyStatement.AlterServiceKeyAccount ignored ->
                throw ServiceKeys.unsupported("ALTER SERVICE MASTER KEY WITH an account");
        }
        return tag(statement);
    }

    private static String tag(KeyStatement statement) {
        return switch (statement) {
            case KeyStatement.CreateMasterKey ignored -> "CREATE MASTER KEY";
            case KeyStatement.OpenMasterKey ignored -> "OPEN MASTER KEY";
            case KeyStatement.CloseMasterKey ignored -> "CLOSE MASTER KEY";
            case KeyStatement.DropMasterKey ignored -> "DROP MASTER KEY";
            case KeyStatement.RegenerateMasterKey ignored -> "ALTER MASTER KEY";
            case KeyStatement.AlterMasterKeyWrap ignored -> "ALTER MASTER KEY";
            case KeyStatement.BackupMasterKey ignored -> "BACKUP MASTER KEY";
            case KeyStatement.RestoreMasterKey ignored -> "RESTORE MASTER KEY";
            case KeyStatement.BackupServiceKey ignored -> "BACKUP SERVICE MASTER KEY";
            case KeyStatement.RestoreServiceKey ignored -> "RESTORE SERVICE MASTER KEY";
            case KeyStatement.RegenerateServiceKey ignored -> "ALTER SERVICE MASTER KEY";
            case KeyStatement.AlterServiceKeyRoot ignored -> "ALTER SERVICE MASTER KEY";
            case KeyStatement.AlterServiceKeyAccount ignored -> "ALTER SERVICE MASTER KEY";
        };
    }

    private String runEncryption(EncryptionStatement statement, KeyRequest session) {
        KeyRequest request = inDatabase(session, statement.database());
        DatabaseKeys keys = services.databaseKeys();
        return switch (statement) {
            case EncryptionStatement.CreateDatabaseKey create -> {
                keys.create(request, create.algorithm(), encryptor(create.encryptor()));
                yield "CREATE DATABASE ENCRYPTION KEY";
            }
            case EncryptionStatement.RegenerateDatabaseKey regenerate -> {
                EncryptionStatement.Encryptor by = regenerate.encryptor();
                keys.regenerate(request, regenerate.algorithm(), by == null ? null : encryptor(by));
                yield "ALTER DATABASE ENCRYPTION KEY";
            }
            case EncryptionStatement.RewrapDatabaseKey rewrap -> {
                keys.rewrap(request, encryptor(rewrap.encryptor()));
                yield "ALTER DATABASE ENCRYPTION KEY";
            }
            case EncryptionStatement.DropDatabaseKey ignored -> {
                keys.drop(request);
                yield "DROP DATABASE ENCRYPTION KEY";
            }
            case EncryptionStatement.SetEncryption set -> {
                keys.set(
                        request,
                        switch (set.action()) {
                            case ON -> DatabaseKeys.Switch.ON;
                            case OFF -> DatabaseKeys.Switch.OFF;
                            case SUSPEND -> DatabaseKeys.Switch.SUSPEND;
                            case RESUME -> DatabaseKeys.Switch.RESUME;
                        });
                yield "ALTER DATABASE";
            }
        };
    }

    private KeyRequest inDatabase(KeyRequest request, @Nullable String name) {
        if (name == null) {
            return request;
        }
        SharedSnapshot head = request.shared();
        return head.databaseInAnyCase(name)
                .map(DatabaseDefinition::oid)
                .map(request::in)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.INVALID_CATALOG_NAME, "database \"" + name + "\" does not exist")
                        .exception());
    }

    private static DatabaseKeys.Encryptor encryptor(EncryptionStatement.Encryptor encryptor) {
        return new DatabaseKeys.Encryptor(encryptor.asymmetricKey(), encryptor.name());
    }

    private String configure(SettingStatement.Configure configure, KeyRequest request) {
        ServerOptions.named(configure.name())
                .ifPresentOrElse(
                        option -> services.options().configure(request, option, configure.value()),
                        () -> request.notices()
                                .accept(ErrorReport.notice("configuration option \"" + configure.name()
                                        + "\" is set in the server's configuration; the statement has no effect")));
        return "EXECUTE";
    }

    /** Refuses to drop a role by which the server opens a key (TDE-147), or that has to do with keys otherwise. */
    public void refuseDrop(Role role, SharedSnapshot shared) {
        services.asymmetricKeys().refuseDropOfLogin(role.oid());
        services.grants().refuseIfUsed(role, shared);
    }
}
