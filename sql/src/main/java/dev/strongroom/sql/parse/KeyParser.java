package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.EncryptionStatement;
import dev.strongroom.sql.parse.statement.EncryptionStatement.Encryptor;
import dev.strongroom.sql.parse.statement.KeyStatement;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.Secret;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** T-SQL statements about the service key, master keys, database keys, providers and credentials (tde.md 1.1 to 1.7). */
final class KeyParser {
    private final TokenStream tokens;

    KeyParser(ParserContext context) {
        this.tokens = context.tokens;
    }

    String name() {
        return tokens.bracketName();
    }

    Secret secret() {
        Token token = tokens.peek();
        return new Secret(tokens.string(), token.start(), token.end());
    }

    /** {@code (ENCRYPTION|DECRYPTION) BY PASSWORD = '…'} */
    Secret password(String word) {
        tokens.expect(word, "by", "password", "=");
        return secret();
    }

    private String file() {
        tokens.expect("file", "=");
        return tokens.string();
    }

    // ---- service master key

    /** ALTER SERVICE MASTER KEY; the words have been taken. */
    Statement alterServiceKey() {
        boolean force = tokens.accept("force");
        if (force || tokens.at("regenerate")) {
            tokens.expect("regenerate");
            return new KeyStatement.RegenerateServiceKey(force);
        }
        if (tokens.accept("with")) {
            boolean old = tokens.accept("old_account");
            if (!old) {
                tokens.expect("new_account");
            }
            tokens.expect("=");
            String account = tokens.string();
            tokens.expect(",");
            tokens.expect(old ? "old_password" : "new_password", "=");
            return new KeyStatement.AlterServiceKeyAccount(old, account, secret());
        }
        boolean add = tokens.accept("add");
        if (!add) {
            tokens.expect("drop");
        }
        tokens.expect("encryption", "by", "machine", "key");
        String provider = tokens.accept("provider") ? tokens.string() : null;
        return new KeyStatement.AlterServiceKeyRoot(add, provider);
    }

    Statement backupServiceKey() {
        tokens.expect("to");
        String path = file();
        return new KeyStatement.BackupServiceKey(path, password("encryption"));
    }

    Statement restoreServiceKey() {
        tokens.expect("from");
        String path = file();
        Secret password = password("decryption");
        return new KeyStatement.RestoreServiceKey(path, password, tokens.accept("force"));
    }

    // ---- database master key

    Statement createMasterKey() {
        return new KeyStatement.CreateMasterKey(tokens.at("encryption") ? password("encryption") : null);
    }

    Statement openMasterKey() {
        tokens.expect("master", "key");
        return new KeyStatement.OpenMasterKey(password("decryption"));
    }

    Statement alterMasterKey() {
        boolean force = tokens.accept("force");
        if (force || tokens.at("regenerate")) {
            tokens.expect("regenerate", "with");
            return new KeyStatement.RegenerateMasterKey(force, password("encryption"));
        }
        boolean add = tokens.accept("add");
        if (!add) {
            tokens.expect("drop");
        }
        tokens.expect("encryption", "by");
        Secret password = null;
        if (!tokens.accept("service", "master", "key")) {
            tokens.expect("password", "=");
            password = secret();
        }
        return new KeyStatement.AlterMasterKeyWrap(add, password, tokens.accept("force"));
    }

    Statement backupMasterKey() {
        tokens.expect("to");
        String path = file();
        return new KeyStatement.BackupMasterKey(path, password("encryption"));
    }

    Statement restoreMasterKey() {
        tokens.expect("from");
        String path = file();
        Secret decryption = password("decryption");
        Secret encryption = password("encryption");
        return new KeyStatement.RestoreMasterKey(path, decryption, encryption, tokens.accept("force"));
    }

    // ---- database encryption key

    Encryptor encryptor() {
        tokens.expect("server");
        if (tokens.accept("certificate")) {
            return new Encryptor(false, name());
        }
        tokens.expect("asymmetric", "key");
        return new Encryptor(true, name());
    }

    String algorithm() {
        tokens.expect("algorithm", "=");
        return tokens.label().toUpperCase(Locale.ROOT);
    }

    private @Nullable String forDatabase() {
        return tokens.accept("for", "database") ? name() : null;
    }

    Statement createDatabaseKey() {
        String database = forDatabase();
        tokens.expect("with");
        String algorithm = algorithm();
        tokens.expect("encryption", "by");
        return new EncryptionStatement.CreateDatabaseKey(database, algorithm, encryptor());
    }

