package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.Copy;
import dev.strongroom.sql.parse.statement.Copy.CopyOption;
import dev.strongroom.sql.parse.statement.CursorStatement;
import dev.strongroom.sql.parse.statement.CursorStatement.Direction;
import dev.strongroom.sql.parse.statement.Explain;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.MaintenanceStatement.TableColumns;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.PreparedStatement;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement.Lock;
import dev.strongroom.sql.parse.statement.TableStatement.LockMode;
import dev.strongroom.sql.parse.statement.TableStatement.Truncate;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** COPY, EXPLAIN, PREPARE, cursors, VACUUM and other housekeeping. */
final class UtilityParser {
    private final ParserContext context;
    private final TokenStream tokens;
    private final TableParser tables;
    private final ObjectParser objects;

    UtilityParser(ParserContext context, TableParser tables, ObjectParser objects) {
        this.context = context;
        this.tokens = context.tokens;
        this.tables = tables;
        this.objects = objects;
    }

    // ---- COPY

    /** COPY …; the word has been taken. */
    Copy copy() {
        List<CopyOption> options = new ArrayList<>();
        ObjectName table = null;
        List<String> columns = List.of();
        Statement query = null;
        boolean from = false;
        if (tokens.at("(")) {
            tokens.next();
            query = context.modifications.queryOrModification();
            tokens.expect(")");
            tokens.expect("to");
        } else {
            if (tokens.at("binary")) {
                options.add(new CopyOption("format", List.of("binary"), tokens.position()));
                tokens.next();
            }
            table = tokens.objectName();
            columns = tokens.optionalParenthesisedNames();
            from = tokens.accept("from");
            if (!from) {
                tokens.expect("to");
            }
        }
        boolean program = tokens.accept("program");
        String file = null;
        if (tokens.atString()) {
            file = tokens.string();
        } else if (program || !tokens.acceptAny("stdin", "stdout")) {
            throw tokens.unexpected();
        }
        copyOptions(options);
        SqlNode where = from && tokens.accept("where") ? context.expressions.expression() : null;
        return new Copy(table, columns, query, from, file, program, options, where);
    }

    private void copyOptions(List<CopyOption> options) {
        if (tokens.at("using") && tokens.at(1, "delimiters")) {
            tokens.next();
            options.add(new CopyOption("delimiter", List.of(), tokens.position()));
        }
        boolean with = tokens.accept("with");
        if (tokens.at("(")) {
            genericCopyOptions(options);
            return;
        }
        while (legacyCopyOption(options)) {
            with = false;
        }
        if (with) {
            throw tokens.unexpected();
        }
    }

    private void genericCopyOptions(List<CopyOption> options) {
        tokens.expect("(");
        do {
            int position = tokens.position();
            String name = tokens.label();
            List<String> values = new ArrayList<>();
            if (tokens.accept("(")) {
                do {
                    values.add(tokens.label());
                } while (tokens.accept(","));
                tokens.expect(")");
            } else if (tokens.at("*")) {
                tokens.next();
                values.add("*");
            } else if (!tokens.at(",") && !tokens.at(")")) {
                values.add(tables.optionValue());
            }
            options.add(new CopyOption(name, values, position));
        } while (tokens.accept(","));
        tokens.expect(")");
    }

