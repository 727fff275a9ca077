package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.BackupStatement.BackupEncryption;
import dev.strongroom.sql.parse.statement.BackupStatement.BackupOption;
import dev.strongroom.sql.parse.statement.BackupStatement.Device;
import dev.strongroom.sql.parse.statement.EncryptionStatement.Encryptor;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** T-SQL's BACKUP and RESTORE (tde.md 1.8). */
final class BackupParser {
    private static final Set<String> FLAGS = Set.of(
            "copy_only",
            "differential",
            "compression",
            "no_compression",
            "checksum",
            "no_checksum",
            "stop_on_error",
            "format",
            "noformat",
            "init",
            "noinit",
            "skip",
            "noskip",
            "rewind",
            "norewind",
            "unload",
            "nounload",
            "norecovery",
            "recovery",
            "replace",
            "restart",
            "restricted_user",
            "loadhistory",
            "rekey",
            "no_truncate",
            "continue_after_error",
            "no_encryption");

    private static final Set<String> NUMBERS =
            Set.of("stats", "maxtransfersize", "buffercount", "blocksize", "file", "retaindays");

    private static final Set<String> TEXTS = Set.of(
            "name",
            "description",
            "medianame",
            "mediadescription",
            "expiredate",
            "stopat",
            "stopatmark",
            "stopbeforemark");

    private final TokenStream tokens;
    private final KeyParser keys;
    private final CertificateParser certificates;

    BackupParser(ParserContext context, KeyParser keys, CertificateParser certificates) {
        this.tokens = context.tokens;
        this.keys = keys;
        this.certificates = certificates;
    }

    /** BACKUP …; the word has been taken. */
    Statement backup() {
        if (tokens.accept("service", "master", "key")) {
            return keys.backupServiceKey();
        }
        if (tokens.accept("master", "key")) {
            return keys.backupMasterKey();
        }
        if (tokens.accept("certificate")) {
            return certificates.backup();
        }
        boolean log = tokens.accept("log");
        if (!log) {
            tokens.expect("database");
        }
        String database = keys.name();
        tokens.expect("to");
        List<Device> devices = devices();
        List<BackupOption> options = new ArrayList<>();
        BackupEncryption encryption = null;
        if (tokens.accept("with")) {
            do {
                if (tokens.at("encryption")) {
                    encryption = encryption();
                } else {
                    options.add(option());
                }
            } while (tokens.accept(","));
        }
        return new BackupStatement.Backup(log, database, devices, options, encryption);
    }

    private BackupEncryption encryption() {
        tokens.expect("encryption", "(");
        tokens.expect("algorithm", "=");
        String algorithm = tokens.next().text();
        tokens.expect(",");
        tokens.expect("server");
        boolean asymmetric = !tokens.accept("certificate");
        if (asymmetric) {
            tokens.expect("asymmetric", "key");
        }
        tokens.accept("=");
        Encryptor encryptor = new Encryptor(asymmetric, keys.name());
        tokens.expect(")");
        return new BackupEncryption(algorithm, encryptor);
    }

    private List<Device> devices() {
        List<Device> devices = new ArrayList<>();
        do {
            boolean url = tokens.accept("url");
            if (!url) {
                tokens.expect("disk");
            }
            tokens.expect("=");
            devices.add(new Device(url, tokens.string()));
        } while (tokens.accept(","));
        return devices;
    }

    private BackupOption option() {
        Token word = tokens.next();
        String name = word.text();
        String upper = name.toUpperCase(Locale.ROOT);
        if (FLAGS.contains(name)) {
            return new BackupOption(upper, null, null);
        }
        if (NUMBERS.contains(name)) {
            boolean value = tokens.accept("=");
            return new BackupOption(upper, value ? Long.toString(tokens.signedInteger()) : null, null);
        }
        if (TEXTS.contains(name)) {
            tokens.expect("=");
            String value = tokens.string();
            return new BackupOption(upper, value, tokens.accept("after") ? tokens.string() : null);
        }
        if (name.equals("move")) {
            String from = tokens.string();
            tokens.expect("to");
            return new BackupOption("MOVE", from, tokens.string());
        }
        throw tokens.unexpected(word);
    }

