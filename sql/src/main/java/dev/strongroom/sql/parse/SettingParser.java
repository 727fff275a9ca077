package dev.strongroom.sql.parse;

import dev.strongroom.common.identifier.Keywords;
import dev.strongroom.sql.parse.Token.Kind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.SettingStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TransactionStatement;
import dev.strongroom.sql.parse.statement.TransactionStatement.TransactionMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** SET, RESET, SHOW, DISCARD and transaction control. */
final class SettingParser {
    private final ParserContext context;
    private final TokenStream tokens;

    SettingParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** SET …; the word has been taken. */
    Statement set() {
        boolean local = tokens.at("local") && !isAssignment(1);
        boolean session = !local && tokens.at("session") && !isAssignment(1);
        if (local || session && !tokens.at(1, "authorization") && !tokens.at(1, "characteristics")) {
            tokens.next();
        }
        if (session && tokens.accept("session")) {
            if (tokens.accept("characteristics")) {
                tokens.expect("as", "transaction");
                return new TransactionStatement.SetTransaction(modes(true), true);
            }
            return authorization(false);
        }
        if (tokens.at("transaction") && !isAssignment(1)) {
            tokens.next();
            if (tokens.at("snapshot")) {
                throw TokenStream.unsupported("SET TRANSACTION SNAPSHOT", tokens.position());
            }
            return new TransactionStatement.SetTransaction(modes(true), false);
        }
        if (tokens.at("constraints") && !isAssignment(1)) {
            return constraints();
        }
        if (tokens.at("session") && tokens.at(1, "authorization")) {
            tokens.next();
            return authorization(local);
        }
        return assignment(local);
    }

    private boolean isAssignment(int ahead) {
        return tokens.at(ahead, "=") || tokens.at(ahead, "to") || tokens.at(ahead, ".");
    }

    private Statement authorization(boolean local) {
        tokens.expect("authorization");
        List<String> value = tokens.accept("default") ? List.of() : List.of(tokens.word());
        return new SettingStatement.Set("session_authorization", value, local);
    }

    private Statement constraints() {
        tokens.expect("constraints");
        List<ObjectName> names = tokens.accept("all") ? List.of() : tokens.objectNames();
        boolean deferred = tokens.accept("deferred");
        if (!deferred) {
            tokens.expect("immediate");
        }
        return new TransactionStatement.SetConstraints(names, deferred);
    }

    private SettingStatement.Set assignment(boolean local) {
        if (tokens.accept("time", "zone")) {
            return new SettingStatement.Set("timezone", timeZone(), local);
        }
        if (!isAssignment(1)) {
            if (tokens.accept("names")) {
                boolean value =
                        tokens.peek().kind() == Kind.STRING || tokens.peek().kind() == Kind.WORD;
                List<String> values = !value || tokens.accept("default") ? List.of() : List.of(tokens.word());
                return new SettingStatement.Set("client_encoding", values, local);
            }
            if (tokens.accept("role")) {
                return new SettingStatement.Set("role", List.of(tokens.word()), local);
            }
            if (tokens.accept("schema")) {
                return new SettingStatement.Set("search_path", List.of(tokens.string()), local);
            }
            if (tokens.accept("catalog")) {
                throw TokenStream.unsupported("SET CATALOG", tokens.position());
            }
            if (tokens.at("xml")) {
                throw TokenStream.unsupported("SET XML OPTION", tokens.position());
            }
        }
        String name = settingName();
        if (!tokens.accept("=")) {
            tokens.expect("to");
        }
        if (tokens.accept("default")) {
            return new SettingStatement.Set(name, List.of(), local);
        }
        List<String> values = new ArrayList<>();
        do {
            values.add(value());
        } while (tokens.accept(","));
        return new SettingStatement.Set(name, values, local);
    }

