package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyPermission;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Column master keys and column encryption keys: metadata only, no key is ever opened here (AE-52). */
final class ColumnKeyCommands {
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;
    private static final int MAX_VALUES = 2;
    private static final int MAX_PATH = 4_000;
    private static final String RESERVED_PREFIX = "MSSQL_";
    private static final Set<String> RESERVED =
            Set.of("MSSQL_CERTIFICATE_STORE", "MSSQL_CSP_PROVIDER", "MSSQL_CNG_STORE", "MSSQL_JAVA_KEYSTORE");

    private final CommandSession session;

    private ColumnKeyCommands(CommandSession session) {
        this.session = session;
    }

    static String run(ColumnKeyStatement statement, CommandSession session) {
        String tag = tag(statement);
        Commands.refuseReadOnly(session, tag);
        ColumnKeyCommands commands = new ColumnKeyCommands(session);
        switch (statement) {
            case ColumnKeyStatement.CreateMasterKey create -> commands.create(create);
            case ColumnKeyStatement.RenameMasterKey rename -> commands.rename(rename);
            case ColumnKeyStatement.DropMasterKey drop -> commands.drop(drop);
            case ColumnKeyStatement.CreateEncryptionKey create -> commands.create(create);
            case ColumnKeyStatement.AlterEncryptionKey alter -> commands.alter(alter);
            case ColumnKeyStatement.DropEncryptionKey drop -> commands.drop(drop);
        }
        return tag;
    }

    private static String tag(ColumnKeyStatement statement) {
        return switch (statement) {
            case ColumnKeyStatement.CreateMasterKey ignored -> "CREATE COLUMN MASTER KEY";
            case ColumnKeyStatement.RenameMasterKey ignored -> "ALTER COLUMN MASTER KEY";
            case ColumnKeyStatement.DropMasterKey ignored -> "DROP COLUMN MASTER KEY";
            case ColumnKeyStatement.CreateEncryptionKey ignored -> "CREATE COLUMN ENCRYPTION KEY";
            case ColumnKeyStatement.AlterEncryptionKey ignored -> "ALTER COLUMN ENCRYPTION KEY";
            case ColumnKeyStatement.DropEncryptionKey ignored -> "DROP COLUMN ENCRYPTION KEY";
        };
    }

    private ColumnKeySet keys() {
        return session.snapshot().columnKeys();
    }

    private void require(ColumnKeyPermission permission) {
        if (!session.rights().has(permission)) {
            throw NumberedError.NO_PERMISSION
                    .report("user does not have permission to perform this action")
                    .withHint("It needs " + permission.sqlName() + " in this database.")
                    .exception();
        }
    }

    private long nowMicros() {
        return session.clockMicros() + EPOCH_2000_MICROS;
    }

    // ---- column master keys

