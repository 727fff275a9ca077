package dev.strongroom.sql.command.key;

import static dev.strongroom.catalog.audit.AuditGroup.AUDIT_CHANGE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.BACKUP_RESTORE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.DATABASE_CHANGE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.DATABASE_OBJECT_CHANGE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.DATABASE_OBJECT_PERMISSION_CHANGE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.SERVER_OBJECT_CHANGE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.SERVER_PRINCIPAL_CHANGE_GROUP;
import static dev.strongroom.catalog.audit.AuditGroup.SERVER_ROLE_MEMBER_CHANGE_GROUP;

import dev.strongroom.catalog.audit.AuditEvent;
import dev.strongroom.catalog.audit.AuditGroup;
import dev.strongroom.catalog.audit.AuditTrail;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.object.ColumnKeyPermission;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.store.SharedCatalog;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.time.Clock;
import dev.strongroom.sql.command.AuditedStatement;
import dev.strongroom.sql.parse.statement.AuditStatement;
import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.KeyStatement;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.session.Masking;
import dev.strongroom.storage.encryption.EncryptionControl;
import dev.strongroom.storage.encryption.EncryptionStatus;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records statements in the audits that want them (TDE-43, TDE-104, TDE-344). Thread-safe. */
public final class AuditedCommands {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Map<ObjectKind, String> KEY_CLASSES = Map.of(
            ObjectKind.CERTIFICATE, "CR",
            ObjectKind.ASYMMETRIC_KEY, "AK",
            ObjectKind.SYMMETRIC_KEY, "SK",
            ObjectKind.CRYPTOGRAPHIC_PROVIDER, "CP",
            ObjectKind.DATABASE, "DB");

    private final AuditTrail trail;
    private final KeyServices services;
    private final SharedCatalog shared;
    private final Clock clock;

    public AuditedCommands(AuditTrail trail, KeyServices services, SharedCatalog shared) {
        this.trail = trail;
        this.services = services;
        this.shared = shared;
        this.clock = services.clock();
    }

    /** What kind of thing a statement is about: class type, groups, name. */
    private record Subject(String classType, Set<AuditGroup> groups, String object) {
        Subject(String classType, AuditGroup group, String object) {
            this(classType, EnumSet.of(group), object);
        }
    }

    /** Runs the action, recording it with how it ended; the statement that ends its own audit is recorded before. */
    public <T> T run(AuditedStatement audited, Supplier<T> action) {
        Subject subject = subject(audited.statement());
        int database = databaseOf(audited);
        if (!trail.listens(subject.groups(), database)) {
            return action.get();
        }
        String before = state(audited, database);
        AuditEvent event = event(audited, subject, database, "");
        trail.before(event);
        if (audited.statement() instanceof AuditStatement) {
            trail.write(event);
            return action.get();
        }
        long start = clock.monotonicNanos();
        boolean ok = false;
        try {
            T result = action.get();
            ok = true;
            return result;
        } finally {
            long millis = (clock.monotonicNanos() - start) / NANOS_PER_MILLI;
            String information = information(before, state(audited, database));
            trail.write(event(audited, subject, database, information).ended(ok, millis));
        }
    }

    private int databaseOf(AuditedStatement audited) {
        String name = audited.statement() instanceof EncryptionStatement encryption ? encryption.database() : null;
        return name == null
                ? audited.databaseOid()
                : shared.head()
                        .databaseInAnyCase(name)
                        .map(DatabaseDefinition::oid)
                        .orElse(audited.databaseOid());
    }

    private AuditEvent event(AuditedStatement audited, Subject subject, int database, String information) {
        AuditedStatement.Client client = audited.client();
        SharedSnapshot head = shared.head();
        AuditEvent.Who who = new AuditEvent.Who(
                client.processId(),
                client.currentUserOid(),
                head.roleName(client.sessionUserOid()),
                head.roleName(client.currentUserOid()),
                client.address(),
                client.application());
        String name = head.database(database).map(DatabaseDefinition::name).orElse("");
        AuditEvent.What what =
                new AuditEvent.What(database, name, subject.object(), Masking.mask(audited.text()), information, 0);
        return new AuditEvent(
                clock.epochMicros(), action(audited.text()), subject.classType(), true, who, what, subject.groups());
    }

