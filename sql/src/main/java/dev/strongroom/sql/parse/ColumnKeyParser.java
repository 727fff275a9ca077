package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.ColumnKeyStatement;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement.Value;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements about column master keys and column encryption keys (AE-50; reference, section 2.1). */
final class ColumnKeyParser {
    private final TokenStream tokens;

    ColumnKeyParser(ParserContext context) {
        this.tokens = context.tokens;
    }

    /** CREATE COLUMN …; null, with nothing taken, if something else follows. */
    @Nullable
    Statement create() {
        if (tokens.accept("column", "master", "key")) {
            return createMasterKey();
        }
        if (tokens.accept("column", "encryption", "key")) {
            boolean ifNotExists = tokens.ifNotExists();
            String name = tokens.bracketName();
            tokens.expect("with", "values");
            List<Value> values = new ArrayList<>();
            do {
                values.add(value());
            } while (tokens.accept(","));
            return new ColumnKeyStatement.CreateEncryptionKey(name, ifNotExists, values);
        }
        return null;
    }

    private Statement createMasterKey() {
        boolean ifNotExists = tokens.ifNotExists();
        String name = tokens.bracketName();
        tokens.expect("with", "(");
        String provider = null;
        String path = null;
        byte[] signature = null;
        do {
            if (tokens.accept("key_store_provider_name")) {
                tokens.expect("=");
                provider = tokens.string();
            } else if (tokens.accept("key_path")) {
                tokens.expect("=");
                path = tokens.string();
            } else {
                tokens.expect("enclave_computations", "(", "signature", "=");
                signature = bytes();
                tokens.expect(")");
            }
        } while (tokens.accept(","));
        if (provider == null || path == null) {
            throw TokenStream.syntaxError(
                    "CREATE COLUMN MASTER KEY needs KEY_STORE_PROVIDER_NAME and KEY_PATH", tokens.position());
        }
        tokens.expect(")");
        return new ColumnKeyStatement.CreateMasterKey(name, ifNotExists, provider, path, signature);
    }

    /** ALTER COLUMN …; null, with nothing taken, if something else follows. */
    @Nullable
    Statement alter() {
        if (tokens.accept("column", "master", "key")) {
            String name = tokens.bracketName();
            tokens.expect("rename", "to");
            return new ColumnKeyStatement.RenameMasterKey(name, tokens.bracketName());
        }
        if (tokens.accept("column", "encryption", "key")) {
            String name = tokens.bracketName();
            boolean add = tokens.accept("add");
            if (!add) {
                tokens.expect("drop");
            }
            tokens.expect("value");
            return new ColumnKeyStatement.AlterEncryptionKey(name, add, value());
        }
        return null;
    }

    /** DROP COLUMN …; null, with nothing taken, if something else follows. */
    @Nullable
    Statement drop() {
        if (tokens.accept("column", "master", "key")) {
            boolean ifExists = tokens.accept("if", "exists");
            return new ColumnKeyStatement.DropMasterKey(tokens.bracketName(), ifExists);
        }
        if (tokens.accept("column", "encryption", "key")) {
            boolean ifExists = tokens.accept("if", "exists");
            return new ColumnKeyStatement.DropEncryptionKey(tokens.bracketName(), ifExists);
        }
        return null;
    }

    /** {@code (COLUMN_MASTER_KEY = cmk, ALGORITHM = 'RSA_OAEP', ENCRYPTED_VALUE = bytes)} in any order. */
    private Value value() {
        int position = tokens.position();
        tokens.expect("(");
        String masterKey = null;
        String algorithm = null;
        byte[] encrypted = null;
        do {
            if (tokens.accept("column_master_key")) {
                tokens.expect("=");
                masterKey = tokens.bracketName();
            } else if (tokens.accept("algorithm")) {
                tokens.expect("=");
                algorithm = tokens.string();
            } else {
                tokens.expect("encrypted_value", "=");
                encrypted = bytes();
            }
        } while (tokens.accept(","));
        if (masterKey == null) {
            throw TokenStream.syntaxError("a value needs COLUMN_MASTER_KEY", position);
        }
        tokens.expect(")");
        return new Value(masterKey, algorithm, encrypted, position);
    }

    /** {@code 0x…}, {@code '\x…'} or {@code X'…'}. */
    private byte[] bytes() {
        if (tokens.atBinary()) {
            return tokens.binary();
        }
        Token token = tokens.next();
        String text = token.text();
        boolean escaped = token.kind() == Token.Kind.STRING && text.startsWith("\\x");
        if (!escaped && token.kind() != Token.Kind.HEX) {
            throw tokens.unexpected(token);
        }
        try {
            return HexFormat.of().parseHex(escaped ? text.substring(2) : text);
        } catch (IllegalArgumentException e) {
            throw TokenStream.syntaxError("invalid hexadecimal data", token.start() + 1);
        }
    }
}
