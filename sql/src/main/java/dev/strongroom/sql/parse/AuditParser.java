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
        return new AuditStatement.PutAudit(create, name, target, options, predicate(create));
    }

    private @Nullable String predicate(boolean create) {
        if (!create && tokens.accept("remove")) {
            tokens.expect("where");
            return "";
        }
        if (!tokens.accept("where")) {
            return null;
        }
        int from = tokens.peek().start();
        int to = from;
        int depth = 0;
        while (continues(depth)) {
            depth += tokens.at("(") ? 1 : tokens.at(")") ? -1 : 0;
            to = tokens.next().end();
        }
        if (to == from) {
            throw tokens.unexpected();
        }
        return tokens.text().substring(from, to);
    }

    /** Up to the end of the statement: T-SQL needs no semicolon. */
    private boolean continues(int depth) {
        boolean statement = tokens.at("create") || tokens.at("alter") || tokens.at("use") || tokens.atGo();
        return tokens.peek().kind() != Token.Kind.END && !tokens.at(";") && (depth > 0 || !statement);
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
