package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.ObjectStatement;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.RoleName;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.Unsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Schemas, views, sequences, databases, DROP and COMMENT. */
final class ObjectParser {
    private final ParserContext context;
    private final TokenStream tokens;
    private final ConstraintParser constraints;
    private final TableParser tables;
    private final RoleParser roles;
    private final SettingParser settings;

    ObjectParser(
            ParserContext context,
            ConstraintParser constraints,
            TableParser tables,
            RoleParser roles,
            SettingParser settings) {
        this.context = context;
        this.tokens = context.tokens;
        this.constraints = constraints;
        this.tables = tables;
        this.roles = roles;
        this.settings = settings;
    }

    /** Parses the statements inside CREATE SCHEMA. */
    @FunctionalInterface
    interface ElementParser {
        Statement next();
    }

    Statement createSchema(ElementParser elements) {
        boolean ifNotExists = tokens.ifNotExists();
        String name = tokens.at("authorization") ? null : tokens.columnId();
        RoleName owner = tokens.accept("authorization") ? roles.role() : null;
        List<Statement> list = new ArrayList<>();
        while (tokens.at("create") || tokens.at("grant")) {
            list.add(elements.next());
        }
        return new ObjectStatement.CreateSchema(name, owner, ifNotExists, list);
    }

    /** CREATE [OR REPLACE] [TEMP] [RECURSIVE] VIEW; the words up to VIEW have been taken. */
    Statement createView(boolean replace, boolean temporary, boolean materialized) {
        boolean ifNotExists = materialized && tokens.ifNotExists();
        ObjectName name = tokens.objectName();
        List<String> columns = tokens.optionalParenthesisedNames();
        if (materialized && tokens.accept("using")) {
            tokens.columnId();
        }
        List<Option> options = tokens.accept("with") ? tables.options() : List.of();
        if (materialized && tokens.accept("tablespace")) {
            tokens.columnId();
        }
        tokens.expect("as");
        int start = tokens.peek().start();
        Query query = query();
        String text = tokens.sourceFrom(start);
        String check = null;
        boolean withData = true;
        if (materialized) {
            withData = tables.withData();
        } else if (tokens.accept("with")) {
            check = tokens.accept("local") ? "LOCAL" : "CASCADED";
            tokens.accept("cascaded");
            tokens.expect("check", "option");
        }
        return new ObjectStatement.CreateView(
                name, replace, temporary, materialized, ifNotExists, columns, options, query, text, check, withData);
    }

    /** A query, parenthesised or not. */
    Query query() {
        int start = tokens.peek().start();
        if (tokens.at("(")) {
            var node = context.queries.parenthesisedQuery();
            return new Query(
                    context.queries.atQueryTail() ? context.queries.continueQuery(node, start) : node, List.of());
        }
        if (!context.queries.atQuery()) {
            throw tokens.unexpected();
        }
        return context.queries.topLevel();
    }

    Statement createSequence(boolean temporary) {
        boolean ifNotExists = tokens.ifNotExists();
        ObjectName name = tokens.objectName();
        return new ObjectStatement.CreateSequence(name, temporary, ifNotExists, constraints.sequenceOptions());
    }

    Statement createExtension() {
        boolean ifNotExists = tokens.ifNotExists();
        String name = tokens.columnId();
        tokens.accept("with");
        while (tokens.at("schema") || tokens.at("version") || tokens.at("cascade")) {
            if (!tokens.next().text().equals("cascade")) {
                tokens.word();
            }
        }
        return new ObjectStatement.CreateExtension(name, ifNotExists);
    }

    // ---- databases

    Statement createDatabase(String name) {
        tokens.accept("with");
        return new DatabaseStatement.CreateDatabase(name, databaseOptions());
    }

