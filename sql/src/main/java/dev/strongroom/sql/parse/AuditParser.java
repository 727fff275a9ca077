package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.AuditStatement;
import dev.strongroom.sql.parse.statement.AuditStatement.AuditTarget;
import dev.strongroom.sql.parse.statement.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** T-SQL statements about audits. */
final class AuditParser {
    private final TokenStream tokens;

    AuditParser(ParserContext context) {
        this.tokens = context.tokens;
    }

    /** Behind CREATE or ALTER; null, with nothing taken, if something else follows. */
    @Nullable
    Statement put(boolean create) {
        if (tokens.accept("server", "audit", "specification")) {
            return specification(create, true);
        }
        if (tokens.accept("database", "audit", "specification")) {
            return specification(create, false);
        }
        return tokens.accept("server", "audit") ? audit(create) : null;
    }

    /** Behind DROP. */
    @Nullable
    Statement drop() {
        if (tokens.accept("server", "audit", "specification")) {
            return new AuditStatement.DropSpecification(true, tokens.bracketName());
        }
        if (tokens.accept("database", "audit", "specification")) {
            return new AuditStatement.DropSpecification(false, tokens.bracketName());
        }
        return tokens.accept("server", "audit") ? new AuditStatement.DropAudit(tokens.bracketName()) : null;
    }

    private Statement audit(boolean create) {
        String name = tokens.bracketName();
        if (!create && tokens.accept("modify")) {
            tokens.expect("name", "=");
            return new AuditStatement.RenameAudit(name, tokens.bracketName());
        }
        AuditTarget target = null;
        if (tokens.accept("to")) {
            String kind = tokens.label();
            target = new AuditTarget(kind, kind.equals("file") ? options() : Map.of());
        }
        Map<String, String> options = tokens.accept("with") ? options() : Map.of();
        if (tokens.at("where") || tokens.at("remove")) {
            throw TokenStream.unsupported("a predicate of a server audit", tokens.position());
        }
        return new AuditStatement.PutAudit(create, name, target, options);
    }

    /** {@code (NAME = value, …)}; a size keeps its unit: {@code 10 MB}. */
    private Map<String, String> options() {
        Map<String, String> options = new HashMap<>();
        tokens.expect("(");
        do {
            String name = tokens.label();
            tokens.expect("=");
            options.put(name, value());
        } while (tokens.accept(","));
        tokens.expect(")");
        return options;
    }

    private String value() {
        if (tokens.atString()) {
            return tokens.string();
        }
        if (tokens.atInteger()) {
            long number = tokens.signedInteger();
            return tokens.at(",") || tokens.at(")") ? Long.toString(number) : number + " " + tokens.label();
        }
        return tokens.label();
    }

    private Statement specification(boolean create, boolean server) {
        String name = tokens.bracketName();
        String audit = null;
        if (tokens.accept("for")) {
            tokens.expect("server", "audit");
            audit = tokens.bracketName();
        }
        List<String> add = new ArrayList<>();
        List<String> drop = new ArrayList<>();
        while (tokens.at("add") || tokens.at("drop")) {
            List<String> into = tokens.next().text().equals("add") ? add : drop;
            tokens.expect("(");
            into.add(tokens.label());
            if (tokens.at("on")) {
                throw TokenStream.unsupported("auditing actions on single objects", tokens.position());
            }
            tokens.expect(")");
            tokens.accept(",");
        }
        Boolean enabled = null;
        if (tokens.accept("with")) {
            tokens.expect("(", "state", "=");
            enabled = tokens.accept("on");
            if (!enabled) {
                tokens.expect("off");
            }
            tokens.expect(")");
        }
        return new AuditStatement.PutSpecification(create, server, name, audit, add, drop, enabled);
    }
}