    /** The state of encryption, for statements that change it. */
    private String state(AuditedStatement audited, int database) {
        if (!(audited.statement() instanceof EncryptionStatement)) {
            return "";
        }
        Optional<EncryptionStatus> status = services.databases().find(database).map(EncryptionControl::status);
        return status.map(AuditedCommands::describe).orElse("");
    }

    /** State, key version and thumbprint as attributes. */
    public static String describe(EncryptionStatus status) {
        String thumbprint = status.keys().stream()
                .filter(key -> key.keyVersion() == status.keyVersion())
                .findFirst()
                .map(key -> key.thumbprint().toString())
                .orElse("");
        return "state=\"" + status.state() + "\" key_version=\"" + status.keyVersion() + "\" thumbprint=\"" + thumbprint
                + "\"";
    }

    private static String information(String before, String after) {
        return after.isEmpty() ? "" : "<encryption><old " + before + "/><new " + after + "/></encryption>";
    }

    /** The first word says what is done; action ids are SQL Server's. */
    private static String action(String text) {
        String word = text.stripLeading().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
        return switch (word) {
            case "create" -> "CR";
            case "alter" -> "AL";
            case "drop" -> "DR";
            case "backup" -> "BA";
            case "restore" -> "RS";
            case "grant" -> "G";
            case "revoke" -> "R";
            case "deny" -> "D";
            case "open" -> "OP";
            case "close" -> "CL";
            default -> "EX";
        };
    }

    private static Subject subject(Statement statement) {
        return switch (statement) {
            case KeyStatement key -> keySubject(key);
            case CertificateStatement.BackupCertificate backup ->
                new Subject("CR", EnumSet.of(DATABASE_OBJECT_CHANGE_GROUP, BACKUP_RESTORE_GROUP), backup.name());
            case CertificateStatement certificate ->
                new Subject("CR", DATABASE_OBJECT_CHANGE_GROUP, certificate.name());
            case EncryptionStatement.SetEncryption set ->
                new Subject(
                        "DB", EnumSet.of(DATABASE_OBJECT_CHANGE_GROUP, DATABASE_CHANGE_GROUP), name(set.database()));
            case EncryptionStatement key -> new Subject("DK", DATABASE_OBJECT_CHANGE_GROUP, name(key.database()));
            case ProviderStatement provider -> providerSubject(provider);
            case BackupStatement.Backup backup -> new Subject("DB", BACKUP_RESTORE_GROUP, backup.database());
            case BackupStatement.Restore restore -> new Subject("DB", BACKUP_RESTORE_GROUP, restore.database());
            case BackupStatement.Detach detach -> new Subject("DB", DATABASE_CHANGE_GROUP, detach.database());
            case BackupStatement.Attach attach -> new Subject("DB", DATABASE_CHANGE_GROUP, attach.database());
            case BackupStatement ignored -> new Subject("DB", BACKUP_RESTORE_GROUP, "");
            case ColumnKeyStatement key ->
                new Subject(key.ofMasterKey() ? "CM" : "CK", DATABASE_OBJECT_CHANGE_GROUP, key.name());
            case AuditStatement audit -> new Subject("A ", AUDIT_CHANGE_GROUP, audit.name());
            case RoleStatement role -> roleSubject(role);
            case DatabaseStatement database -> new Subject("DB", DATABASE_CHANGE_GROUP, databaseName(database));
            default -> new Subject("SR", EnumSet.noneOf(AuditGroup.class), "");
        };
    }

    private static String name(@Nullable String database) {
        return database == null ? "" : database;
    }