    private List<Option> databaseOptions() {
        List<Option> options = new ArrayList<>();
        while (tokens.peek().kind() == Token.Kind.WORD && !tokens.atGo()) {
            int position = tokens.position();
            String name = tokens.next().text();
            if (name.equals("connection")) {
                tokens.expect("limit");
                name = "connection_limit";
            }
            tokens.accept("=");
            String value = tokens.accept("default") ? null : tables.optionValue();
            options.add(new Option(name, value, position));
        }
        return options;
    }

    /** ALTER DATABASE name …; SET ENCRYPTION and its kin are taken elsewhere. */
    Statement alterDatabase(String name) {
        if (tokens.accept("rename")) {
            tokens.expect("to");
            return new DatabaseStatement.RenameDatabase(name, tokens.columnId());
        }
        if (tokens.accept("owner")) {
            tokens.expect("to");
            return new DatabaseStatement.DatabaseOwner(name, roles.role());
        }
        Statement mode = databaseMode(name);
        if (mode != null) {
            return mode;
        }
        if (tokens.at("set") && tokens.at(1, "tablespace")) {
            throw TokenStream.unsupported("ALTER DATABASE SET TABLESPACE", tokens.position());
        }
        if (tokens.at("set") || tokens.at("reset")) {
            return new DatabaseStatement.DatabaseSetting(name, settings.setOrReset());
        }
        if (tokens.accept("refresh", "collation", "version")) {
            return new DatabaseStatement.DatabaseOptions(name, List.of());
        }
        tokens.accept("with");
        List<Option> options = databaseOptions();
        if (options.isEmpty()) {
            throw tokens.unexpected();
        }
        return new DatabaseStatement.DatabaseOptions(name, options);
    }

    /** T-SQL's SET SINGLE_USER and its kin; null if something else follows. Without a name of the current database. */
    @Nullable
    Statement databaseMode(@Nullable String name) {
        if (!isMode()) {
            return null;
        }
        tokens.expect("set");
        List<String> words = new ArrayList<>();
        while (isWordOfMode() && !tokens.atGo()) {
            words.add(tokens.next().text().toUpperCase(Locale.ROOT));
        }
        return new DatabaseStatement.DatabaseMode(name, words);
    }

    private boolean isWordOfMode() {
        Token.Kind kind = tokens.peek().kind();
        return kind == Token.Kind.WORD || kind == Token.Kind.INTEGER;
    }

    private boolean isMode() {
        if (!tokens.at("set")) {
            return false;
        }
        return switch (tokens.peek(1).text()) {
            case "recovery", "single_user", "multi_user", "restricted_user", "read_only", "read_write" -> true;
            case "offline", "online", "emergency", "page_verify" -> true;
            default -> false;
        };
    }

    Statement dropDatabase() {
        boolean ifExists = tokens.ifExists();
        String name = tokens.bracketName();
        boolean force = false;
        if (tokens.accept("with") || tokens.at("(")) {
            tokens.expect("(", "force", ")");
            force = true;
        }
        return new DatabaseStatement.DropDatabase(name, ifExists, force);
    }

    // ---- other objects

    /** DROP of a named kind; the words of the kind have been taken. */
    Statement drop(ObjectKind kind) {
        boolean concurrently = kind == ObjectKind.INDEX && tokens.accept("concurrently");
        boolean ifExists = tokens.ifExists();
        List<ObjectName> names = new ArrayList<>();
        do {
            names.add(tokens.objectName());
            if (kind == ObjectKind.FUNCTION || kind == ObjectKind.PROCEDURE || kind == ObjectKind.AGGREGATE) {
                roles.skipParentheses();
            }
        } while (tokens.accept(","));
        return new ObjectStatement.Drop(kind, names, ifExists, concurrently, tokens.cascade());
    }

    /** DROP TRIGGER | RULE | POLICY name ON table. */
    Statement dropOnTable(ObjectKind kind) {
        boolean ifExists = tokens.ifExists();
        String name = tokens.columnId();
        tokens.expect("on");
        ObjectName table = tokens.objectName();
        List<String> parts = new ArrayList<>(table.parts());
        parts.add(name);
        return new ObjectStatement.Drop(
                kind,
                List.of(new ObjectName(parts.size() > 3 ? parts.subList(1, 4) : parts, table.position())),
                ifExists,
                false,
                tokens.cascade());
    }