    private String settingName() {
        StringBuilder name = new StringBuilder(tokens.columnId());
        while (tokens.accept(".")) {
            name.append('.').append(tokens.columnId());
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private String value() {
        Token token = tokens.peek();
        switch (token.kind()) {
            case STRING, QUOTED, INTEGER, DECIMAL -> {
                tokens.next();
                return token.text();
            }
            case WORD -> {
                if (token.keyword() == Keywords.Kind.RESERVED
                        && !token.text().equals("true")
                        && !token.text().equals("false")
                        && !token.text().equals("on")) {
                    throw tokens.unexpected();
                }
                tokens.next();
                return token.text();
            }
            default -> {
                if (token.is("-") || token.is("+")) {
                    tokens.next();
                    Token number = tokens.peek();
                    if (number.kind() == Kind.INTEGER || number.kind() == Kind.DECIMAL) {
                        tokens.next();
                        return (token.is("-") ? "-" : "") + number.text();
                    }
                }
                throw tokens.unexpected();
            }
        }
    }

    /** What follows TIME ZONE; empty for DEFAULT and LOCAL. */
    private List<String> timeZone() {
        if (tokens.acceptAny("default", "local")) {
            return List.of();
        }
        if (tokens.at("interval")) {
            tokens.next();
            context.types.modifiers();
            String text = tokens.string();
            context.types.intervalRange();
            return List.of("INTERVAL " + text);
        }
        return List.of(value());
    }

    /** SET or RESET inside ALTER ROLE and ALTER DATABASE. */
    SettingStatement setOrReset() {
        if (tokens.accept("reset")) {
            return reset();
        }
        tokens.expect("set");
        if (tokens.at("transaction")) {
            throw tokens.unexpected();
        }
        return assignment(false);
    }

    /** RESET …; the word has been taken. */
    SettingStatement reset() {
        if (tokens.accept("all")) {
            return new SettingStatement.ResetAll();
        }
        return new SettingStatement.Reset(specialName());
    }

    private String specialName() {
        if (tokens.accept("time", "zone")) {
            return "timezone";
        }
        if (tokens.accept("session", "authorization")) {
            return "session_authorization";
        }
        if (tokens.accept("transaction", "isolation", "level")) {
            return "transaction_isolation";
        }
        return settingName();
    }

    /** SHOW …; the word has been taken. */
    SettingStatement show() {
        if (tokens.accept("all")) {
            return new SettingStatement.ShowAll();
        }
        return new SettingStatement.Show(specialName());
    }

    /** DISCARD …; the word has been taken. */
    Statement discard() {
        Token what = tokens.next();
        return new SettingStatement.Discard(
                switch (what.text()) {
                    case "all" -> SettingStatement.Target.ALL;
                    case "plans" -> SettingStatement.Target.PLANS;
                    case "sequences" -> SettingStatement.Target.SEQUENCES;
                    case "temp", "temporary" -> SettingStatement.Target.TEMP;
                    default -> throw tokens.unexpected(what);
                });
    }

    // ---- transactions

    List<TransactionMode> modes(boolean required) {
        List<TransactionMode> modes = new ArrayList<>();
        while (true) {
            if (tokens.accept("isolation", "level")) {
                modes.add(isolation());
            } else if (tokens.accept("read", "only")) {
                modes.add(TransactionMode.READ_ONLY);
            } else if (tokens.accept("read", "write")) {
                modes.add(TransactionMode.READ_WRITE);
            } else if (tokens.accept("deferrable")) {
                modes.add(TransactionMode.DEFERRABLE);
            } else if (tokens.accept("not", "deferrable")) {
                modes.add(TransactionMode.NOT_DEFERRABLE);
            } else if (required && modes.isEmpty()) {
                throw tokens.unexpected();
            } else {
                return modes;
            }
            tokens.accept(",");
        }
    }

    private TransactionMode isolation() {
        if (tokens.accept("serializable")) {
            return TransactionMode.SERIALIZABLE;
        }
        if (tokens.accept("repeatable")) {
            tokens.expect("read");
            return TransactionMode.REPEATABLE_READ;
        }
        tokens.expect("read");
        if (tokens.accept("committed")) {
            return TransactionMode.READ_COMMITTED;
        }
        tokens.expect("uncommitted");
        return TransactionMode.READ_UNCOMMITTED;
    }

    private void work() {
        tokens.acceptAny("work", "transaction", "tran");
    }

    /** Whether T-SQL's name of a transaction comes next, and none of PostgreSQL's modes. */
    private boolean atTransactionName() {
        return switch (tokens.peek().kind()) {
            case Kind.QUOTED -> true;
            case Kind.WORD ->
                switch (tokens.peek().text()) {
                    case "isolation", "read", "deferrable", "not", "and" -> false;
                    default -> !tokens.atGo();
                };
            default -> tokens.at("[");
        };
    }

    private TransactionStatement.@Nullable Mark mark(String name) {
        if (!tokens.accept("with")) {
            return null;
        }
        tokens.expect("mark");
        String description = tokens.peek().kind() == Token.Kind.STRING ? tokens.string() : "";
        return new TransactionStatement.Mark(name, description);
    }

    private boolean chain() {
        if (!tokens.accept("and")) {
            return false;
        }
        boolean chain = !tokens.accept("no");
        tokens.expect("chain");
        return chain;
    }

    /** BEGIN, START, COMMIT, END, ROLLBACK, ABORT, SAVEPOINT, RELEASE; the word has been taken. */
    Statement transaction(String word) {
        switch (word) {
            case "begin" -> {
                if (tokens.acceptAny("tran", "transaction") && atTransactionName()) {
                    return new TransactionStatement.Begin(List.of(), false, mark(tokens.writtenName()));
                }
                tokens.accept("work");
                return new TransactionStatement.Begin(modes(false), false, null);
            }
            case "start" -> {
                tokens.expect("transaction");
                return new TransactionStatement.Begin(modes(false), true, null);
            }
            case "commit", "end" -> {
                if (word.equals("commit") && tokens.accept("prepared")) {
                    return new TransactionStatement.TwoPhase("COMMIT PREPARED", tokens.string());
                }
                if (tokens.acceptAny("tran", "transaction") && atTransactionName()) {
                    // As in T-SQL, which transaction is meant is clear without the name.
                    tokens.bracketName();
                }
                tokens.accept("work");
                return new TransactionStatement.Commit(chain());
            }
            case "rollback", "abort" -> {
                if (word.equals("rollback") && tokens.accept("prepared")) {
                    return new TransactionStatement.TwoPhase("ROLLBACK PREPARED", tokens.string());
                }
                work();
                if (word.equals("rollback") && tokens.accept("to")) {
                    tokens.accept("savepoint");
                    return new TransactionStatement.RollbackTo(tokens.columnId());
                }
                return new TransactionStatement.Rollback(chain());
            }
            case "savepoint" -> {
                return new TransactionStatement.Savepoint(tokens.columnId());
            }
            default -> {
                tokens.accept("savepoint");
                return new TransactionStatement.ReleaseSavepoint(tokens.columnId());
            }
        }
    }
}