    private static Subject keySubject(KeyStatement key) {
        boolean files = key instanceof KeyStatement.BackupMasterKey
                || key instanceof KeyStatement.RestoreMasterKey
                || key instanceof KeyStatement.BackupServiceKey
                || key instanceof KeyStatement.RestoreServiceKey;
        return new Subject(
                "MK",
                files
                        ? EnumSet.of(DATABASE_OBJECT_CHANGE_GROUP, BACKUP_RESTORE_GROUP)
                        : EnumSet.of(DATABASE_OBJECT_CHANGE_GROUP),
                "");
    }

    private static Subject providerSubject(ProviderStatement provider) {
        return switch (provider) {
            case ProviderStatement.CreateProvider p -> new Subject("CP", SERVER_OBJECT_CHANGE_GROUP, p.name());
            case ProviderStatement.AlterProvider p -> new Subject("CP", SERVER_OBJECT_CHANGE_GROUP, p.name());
            case ProviderStatement.DropProvider p -> new Subject("CP", SERVER_OBJECT_CHANGE_GROUP, p.name());
            case ProviderStatement.PutCredential c -> new Subject("CD", SERVER_OBJECT_CHANGE_GROUP, c.name());
            case ProviderStatement.DropCredential c -> new Subject("CD", SERVER_OBJECT_CHANGE_GROUP, c.name());
            case ProviderStatement.MapCredential m -> new Subject("LX", SERVER_PRINCIPAL_CHANGE_GROUP, m.name());
            case ProviderStatement.CreateKeyLogin l -> new Subject("LX", SERVER_PRINCIPAL_CHANGE_GROUP, l.name());
            case ProviderStatement.CreateAsymmetricKey k -> new Subject("AK", DATABASE_OBJECT_CHANGE_GROUP, k.name());
            case ProviderStatement.DropAsymmetricKey k -> new Subject("AK", DATABASE_OBJECT_CHANGE_GROUP, k.name());
        };
    }

    private static Subject grantSubject(RoleStatement.Privileges grant) {
        return new Subject(
                KEY_CLASSES.getOrDefault(grant.kind(), "SR"),
                DATABASE_OBJECT_PERMISSION_CHANGE_GROUP,
                grant.objects().get(0).name());
    }

    private static Subject roleSubject(RoleStatement role) {
        return switch (role) {
            case RoleStatement.Privileges grant when KEY_CLASSES.containsKey(grant.kind()) -> grantSubject(grant);
            case RoleStatement.Deny deny -> grantSubject(deny.denied());
            case RoleStatement.Membership permissions
            when ColumnKeyPermission.named(permissions.roles().get(0)).isPresent() ->
                new Subject(
                        "DB",
                        DATABASE_OBJECT_PERMISSION_CHANGE_GROUP,
                        permissions.roles().get(0));
            case RoleStatement.Membership membership ->
                new Subject(
                        "LX",
                        SERVER_ROLE_MEMBER_CHANGE_GROUP,
                        membership.roles().get(0));
            case RoleStatement.CreateRole create -> new Subject("LX", SERVER_PRINCIPAL_CHANGE_GROUP, create.name());
            case RoleStatement.AlterRole alter ->
                new Subject("LX", SERVER_PRINCIPAL_CHANGE_GROUP, alter.role().name());
            case RoleStatement.RenameRole rename -> new Subject("LX", SERVER_PRINCIPAL_CHANGE_GROUP, rename.name());
            case RoleStatement.DropRole drop ->
                new Subject(
                        "LX", SERVER_PRINCIPAL_CHANGE_GROUP, drop.roles().get(0).name());
            default -> new Subject("SR", EnumSet.noneOf(AuditGroup.class), "");
        };
    }

    static String databaseName(DatabaseStatement statement) {
        return switch (statement) {
            case DatabaseStatement.CreateDatabase create -> create.name();
            case DatabaseStatement.DropDatabase drop -> drop.name();
            case DatabaseStatement.RenameDatabase rename -> rename.name();
            case DatabaseStatement.DatabaseOwner owner -> owner.name();
            case DatabaseStatement.DatabaseOptions options -> options.name();
            case DatabaseStatement.DatabaseSetting setting -> setting.name();
            case DatabaseStatement.DatabaseMode mode -> name(mode.name());
        };
    }
}