    Statement alterDatabaseKey() {
        String database = forDatabase();
        if (tokens.accept("regenerate")) {
            tokens.expect("with");
            String algorithm = algorithm();
            Encryptor encryptor = tokens.accept("encryption", "by") ? encryptor() : null;
            return new EncryptionStatement.RegenerateDatabaseKey(database, algorithm, encryptor);
        }
        tokens.expect("encryption", "by");
        return new EncryptionStatement.RewrapDatabaseKey(database, encryptor());
    }

    Statement dropDatabaseKey() {
        return new EncryptionStatement.DropDatabaseKey(forDatabase());
    }

    /** {@code SET ENCRYPTION [=] ON|OFF|SUSPEND|RESUME}; null, with nothing taken, if something else follows. */
    @Nullable
    Statement setEncryption(@Nullable String database) {
        if (!tokens.accept("set", "encryption")) {
            return null;
        }
        tokens.accept("=");
        Token word = tokens.next();
        EncryptionStatement.Switch action = switch (word.text()) {
            case "on" -> EncryptionStatement.Switch.ON;
            case "off" -> EncryptionStatement.Switch.OFF;
            case "suspend" -> EncryptionStatement.Switch.SUSPEND;
            case "resume" -> EncryptionStatement.Switch.RESUME;
            default -> throw tokens.unexpected(word);
        };
        return new EncryptionStatement.SetEncryption(database, action);
    }

    // ---- providers, credentials, asymmetric keys

    Statement createProvider() {
        String name = name();
        tokens.expect("from");
        return new ProviderStatement.CreateProvider(name, file());
    }

    Statement alterProvider() {
        String name = name();
        String path = tokens.accept("from") ? file() : null;
        Boolean enable = null;
        if (tokens.accept("enable")) {
            enable = true;
        } else if (tokens.accept("disable")) {
            enable = false;
        } else if (path == null) {
            throw tokens.unexpected();
        }
        return new ProviderStatement.AlterProvider(name, path, enable);
    }

    Statement putCredential(boolean create) {
        String name = name();
        tokens.expect("with", "identity", "=");
        String identity = tokens.string();
        Secret secret = null;
        if (tokens.accept(",")) {
            tokens.expect("secret", "=");
            secret = secret();
        }
        String provider = tokens.accept("for", "cryptographic", "provider") ? name() : null;
        return new ProviderStatement.PutCredential(create, name, identity, secret, provider);
    }

    Statement alterLogin() {
        String name = name();
        boolean add = tokens.accept("add");
        if (!add) {
            tokens.expect("drop");
        }
        tokens.expect("credential");
        return new ProviderStatement.MapCredential(name, add, name());
    }

    Statement createLogin() {
        String name = name();
        tokens.expect("from", "asymmetric", "key");
        return new ProviderStatement.CreateKeyLogin(name, name());
    }

    Statement createAsymmetricKey() {
        String name = name();
        String owner = tokens.accept("authorization") ? name() : null;
        if (!tokens.accept("from")) {
            tokens.expect("with");
            String algorithm = algorithm();
            Secret password = tokens.at("encryption") ? password("encryption") : null;
            return new ProviderStatement.CreateAsymmetricKey(name, owner, null, null, algorithm, null, null, password);
        }
        if (!tokens.accept("provider")) {
            ProviderStatement.KeySource source = keySource();
            Secret password = tokens.at("encryption") ? password("encryption") : null;
            return new ProviderStatement.CreateAsymmetricKey(name, owner, null, source, null, null, null, password);
        }
        String provider = name();
        tokens.expect("with");
        String algorithm = null;
        String keyName = null;
        String disposition = null;
        do {
            if (tokens.at("algorithm")) {
                algorithm = algorithm();
            } else if (tokens.accept("provider_key_name")) {
                tokens.expect("=");
                keyName = tokens.string();
            } else {
                tokens.expect("creation_disposition", "=");
                disposition = tokens.label().toUpperCase(Locale.ROOT);
            }
        } while (tokens.accept(","));
        Secret password = tokens.at("encryption") ? password("encryption") : null;
        return new ProviderStatement.CreateAsymmetricKey(
                name, owner, provider, null, algorithm, keyName, disposition, password);
    }

    private ProviderStatement.KeySource keySource() {
        if (tokens.accept("assembly")) {
            return new ProviderStatement.KeySource(ProviderStatement.KeySource.Kind.ASSEMBLY, name());
        }
        return tokens.accept("executable")
                ? new ProviderStatement.KeySource(ProviderStatement.KeySource.Kind.EXECUTABLE_FILE, file())
                : new ProviderStatement.KeySource(ProviderStatement.KeySource.Kind.FILE, file());
    }

    Statement dropAsymmetricKey() {
        String name = name();
        boolean remove = tokens.accept("remove", "provider", "key");
        return new ProviderStatement.DropAsymmetricKey(name, remove, tokens.accept("force"));
    }
}
