package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.ColumnConstraint;
import dev.strongroom.sql.parse.statement.ColumnDefinition;
import dev.strongroom.sql.parse.statement.ColumnDefinition.ColumnEncryption;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.PreparedStatement;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableConstraint;
import dev.strongroom.sql.parse.statement.TableStatement.CreateIndex;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTable;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTableAs;
import dev.strongroom.sql.parse.statement.TableStatement.IndexKey;
import dev.strongroom.sql.parse.statement.TableStatement.Like;
import dev.strongroom.sql.parse.statement.TableStatement.LikeOption;
import dev.strongroom.sql.parse.statement.TableStatement.OnCommit;
import dev.strongroom.sql.parse.statement.TableStatement.Persistence;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** CREATE TABLE and CREATE INDEX, with columns and constraints. */
final class TableParser {
    private final ParserContext context;
    private final TokenStream tokens;
    private final ConstraintParser constraints;

    TableParser(ParserContext context, ConstraintParser constraints) {
        this.context = context;
        this.tokens = context.tokens;
        this.constraints = constraints;
    }

    /** Everything that CREATE TABLE collects before it is one record. */
    private static final class Parts {
        final List<ColumnDefinition> columns = new ArrayList<>();
        final List<TableConstraint> tableConstraints = new ArrayList<>();
        final List<Like> likes = new ArrayList<>();
    }

    /** CREATE [TEMP] TABLE; everything up to TABLE has been taken. */
    Statement createTable(Persistence persistence) {
        boolean ifNotExists = tokens.ifNotExists();
        ObjectName name = tokens.at("[") ? tokens.bracketObjectName() : tokens.objectName();
        if (tokens.at("of") || tokens.at("partition")) {
            throw TokenStream.unsupported(
                    tokens.at("of") ? "CREATE TABLE OF" : "CREATE TABLE PARTITION OF", tokens.position());
        }
        if (!tokens.at("(") || isNameList()) {
            return createTableAs(name, persistence, ifNotExists);
        }
        Parts parts = new Parts();
        tokens.expect("(");
        if (!tokens.at(")")) {
            do {
                element(parts);
            } while (tokens.accept(","));
        }
        tokens.expect(")");
        List<ObjectName> inherits = List.of();
        if (tokens.accept("inherits")) {
            tokens.expect("(");
            inherits = tokens.objectNames();
            tokens.expect(")");
        }
        if (tokens.at("partition")) {
            throw TokenStream.unsupported("PARTITION BY", tokens.position());
        }
        Tail tail = tail();
        return new CreateTable(
                name,
                persistence,
                ifNotExists,
                parts.columns,
                parts.tableConstraints,
                parts.likes,
                inherits,
                tail.options,
                tail.onCommit,
                tail.tablespace);
    }

    /** {@code (a, b) AS …}: names only. */
    private boolean isNameList() {
        int ahead = 1;
        while (TokenStream.isColumnId(tokens.peek(ahead)) && tokens.at(ahead + 1, ",")) {
            ahead += 2;
        }
        return TokenStream.isColumnId(tokens.peek(ahead)) && tokens.at(ahead + 1, ")");
    }

    private Statement createTableAs(ObjectName name, Persistence persistence, boolean ifNotExists) {
        List<String> columns = tokens.optionalParenthesisedNames();
        Tail tail = tail();
        tokens.expect("as");
        Statement source = tokens.at("execute") ? execute() : query();
        boolean withData = withData();
        return new CreateTableAs(
                name, persistence, ifNotExists, columns, tail.options, tail.onCommit, source, withData);
    }

