package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.CertificateStatement;
import dev.strongroom.sql.parse.statement.CertificateStatement.Generate;
import dev.strongroom.sql.parse.statement.CertificateStatement.PrivateKey;
import dev.strongroom.sql.parse.statement.CertificateStatement.Source;
import dev.strongroom.sql.parse.statement.CertificateStatement.SourceKind;
import dev.strongroom.sql.parse.statement.Secret;
import dev.strongroom.sql.parse.statement.Statement;
import org.jspecify.annotations.Nullable;

/** T-SQL statements about certificates (tde.md 1.4). */
final class CertificateParser {
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
            return new CertificateStatement.RemovePrivateKey(name, tokens.accept("force"));
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

    /** BACKUP CERTIFICATE; the words have been taken. */
    Statement backup() {
        String name = keys.name();
        tokens.expect("to", "file", "=");
        String path = tokens.string();
        return new CertificateStatement.BackupCertificate(name, path, withPrivateKey());
    }
}