    /** {@code ON [PRIMARY] (FILENAME = '…'), … FOR ATTACH}; {@code ON} has been taken. */
    Statement attach(String database) {
        tokens.accept("primary");
        List<String> files = new ArrayList<>();
        do {
            tokens.expect("(");
            if (tokens.accept("name")) {
                tokens.expect("=");
                tokens.next();
                tokens.expect(",");
            }
            tokens.expect("filename", "=");
            files.add(tokens.string());
            tokens.expect(")");
        } while (tokens.accept(","));
        if (!tokens.at("for")) {
            throw TokenStream.unsupported("CREATE DATABASE ON", tokens.position());
        }
        tokens.expect("for", "attach");
        return new BackupStatement.Attach(database, files);
    }

    /** EXEC sp_detach_db 'name' [, 'skipchecks']. */
    Statement detachProcedure() {
        tokens.expect("sp_detach_db");
        String database = argument();
        while (tokens.accept(",")) {
            argument();
        }
        return new BackupStatement.Detach(database);
    }

    /** EXEC sp_attach_db 'name', 'file', …. */
    Statement attachProcedure() {
        tokens.expect("sp_attach_db");
        String database = argument();
        List<String> files = new ArrayList<>();
        while (tokens.accept(",")) {
            files.add(argument());
        }
        if (files.isEmpty()) {
            throw tokens.unexpected();
        }
        return new BackupStatement.Attach(database, files);
    }

    /** EXEC sp_clean_db_free_space [@dbname =] 'database'. */
    Statement cleanFreeSpace() {
        tokens.expect("sp_clean_db_free_space");
        if (tokens.accept("@")) {
            tokens.expect("dbname", "=");
        }
        return new MaintenanceStatement.CleanFreeSpace(argument());
    }

    /** EXEC msdb.dbo.sp_delete_backuphistory 'time', sp_delete_database_backuphistory 'name'. */
    Statement forgetHistory() {
        tokens.accept("msdb", ".", "dbo", ".");
        boolean byTime = tokens.accept("sp_delete_backuphistory");
        if (!byTime) {
            tokens.expect("sp_delete_database_backuphistory");
        }
        if (tokens.accept("@")) {
            tokens.expect(byTime ? "oldest_date" : "database_name", "=");
        }
        String value = argument();
        return new BackupStatement.ForgetHistory(byTime ? value : null, byTime ? null : value);
    }

    private String argument() {
        return tokens.peek().kind() == Token.Kind.STRING ? tokens.string() : tokens.bracketName();
    }

    /** RESTORE …; the word has been taken. */
    Statement restore() {
        if (tokens.accept("service", "master", "key")) {
            return keys.restoreServiceKey();
        }
        if (tokens.accept("master", "key")) {
            return keys.restoreMasterKey();
        }
        Token word = tokens.next();
        switch (word.text()) {
            case "headeronly", "filelistonly", "verifyonly", "labelonly" -> {
                tokens.expect("from");
                List<Device> devices = devices();
                return new BackupStatement.RestoreInformation(
                        word.text().toUpperCase(Locale.ROOT), devices, restoreOptions());
            }
            case "database", "log" -> {
                String database = keys.name();
                List<Device> devices = tokens.accept("from") ? devices() : List.of();
                return new BackupStatement.Restore(word.text().equals("log"), database, devices, restoreOptions());
            }
            default -> throw tokens.unexpected(word);
        }
    }

    private List<BackupOption> restoreOptions() {
        List<BackupOption> options = new ArrayList<>();
        if (tokens.accept("with")) {
            do {
                options.add(option());
            } while (tokens.accept(","));
        }
        return options;
    }
}
