package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.BackupStatement;
import dev.strongroom.sql.parse.statement.BackupStatement.BackupEncryption;
import dev.strongroom.sql.parse.statement.BackupStatement.BackupOption;
import dev.strongroom.sql.parse.statement.BackupStatement.Device;
import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement.Generate;
import dev.strongroom.sql.parse.statement.CertificateStatement.PrivateKey;
import dev.strongroom.sql.parse.statement.CertificateStatement.Source;
import dev.strongroom.sql.parse.statement.CertificateStatement.SourceKind;
import dev.strongroom.sql.parse.statement.EncryptionStatement.Encryptor;
import dev.strongroom.sql.parse.statement.Secret;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** T-SQL statements about certificates, and BACKUP and RESTORE (tde.md 1.4 and 1.8). */
final class CertificateParser {
    private static final Set<String> BACKUP_OPTIONS = Set.of(
            "copy_only",
            "differential",
            "compression",
            "no_compression",
            "checksum",
            "format",
            "init",
            "norecovery",
            "recovery",
            "replace",
            "rekey",
            "no_encryption");

    private final TokenStream tokens;
    private final KeyParser keys;

    CertificateParser(ParserContext context, KeyParser keys) {
        this.tokens = context.tokens;
        this.keys = keys;
    }

    /** CREATE CERTIFICATE; the words have been taken. */
    Statement create() {
        String name = keys.name();
        String owner = tokens.accept("authorization") ? keys.name() : null;
        Generate generate = null;
        Source source = null;
        if (tokens.accept("from")) {
            source = source();
        } else {
            generate = generate();
        }
        Boolean beginDialog = tokens.at("active") ? beginDialog() : null;
        return new CertificateStatement.CreateCertificate(name, owner, generate, source, beginDialog);
    }

    private boolean beginDialog() {
        tokens.expect("active", "for", "begin_dialog", "=");
        boolean on = tokens.accept("on");
        if (!on) {
            tokens.expect("off");
        }
        return on;
    }

    private Source source() {
        if (tokens.accept("assembly")) {
            return new Source(SourceKind.ASSEMBLY, keys.name(), null, null);
        }
        if (tokens.accept("binary")) {
            tokens.expect("=");
            byte[] bytes = tokens.binary();
            return new Source(SourceKind.BINARY, null, bytes, withPrivateKey());
        }
        boolean executable = tokens.accept("executable");
        tokens.expect("file", "=");
        String path = tokens.string();
        return new Source(executable ? SourceKind.EXECUTABLE_FILE : SourceKind.FILE, path, null, withPrivateKey());
    }

    private @Nullable PrivateKey withPrivateKey() {
        if (!tokens.accept("with")) {
            return null;
        }
        String format = null;
        if (tokens.accept("format")) {
            tokens.expect("=");
            format = tokens.string();
            tokens.expect(",");
        }
        return privateKey(format);
    }

    private PrivateKey privateKey(@Nullable String format) {
        tokens.expect("private", "key", "(");
        String path = null;
        byte[] binary = null;
        Secret decryption = null;
        Secret encryption = null;
        do {
            if (tokens.accept("file")) {
                tokens.expect("=");
                path = tokens.string();
            } else if (tokens.accept("binary")) {
                tokens.expect("=");
                binary = tokens.binary();
            } else if (tokens.at("decryption")) {
                decryption = keys.password("decryption");
            } else {
                encryption = keys.password("encryption");
            }
        } while (tokens.accept(","));
        tokens.expect(")");
        return new PrivateKey(format, path, binary, decryption, encryption);
    }

    private Generate generate() {
        Secret password = tokens.at("encryption") ? keys.password("encryption") : null;
        tokens.expect("with", "subject", "=");
        String subject = tokens.string();
        String start = null;
        String expiry = null;
        while (tokens.accept(",")) {
            if (tokens.accept("start_date")) {
                tokens.expect("=");
                start = tokens.string();
            } else {
                tokens.expect("expiry_date", "=");
                expiry = tokens.string();
            }
        }
        return new Generate(password, subject, start, expiry);
    }

    Statement alter() {
        String name = keys.name();
        if (tokens.accept("remove")) {
            tokens.expect("private", "key");
            return new CertificateStatement.RemovePrivateKey(name);
        }
        tokens.expect("with");
        if (tokens.at("active")) {
            return new CertificateStatement.AlterBeginDialog(name, beginDialog());
        }
        PrivateKey key = privateKey(null);
        return new CertificateStatement.AlterPrivateKey(name, key, tokens.accept("force"));
    }

    Statement drop() {
        String name = keys.name();
        return new CertificateStatement.DropCertificate(name, tokens.accept("force"));
    }

    // ---- BACKUP and RESTORE

    /** BACKUP …; the word has been taken. */
    Statement backup() {
        if (tokens.accept("service", "master", "key")) {
            return keys.backupServiceKey();
        }
        if (tokens.accept("master", "key")) {
            return keys.backupMasterKey();
        }
        if (tokens.accept("certificate")) {
            String name = keys.name();
            tokens.expect("to", "file", "=");
            String path = tokens.string();
            return new CertificateStatement.BackupCertificate(name, path, withPrivateKey());
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
        String algorithm = keys.algorithm();
        tokens.expect(",");
        var encryptor = serverEncryptor();
        tokens.expect(")");
        return new BackupEncryption(algorithm, encryptor);
    }

    private Encryptor serverEncryptor() {
        tokens.expect("server");
        boolean asymmetric = !tokens.accept("certificate");
        if (asymmetric) {
            tokens.expect("asymmetric", "key");
        }
        tokens.accept("=");
        return new Encryptor(asymmetric, keys.name());
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
        if (BACKUP_OPTIONS.contains(name)) {
            return new BackupOption(name.toUpperCase(Locale.ROOT), null, null);
        }
        switch (name) {
            case "stats", "maxtransfersize", "file" -> {
                boolean value = tokens.accept("=");
                return new BackupOption(
                        name.toUpperCase(Locale.ROOT), value ? Long.toString(tokens.signedInteger()) : null, null);
            }
            case "stopat" -> {
                tokens.expect("=");
                return new BackupOption("STOPAT", tokens.string(), null);
            }
            case "move" -> {
                String from = tokens.string();
                tokens.expect("to");
                return new BackupOption("MOVE", from, tokens.string());
            }
            default -> throw tokens.unexpected(word);
        }
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
                tokens.expect("from");
                List<Device> devices = devices();
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