    Statement alterSchema() {
        String name = tokens.columnId();
        if (tokens.accept("rename")) {
            tokens.expect("to");
            return new ObjectStatement.RenameSchema(name, tokens.columnId());
        }
        tokens.expect("owner", "to");
        return new ObjectStatement.SchemaOwner(name, roles.role());
    }

    Statement refreshView() {
        tokens.expect("materialized", "view");
        boolean concurrently = tokens.accept("concurrently");
        ObjectName name = tokens.objectName();
        return new ObjectStatement.RefreshView(name, concurrently, tables.withData());
    }

    /** COMMENT ON …; both words have been taken. */
    Statement comment() {
        ObjectKind kind = commentKind();
        ObjectName name;
        ObjectName table = null;
        if (kind == ObjectKind.COLUMN) {
            int position = tokens.position();
            List<String> parts = new ArrayList<>();
            do {
                parts.add(tokens.label());
            } while (tokens.accept("."));
            name = new ObjectName(parts, position);
        } else {
            name = tokens.objectName();
        }
        if (kind == ObjectKind.FUNCTION || kind == ObjectKind.PROCEDURE || kind == ObjectKind.AGGREGATE) {
            roles.skipParentheses();
        }
        if (tokens.accept("on")) {
            tokens.accept("domain");
            table = tokens.objectName();
        }
        tokens.expect("is");
        String text = tokens.accept("null") ? null : tokens.string();
        return new ObjectStatement.Comment(kind, name, table, text);
    }

    private ObjectKind commentKind() {
        ObjectKind kind = kind();
        if (kind != null) {
            return kind;
        }
        throw tokens.unexpected();
    }

    /** Takes the words of a kind of object; null, with nothing taken, if the next word is none. */
    @Nullable
    ObjectKind kind() {
        Token word = tokens.peek();
        if (word.kind() != Token.Kind.WORD) {
            return null;
        }
        if (tokens.accept("materialized", "view")) {
            return ObjectKind.MATERIALIZED_VIEW;
        }
        ObjectKind kind = switch (word.text()) {
            case "table" -> ObjectKind.TABLE;
            case "index" -> ObjectKind.INDEX;
            case "view" -> ObjectKind.VIEW;
            case "sequence" -> ObjectKind.SEQUENCE;
            case "schema" -> ObjectKind.SCHEMA;
            case "database" -> ObjectKind.DATABASE;
            case "role" -> ObjectKind.ROLE;
            case "column" -> ObjectKind.COLUMN;
            case "constraint" -> ObjectKind.CONSTRAINT;
            case "function", "routine" -> ObjectKind.FUNCTION;
            case "procedure" -> ObjectKind.PROCEDURE;
            case "aggregate" -> ObjectKind.AGGREGATE;
            case "type" -> ObjectKind.TYPE;
            case "domain" -> ObjectKind.DOMAIN;
            case "trigger" -> ObjectKind.TRIGGER;
            case "extension" -> ObjectKind.EXTENSION;
            case "tablespace" -> ObjectKind.TABLESPACE;
            case "language" -> ObjectKind.LANGUAGE;
            case "collation" -> ObjectKind.COLLATION;
            case "policy" -> ObjectKind.POLICY;
            case "rule" -> ObjectKind.RULE;
            case "publication" -> ObjectKind.PUBLICATION;
            case "subscription" -> ObjectKind.SUBSCRIPTION;
            default -> null;
        };
        if (kind != null) {
            tokens.next();
        }
        return kind;
    }

    /** The rest of a statement that is not offered is not looked at, up to the next semicolon. */
    Statement unsupported(String what) {
        while (!tokens.at(";") && tokens.peek().kind() != Token.Kind.END) {
            tokens.next();
        }
        return new Unsupported(what);
    }
}