    private Query query() {
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

    PreparedStatement.Execute execute() {
        tokens.expect("execute");
        return executeTail();
    }

    /** EXECUTE name (arguments), without the word. */
    PreparedStatement.Execute executeTail() {
        String name = tokens.columnId();
        if (!tokens.accept("(")) {
            return new PreparedStatement.Execute(name, List.of());
        }
        var arguments = context.expressions.expressionList().getList();
        tokens.expect(")");
        return new PreparedStatement.Execute(name, arguments);
    }

    /** WITH [NO] DATA. */
    boolean withData() {
        if (tokens.accept("with", "no", "data")) {
            return false;
        }
        tokens.accept("with", "data");
        return true;
    }

    private record Tail(
            List<Option> options,
            OnCommit onCommit,
            @Nullable String tablespace) {}

    private Tail tail() {
        if (tokens.accept("using")) {
            tokens.columnId();
        }
        List<Option> options = List.of();
        if (tokens.at("with") && tokens.at(1, "(")) {
            tokens.next();
            options = options();
        } else {
            tokens.accept("without", "oids");
        }
        OnCommit onCommit = OnCommit.PRESERVE_ROWS;
        if (tokens.accept("on", "commit")) {
            if (tokens.accept("drop")) {
                onCommit = OnCommit.DROP;
            } else if (tokens.accept("delete")) {
                tokens.expect("rows");
                onCommit = OnCommit.DELETE_ROWS;
            } else {
                tokens.expect("preserve", "rows");
            }
        }
        String tablespace = tokens.accept("tablespace") ? tokens.columnId() : null;
        return new Tail(options, onCommit, tablespace);
    }

    /** {@code (name [= value], …)} */
    List<Option> options() {
        tokens.expect("(");
        List<Option> options = new ArrayList<>();
        do {
            int position = tokens.position();
            StringBuilder name = new StringBuilder(tokens.label());
            while (tokens.accept(".")) {
                name.append('.').append(tokens.label());
            }
            String value = null;
            if (tokens.accept("=")) {
                value = optionValue();
            }
            options.add(new Option(name.toString(), value, position));
        } while (tokens.accept(","));
        tokens.expect(")");
        return options;
    }

    /** A word, string or number as text. */
    String optionValue() {
        boolean negative = tokens.accept("-");
        Token token = tokens.peek();
        switch (token.kind()) {
            case WORD, QUOTED, STRING, INTEGER, DECIMAL -> {
                tokens.next();
                return negative ? "-" + token.text() : token.text();
            }
            default -> throw tokens.unexpected();
        }
    }

    private void element(Parts parts) {
        if (tokens.accept("like")) {
            ObjectName source = tokens.objectName();
            parts.likes.add(new Like(source, likeOptions(), parts.columns.size()));
            return;
        }
        TableConstraint constraint = constraints.tableConstraint();
        if (constraint != null) {
            parts.tableConstraints.add(constraint);
        } else {
            parts.columns.add(column());
        }
    }

    private List<LikeOption> likeOptions() {
        List<LikeOption> options = new ArrayList<>();
        while (true) {
            boolean including = tokens.at("including");
            if (!including && !tokens.at("excluding")) {
                return options;
            }
            tokens.next();
            Token what = tokens.next();
            if (what.isWord("all")) {
                options.clear();
                if (including) {
                    options.addAll(List.of(LikeOption.values()));
                }
                continue;
            }
            LikeOption option = null;
            for (LikeOption candidate : LikeOption.values()) {
                if (what.isWord(candidate.name().toLowerCase(Locale.ROOT))) {
                    option = candidate;
                }
            }
            if (option == null) {
                throw tokens.unexpected(what);
            }
            options.remove(option);
            if (including) {
                options.add(option);
            }
        }
    }

    /** One column definition. */
    ColumnDefinition column() {
        int position = tokens.position();
        String name = tokens.at("[") ? tokens.bracketName() : tokens.columnId();
        TypeName type = context.types.type();
        ObjectName collation = null;
        ColumnEncryption encryption = null;
        List<ColumnConstraint> list = new ArrayList<>();
        while (true) {
            if (tokens.at("collate")) {
                tokens.next();
                collation = tokens.objectName();
            } else if (tokens.at("encrypted") && tokens.at(1, "with")) {
                encryption = encryption();
            } else if (tokens.at("storage") || tokens.at("compression")) {
                tokens.next();
                tokens.label();
            } else if (!constraints.columnConstraint(name, list)) {
                return new ColumnDefinition(name, type, collation, list, encryption, position);
            }
        }
    }

    /** ENCRYPTED WITH (…). */
    ColumnEncryption encryption() {
        int position = tokens.position();
        tokens.expect("encrypted", "with", "(");
        String key = null;
        Boolean deterministic = null;
        String algorithm = null;
        do {
            Token word = tokens.next();
            tokens.expect("=");
            switch (word.text()) {
                case "column_encryption_key" -> key = tokens.bracketName();
                case "encryption_type" -> {
                    Token type = tokens.next();
                    boolean found = type.isWord("deterministic");
                    if (!found && !type.isWord("randomized")) {
                        throw tokens.unexpected(type);
                    }
                    deterministic = found;
                }
                case "algorithm" -> algorithm = tokens.string();
                default -> throw tokens.unexpected(word);
            }
        } while (tokens.accept(","));
        if (key == null || deterministic == null) {
            throw TokenStream.syntaxError("ENCRYPTED WITH needs COLUMN_ENCRYPTION_KEY and ENCRYPTION_TYPE", position);
        }
        tokens.expect(")");
        return new ColumnEncryption(key, deterministic, algorithm, position);
    }

    /** CREATE [UNIQUE] INDEX; the words up to INDEX have been taken. */
    Statement createIndex(boolean unique) {
        boolean concurrently = tokens.accept("concurrently");
        boolean ifNotExists = tokens.ifNotExists();
        String name = tokens.at("on") ? null : tokens.columnId();
        tokens.expect("on");
        if (tokens.at("only")) {
            tokens.next();
        }
        ObjectName table = tokens.objectName();
        String method = tokens.accept("using") ? tokens.columnId() : null;
        tokens.expect("(");
        List<IndexKey> keys = new ArrayList<>();
        do {
            keys.add(indexKey());
        } while (tokens.accept(","));
        tokens.expect(")");
        List<String> include = tokens.accept("include") ? tokens.parenthesisedNames() : List.of();
        boolean nullsNotDistinct = tokens.accept("nulls", "not", "distinct");
        if (!nullsNotDistinct) {
            tokens.accept("nulls", "distinct");
        }
        List<Option> options = List.of();
        if (tokens.accept("with")) {
            options = options();
        }
        if (tokens.accept("tablespace")) {
            tokens.columnId();
        }
        Expression where = tokens.accept("where") ? context.expressions.withText(false) : null;
        return new CreateIndex(
                name,
                table,
                unique,
                concurrently,
                ifNotExists,
                method,
                keys,
                include,
                nullsNotDistinct,
                options,
                where);
    }

    private IndexKey indexKey() {
        int position = tokens.position();
        String column = null;
        Expression expression = null;
        Token after = tokens.peek(1);
        if (TokenStream.isColumnId(tokens.peek()) && !after.is("(") && !after.is(".")) {
            column = tokens.columnId();
        } else if (tokens.accept("(")) {
            expression = context.expressions.withText(false);
            tokens.expect(")");
        } else {
            int start = tokens.peek().start();
            var node = context.functions.primary();
            expression = new Expression(node, tokens.sourceFrom(start));
        }
        ObjectName collation = tokens.accept("collate") ? tokens.objectName() : null;
        ObjectName operatorClass = null;
        if (!tokens.at("asc") && !tokens.at("desc") && !tokens.at("nulls") && TokenStream.isColumnId(tokens.peek())) {
            operatorClass = tokens.objectName();
            if (tokens.at("(")) {
                options();
            }
        }
        boolean descending = tokens.accept("desc");
        if (!descending) {
            tokens.accept("asc");
        }
        boolean nullsFirst = descending;
        if (tokens.accept("nulls", "first")) {
            nullsFirst = true;
        } else if (tokens.accept("nulls", "last")) {
            nullsFirst = false;
        }
        return new IndexKey(column, expression, collation, operatorClass, descending, nullsFirst, position);
    }
}