    private boolean legacyCopyOption(List<CopyOption> options) {
        int position = tokens.position();
        Token word = tokens.peek();
        if (word.kind() != Kind.WORD) {
            return false;
        }
        switch (word.text()) {
            case "binary", "csv" -> {
                tokens.next();
                options.add(new CopyOption("format", List.of(word.text()), position));
            }
            case "freeze", "header" -> {
                tokens.next();
                options.add(new CopyOption(word.text(), List.of("true"), position));
            }
            case "delimiter", "null", "quote", "escape", "encoding" -> {
                tokens.next();
                tokens.accept("as");
                options.add(new CopyOption(word.text(), List.of(tokens.string()), position));
            }
            case "force" -> {
                tokens.next();
                String name = "force_quote";
                if (tokens.accept("not")) {
                    tokens.expect("null");
                    name = "force_not_null";
                } else if (tokens.accept("null")) {
                    name = "force_null";
                } else {
                    tokens.expect("quote");
                }
                List<String> columns;
                if (tokens.at("*")) {
                    tokens.next();
                    columns = List.of("*");
                } else {
                    columns = tokens.columnIds();
                }
                options.add(new CopyOption(name, columns, position));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    // ---- EXPLAIN

    /** EXPLAIN …; the word has been taken. */
    Explain explain(Supplier<Statement> inner) {
        List<Option> options = new ArrayList<>();
        if (tokens.at("(") && !isQueryInParenthesis()) {
            tokens.next();
            do {
                int position = tokens.position();
                String name = tokens.label();
                String value = tokens.at(",") || tokens.at(")") ? null : tables.optionValue();
                options.add(new Option(name, value, position));
            } while (tokens.accept(","));
            tokens.expect(")");
        } else {
            int position = tokens.position();
            if (tokens.acceptAny("analyze", "analyse")) {
                options.add(new Option("analyze", null, position));
            }
            position = tokens.position();
            if (tokens.accept("verbose")) {
                options.add(new Option("verbose", null, position));
            }
        }
        return new Explain(inner.get(), options);
    }

    private boolean isQueryInParenthesis() {
        int ahead = 0;
        while (tokens.at(ahead, "(")) {
            ahead++;
        }
        return tokens.at(ahead, "select") || tokens.at(ahead, "values") || tokens.at(ahead, "with");
    }

    // ---- prepared statements

    PreparedStatement.Prepare prepare(Supplier<Statement> inner) {
        String name = tokens.columnId();
        List<TypeName> types = new ArrayList<>();
        if (tokens.accept("(")) {
            do {
                types.add(context.types.type());
            } while (tokens.accept(","));
            tokens.expect(")");
        }
        tokens.expect("as");
        int start = tokens.peek().start();
        Statement statement = inner.get();
        return new PreparedStatement.Prepare(name, types, statement, tokens.sourceFrom(start));
    }

    PreparedStatement.Deallocate deallocate() {
        tokens.accept("prepare");
        return new PreparedStatement.Deallocate(tokens.accept("all") ? null : tokens.columnId());
    }

    // ---- cursors

    CursorStatement.Declare declare() {
        String name = tokens.columnId();
        boolean binary = false;
        boolean insensitive = false;
        Boolean scroll = null;
        while (!tokens.at("cursor")) {
            if (tokens.accept("binary")) {
                binary = true;
            } else if (tokens.accept("insensitive")) {
                insensitive = true;
            } else if (tokens.accept("scroll")) {
                scroll = true;
            } else if (tokens.accept("no", "scroll")) {
                scroll = false;
            } else if (!tokens.accept("asensitive")) {
                throw tokens.unexpected();
            }
        }
        tokens.expect("cursor");
        boolean hold = tokens.accept("with", "hold");
        if (!hold) {
            tokens.accept("without", "hold");
        }
        tokens.expect("for");
        int start = tokens.peek().start();
        Query query = objects.query();
        return new CursorStatement.Declare(name, binary, insensitive, scroll, hold, query, tokens.sourceFrom(start));
    }

    CursorStatement.Fetch fetch(boolean move) {
        Direction direction = Direction.FORWARD;
        long count = 1;
        if (tokens.accept("next")) {
            count = 1;
        } else if (tokens.accept("prior")) {
            direction = Direction.BACKWARD;
        } else if (tokens.accept("first")) {
            direction = Direction.ABSOLUTE;
        } else if (tokens.accept("last")) {
            direction = Direction.ABSOLUTE;
            count = -1;
        } else if (tokens.accept("absolute")) {
            direction = Direction.ABSOLUTE;
            count = tokens.signedInteger();
        } else if (tokens.accept("relative")) {
            direction = Direction.RELATIVE;
            count = tokens.signedInteger();
        } else if (tokens.accept("all")) {
            count = Long.MAX_VALUE;
        } else if (tokens.at("forward") || tokens.at("backward")) {
            direction = tokens.next().text().equals("forward") ? Direction.FORWARD : Direction.BACKWARD;
            if (tokens.accept("all")) {
                count = Long.MAX_VALUE;
            } else if (atNumber()) {
                count = tokens.signedInteger();
            }
        } else if (atNumber()) {
            count = tokens.signedInteger();
        }
        tokens.acceptAny("from", "in");
        return new CursorStatement.Fetch(tokens.columnId(), move, direction, count);
    }

    private boolean atNumber() {
        return tokens.atInteger() || tokens.at("-") || tokens.at("+");
    }

    CursorStatement.Close close() {
        return new CursorStatement.Close(tokens.accept("all") ? null : tokens.columnId());
    }

    // ---- housekeeping

    Truncate truncate() {
        tokens.accept("table");
        List<ObjectName> names = new ArrayList<>();
        do {
            if (tokens.at("only")) {
                tokens.next();
            }
            names.add(tokens.objectName());
            tokens.accept("*");
        } while (tokens.accept(","));
        boolean restart = tokens.accept("restart", "identity");
        if (!restart) {
            tokens.accept("continue", "identity");
        }
        return new Truncate(names, restart, tokens.cascade());
    }

    Lock lock() {
        tokens.accept("table");
        List<ObjectName> names = new ArrayList<>();
        do {
            if (tokens.at("only")) {
                tokens.next();
            }
            names.add(tokens.objectName());
            tokens.accept("*");
        } while (tokens.accept(","));
        LockMode mode = LockMode.ACCESS_EXCLUSIVE;
        if (tokens.accept("in")) {
            mode = lockMode();
            tokens.expect("mode");
        }
        return new Lock(names, mode, tokens.accept("nowait"));
    }

    private LockMode lockMode() {
        if (tokens.accept("access")) {
            if (tokens.accept("share")) {
                return LockMode.ACCESS_SHARE;
            }
            tokens.expect("exclusive");
            return LockMode.ACCESS_EXCLUSIVE;
        }
        if (tokens.accept("row")) {
            if (tokens.accept("share")) {
                return LockMode.ROW_SHARE;
            }
            tokens.expect("exclusive");
            return LockMode.ROW_EXCLUSIVE;
        }
        if (tokens.accept("share")) {
            if (tokens.accept("update")) {
                tokens.expect("exclusive");
                return LockMode.SHARE_UPDATE_EXCLUSIVE;
            }
            if (tokens.accept("row")) {
                tokens.expect("exclusive");
                return LockMode.SHARE_ROW_EXCLUSIVE;
            }
            return LockMode.SHARE;
        }
        tokens.expect("exclusive");
        return LockMode.EXCLUSIVE;
    }

    MaintenanceStatement vacuum() {
        List<Option> options = maintenanceOptions("full", "freeze", "verbose", "analyze", "analyse");
        return new MaintenanceStatement.Vacuum(options, tableColumns());
    }

    MaintenanceStatement analyze() {
        List<Option> options = maintenanceOptions("verbose");
        return new MaintenanceStatement.Analyze(options, tableColumns());
    }

    private List<Option> maintenanceOptions(String... words) {
        List<Option> options = new ArrayList<>();
        if (tokens.accept("(")) {
            do {
                int position = tokens.position();
                String name = tokens.label();
                String value = tokens.at(",") || tokens.at(")") ? null : tables.optionValue();
                options.add(new Option(name, value, position));
            } while (tokens.accept(","));
            tokens.expect(")");
            return options;
        }
        boolean found = true;
        while (found) {
            found = false;
            for (String word : words) {
                int position = tokens.position();
                if (tokens.accept(word)) {
                    options.add(new Option(word.equals("analyse") ? "analyze" : word, null, position));
                    found = true;
                }
            }
        }
        return options;
    }

    private List<TableColumns> tableColumns() {
        List<TableColumns> list = new ArrayList<>();
        if (!TokenStream.isColumnId(tokens.peek()) || tokens.atGo()) {
            return list;
        }
        do {
            ObjectName name = tokens.objectName();
            list.add(new TableColumns(name, tokens.optionalParenthesisedNames()));
        } while (tokens.accept(","));
        return list;
    }

    MaintenanceStatement reindex() {
        if (tokens.at("(")) {
            maintenanceOptions();
        }
        Token word = tokens.next();
        ObjectKind kind = switch (word.text()) {
            case "index" -> ObjectKind.INDEX;
            case "table" -> ObjectKind.TABLE;
            case "schema" -> ObjectKind.SCHEMA;
            case "database", "system" -> ObjectKind.DATABASE;
            default -> throw tokens.unexpected(word);
        };
        boolean concurrently = tokens.accept("concurrently");
        ObjectName name = TokenStream.isColumnId(tokens.peek()) && !tokens.atGo() ? tokens.objectName() : null;
        return new MaintenanceStatement.Reindex(kind, name, concurrently);
    }

    MaintenanceStatement cluster() {
        tokens.accept("verbose");
        ObjectName table = TokenStream.isColumnId(tokens.peek()) ? tokens.objectName() : null;
        if (table != null && (tokens.accept("using") || tokens.accept("on"))) {
            tokens.objectName();
        }
        return new MaintenanceStatement.Cluster(table);
    }

    MaintenanceStatement listen() {
        return new MaintenanceStatement.Listen(tokens.columnId());
    }

    MaintenanceStatement unlisten() {
        if (tokens.at("*")) {
            tokens.next();
            return new MaintenanceStatement.Unlisten(null);
        }
        return new MaintenanceStatement.Unlisten(tokens.columnId());
    }

    MaintenanceStatement notification() {
        String channel = tokens.columnId();
        @Nullable String payload = tokens.accept(",") ? tokens.string() : null;
        return new MaintenanceStatement.Notify(channel, payload);
    }

    MaintenanceStatement call() {
        return new MaintenanceStatement.Call(context.functions.primary());
    }
}