    private void create(ColumnKeyStatement.CreateMasterKey create) {
        require(ColumnKeyPermission.ALTER_MASTER_KEYS);
        if (skipped(create.ifNotExists(), keys().masterKey(create.name()), "column master key", create.name())) {
            return;
        }
        String provider = create.provider();
        boolean reserved = provider.toUpperCase(Locale.ROOT).startsWith(RESERVED_PREFIX);
        if (provider.isEmpty() || (reserved && !RESERVED.contains(provider))) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE, "invalid key store provider name \"" + provider + "\"")
                    .withHint("Names that begin with MSSQL_ are reserved; there are "
                            + String.join(", ", RESERVED.stream().sorted().toList()) + ".")
                    .exception();
        }
        if (create.path().isEmpty() || create.path().length() > MAX_PATH) {
            throw new DatabaseException(
                    ErrorCode.INVALID_PARAMETER_VALUE, "KEY_PATH must have 1 to " + MAX_PATH + " characters");
        }
        long now = nowMicros();
        session.ddl()
                .create(new ColumnMasterKey(
                        session.ddl().allocateOid(),
                        create.name(),
                        provider,
                        create.path(),
                        create.signature(),
                        now,
                        now));
    }

    private ColumnMasterKey masterKey(String name) {
        return keys().masterKey(name).orElseThrow(() -> missing("column master key", name));
    }

    private static DatabaseException missing(String kind, String name) {
        return NumberedError.NOT_FOUND_OR_DENIED.exception(
                kind + " \"" + name + "\" does not exist or you do not have permission");
    }

    private void rename(ColumnKeyStatement.RenameMasterKey rename) {
        require(ColumnKeyPermission.ALTER_MASTER_KEYS);
        session.ddl().replace(masterKey(rename.name()).renamed(rename.newName(), nowMicros()));
    }

    private void drop(ColumnKeyStatement.DropMasterKey drop) {
        require(ColumnKeyPermission.ALTER_MASTER_KEYS);
        Optional<ColumnMasterKey> found = keys().masterKey(drop.name());
        if (absent(drop.ifExists(), found, "column master key", drop.name())) {
            return;
        }
        ColumnMasterKey key = masterKey(drop.name());
        for (ColumnEncryptionKey user : keys().encryptionKeys()) {
            if (user.value(key.oid()).isPresent()) {
                throw NumberedError.COLUMN_KEY_IN_USE.exception("column master key \"" + key.name()
                        + "\" cannot be dropped because column encryption key \"" + user.name()
                        + "\" has a value encrypted with it");
            }
        }
        session.ddl().remove(key);
    }

    // ---- column encryption keys

    private void create(ColumnKeyStatement.CreateEncryptionKey create) {
        require(ColumnKeyPermission.ALTER_ENCRYPTION_KEYS);
        if (skipped(
                create.ifNotExists(), keys().encryptionKey(create.name()), "column encryption key", create.name())) {
            return;
        }
        if (create.values().size() > MAX_VALUES) {
            throw tooMany(create.name());
        }
        List<ColumnEncryptionKey.Value> values = new ArrayList<>();
        for (Value value : create.values()) {
            ColumnEncryptionKey.Value made = value(value);
            refuseSecond(values, made, create.name(), value.masterKey());
            values.add(made);
        }
        long now = nowMicros();
        session.ddl()
                .create(new ColumnEncryptionKey(
                        session.ddl().allocateOid(), create.name(), values, List.of(now), now, now));
    }

    private static DatabaseException tooMany(String name) {
        return NumberedError.TOO_MANY_COLUMN_KEY_VALUES.exception(
                "column encryption key \"" + name + "\" can have two values at most");
    }

    private static void refuseSecond(
            List<ColumnEncryptionKey.Value> values, ColumnEncryptionKey.Value added, String name, String masterKey) {
        if (values.stream().anyMatch(value -> value.masterKeyOid() == added.masterKeyOid())) {
            throw NumberedError.DUPLICATE_COLUMN_KEY_VALUE.exception("column encryption key \"" + name
                    + "\" already has a value encrypted with column master key \"" + masterKey + "\"");
        }
    }

    private ColumnEncryptionKey.Value value(Value value) {
        ColumnMasterKey masterKey = masterKey(value.masterKey());
        String algorithm = value.algorithm();
        byte[] encrypted = value.encrypted();
        if (algorithm == null || encrypted == null) {
            throw ErrorReport.error(ErrorCode.SYNTAX_ERROR, "a value needs ALGORITHM and ENCRYPTED_VALUE")
                    .withPosition(value.position())
                    .exception();
        }
        if (!algorithm.equalsIgnoreCase(ColumnEncryptionKey.VALUE_ALGORITHM)) {
            throw NumberedError.UNKNOWN_COLUMN_ENCRYPTION_ALGORITHM
                    .report("unknown algorithm \"" + algorithm + "\" for a column encryption key's value")
                    .withHint("There is " + ColumnEncryptionKey.VALUE_ALGORITHM + ".")
                    .withPosition(value.position())
                    .exception();
        }
        EncryptedKeyShape.require(encrypted, value.position());
        return new ColumnEncryptionKey.Value(masterKey.oid(), encrypted);
    }

    private ColumnEncryptionKey encryptionKey(String name) {
        return keys().encryptionKey(name).orElseThrow(() -> missing("column encryption key", name));
    }

    private void alter(ColumnKeyStatement.AlterEncryptionKey alter) {
        require(ColumnKeyPermission.ALTER_ENCRYPTION_KEYS);
        ColumnEncryptionKey key = encryptionKey(alter.name());
        List<ColumnEncryptionKey.Value> values = new ArrayList<>(key.values());
        if (alter.add()) {
            ColumnEncryptionKey.Value added = value(alter.value());
            refuseSecond(values, added, key.name(), alter.value().masterKey());
            if (values.size() == MAX_VALUES) {
                throw tooMany(key.name());
            }
            values.add(added);
        } else {
            ColumnMasterKey masterKey = masterKey(alter.value().masterKey());
            if (!values.removeIf(value -> value.masterKeyOid() == masterKey.oid())) {
                throw NumberedError.NO_COLUMN_KEY_VALUE.exception("column encryption key \"" + key.name()
                        + "\" has no value encrypted with column master key \"" + masterKey.name() + "\"");
            }
            if (values.isEmpty()) {
                throw NumberedError.LAST_COLUMN_KEY_VALUE.exception(
                        "the last value of column encryption key \"" + key.name() + "\" cannot be dropped");
            }
        }
        session.ddl().replace(key.withValues(values, nowMicros()));
    }

    private void drop(ColumnKeyStatement.DropEncryptionKey drop) {
        require(ColumnKeyPermission.ALTER_ENCRYPTION_KEYS);
        if (absent(drop.ifExists(), keys().encryptionKey(drop.name()), "column encryption key", drop.name())) {
            return;
        }
        ColumnEncryptionKey key = encryptionKey(drop.name());
        List<EncryptionScheme> schemes = keys().schemes().stream()
                .filter(scheme -> scheme.keyOid() == key.oid())
                .toList();
        for (EncryptionScheme scheme : schemes) {
            for (Relation relation : session.snapshot().relations()) {
                if (ColumnKeySet.uses(relation, scheme)) {
                    throw NumberedError.COLUMN_KEY_IN_USE
                            .report("column encryption key \"" + key.name() + "\" cannot be dropped because "
                                    + relation.kindName() + " \"" + relation.name()
                                    + "\" has a column encrypted with it")
                            .withTable(relation.name())
                            .exception();
                }
            }
        }
        schemes.forEach(session.ddl()::remove);
        session.ddl().remove(key);
    }

    // ---- IF [NOT] EXISTS

    private boolean skipped(boolean ifNotExists, Optional<?> found, String kind, String name) {
        if (!ifNotExists || found.isEmpty()) {
            return false;
        }
        session.notice(ErrorReport.notice(kind + " \"" + name + "\" already exists, skipping"));
        return true;
    }

    private boolean absent(boolean ifExists, Optional<?> found, String kind, String name) {
        if (!ifExists || found.isPresent()) {
            return false;
        }
        session.notice(ErrorReport.notice(kind + " \"" + name + "\" does not exist, skipping"));
        return true;
    }
}
