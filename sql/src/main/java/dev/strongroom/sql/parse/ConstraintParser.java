package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.ColumnConstraint;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.SequenceOption;
import dev.strongroom.sql.parse.statement.TableConstraint;
import dev.strongroom.sql.parse.statement.TableConstraint.Action;
import dev.strongroom.sql.parse.statement.TableConstraint.Match;
import dev.strongroom.sql.parse.statement.TableConstraint.Timing;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Constraints of columns and tables, and the options of sequences. */
final class ConstraintParser {
    private final ParserContext context;
    private final TokenStream tokens;

    ConstraintParser(ParserContext context) {
        this.context = context;
        this.tokens = context.tokens;
    }

    /** A table constraint, or null with nothing taken. */
    @Nullable
    TableConstraint tableConstraint() {
        int position = tokens.position();
        String name = null;
        if (tokens.at("constraint")) {
            tokens.next();
            name = tokens.columnId();
        } else if (!isTableConstraint()) {
            return null;
        }
        if (tokens.accept("check")) {
            Expression condition = parenthesised();
            return new TableConstraint.Check(name, condition, timing(), position);
        }
        if (tokens.at("primary") || tokens.at("unique")) {
            return key(name, position);
        }
        if (tokens.accept("foreign")) {
            tokens.expect("key");
            List<String> columns = tokens.parenthesisedNames();
            tokens.expect("references");
            return references(name, columns, position);
        }
        if (tokens.at("exclude")) {
            throw TokenStream.unsupported("EXCLUDE constraint", tokens.position());
        }
        throw tokens.unexpected();
    }

    private boolean isTableConstraint() {
        Token token = tokens.peek();
        return switch (token.text()) {
            case "check", "unique", "foreign", "primary" -> token.kind() == Token.Kind.WORD;
            case "exclude" -> tokens.at(1, "using") || tokens.at(1, "(");
            default -> false;
        };
    }

    private TableConstraint key(@Nullable String name, int position) {
        boolean primary = tokens.accept("primary");
        if (primary) {
            tokens.expect("key");
        } else {
            tokens.expect("unique");
        }
        boolean nullsNotDistinct = !primary && tokens.accept("nulls", "not", "distinct");
        if (tokens.accept("using")) {
            tokens.expect("index");
            String index = tokens.columnId();
            return new TableConstraint.Key(
                    name, primary, false, List.of(), List.of(), List.of(), index, timing(), position);
        }
        List<String> columns = tokens.parenthesisedNames();
        return keyTail(name, primary, nullsNotDistinct, columns, position);
    }

    private TableConstraint keyTail(
            @Nullable String name, boolean primary, boolean nullsNotDistinct, List<String> columns, int position) {
        List<String> include = tokens.accept("include") ? tokens.parenthesisedNames() : List.of();
        List<Option> options = List.of();
        if (tokens.at("with") && tokens.at(1, "(")) {
            tokens.next();
            options = new TableParser(context, this).options();
        }
        if (tokens.accept("using", "index", "tablespace")) {
            tokens.columnId();
        }
        return new TableConstraint.Key(
                name, primary, nullsNotDistinct, columns, include, options, null, timing(), position);
    }

    private TableConstraint references(@Nullable String name, List<String> columns, int position) {
        ObjectName table = tokens.objectName();
        List<String> referenced = tokens.optionalParenthesisedNames();
        Match match = Match.SIMPLE;
        if (tokens.accept("match")) {
            if (tokens.accept("full")) {
                match = Match.FULL;
            } else if (tokens.accept("partial")) {
                match = Match.PARTIAL;
            } else {
                tokens.expect("simple");
            }
        }
        Action onDelete = Action.NO_ACTION;
        Action onUpdate = Action.NO_ACTION;
        List<String> setColumns = List.of();
        while (tokens.at("on") && (tokens.at(1, "delete") || tokens.at(1, "update"))) {
            tokens.next();
            if (tokens.accept("delete")) {
                onDelete = action();
                if (tokens.at("(") && (onDelete == Action.SET_NULL || onDelete == Action.SET_DEFAULT)) {
                    setColumns = tokens.parenthesisedNames();
                }
            } else {
                tokens.expect("update");
                onUpdate = action();
            }
        }
        return new TableConstraint.ForeignKey(
                name, columns, table, referenced, match, onDelete, onUpdate, setColumns, timing(), position);
    }

    private Action action() {
        if (tokens.accept("cascade")) {
            return Action.CASCADE;
        }
        if (tokens.accept("restrict")) {
            return Action.RESTRICT;
        }
        if (tokens.accept("no")) {
            tokens.expect("action");
            return Action.NO_ACTION;
        }
        tokens.expect("set");
        if (tokens.accept("null")) {
            return Action.SET_NULL;
        }
        tokens.expect("default");
        return Action.SET_DEFAULT;
    }

    Timing timing() {
        boolean deferrable = false;
        boolean deferred = false;
        boolean notValid = false;
        boolean noInherit = false;
        while (true) {
            if (tokens.accept("deferrable")) {
                deferrable = true;
            } else if (tokens.accept("not", "deferrable")) {
                deferrable = false;
            } else if (tokens.accept("initially", "deferred")) {
                deferred = true;
                deferrable = true;
            } else if (tokens.accept("initially", "immediate")) {
                deferred = false;
            } else if (tokens.accept("not", "valid")) {
                notValid = true;
            } else if (tokens.accept("no", "inherit")) {
                noInherit = true;
            } else {
                break;
            }
        }
        return deferrable || deferred || notValid || noInherit
                ? new Timing(deferrable, deferred, notValid, noInherit)
                : Timing.IMMEDIATE;
    }

    /** {@code (expression)} */
    Expression parenthesised() {
        tokens.expect("(");
        Expression expression = context.expressions.withText(false);
        tokens.expect(")");
        return expression;
    }

    /** Takes one column constraint; false, with nothing taken, if none follows. */
    boolean columnConstraint(String column, List<ColumnConstraint> into) {
        int position = tokens.position();
        String name = null;
        if (tokens.at("constraint")) {
            tokens.next();
            name = tokens.columnId();
        }
        if (tokens.accept("not", "null")) {
            into.add(new ColumnConstraint.NotNull(name));
        } else if (tokens.accept("null")) {
            into.add(new ColumnConstraint.Null(name));
        } else if (tokens.accept("default")) {
            into.add(new ColumnConstraint.Default(name, context.expressions.withText(true)));
        } else if (tokens.accept("check")) {
            Expression condition = parenthesised();
            boolean noInherit = tokens.accept("no", "inherit");
            Timing timing = noInherit ? new Timing(false, false, false, true) : Timing.IMMEDIATE;
            into.add(new ColumnConstraint.OfTable(new TableConstraint.Check(name, condition, timing, position)));
        } else if (tokens.at("primary") || tokens.at("unique")) {
            boolean primary = tokens.accept("primary");
            tokens.expect(primary ? "key" : "unique");
            boolean notDistinct = !primary && tokens.accept("nulls", "not", "distinct");
            into.add(new ColumnConstraint.OfTable(keyTail(name, primary, notDistinct, List.of(column), position)));
        } else if (tokens.accept("references")) {
            into.add(new ColumnConstraint.OfTable(references(name, List.of(column), position)));
        } else if (tokens.at("generated")) {
            into.add(generated(name));
        } else if (name != null) {
            throw tokens.unexpected();
        } else {
            return false;
        }
        return true;
    }

    private ColumnConstraint generated(@Nullable String name) {
        tokens.expect("generated");
        boolean always = tokens.accept("always");
        if (!always) {
            tokens.expect("by", "default");
        }
        tokens.expect("as");
        if (always && tokens.at("(")) {
            Expression value = parenthesised();
            tokens.expect("stored");
            return new ColumnConstraint.Generated(name, value);
        }
        tokens.expect("identity");
        List<SequenceOption> options = List.of();
        if (tokens.accept("(")) {
            options = sequenceOptions();
            tokens.expect(")");
        }
        return new ColumnConstraint.Identity(name, always, options);
    }

    /** Options of a sequence, as many as follow. */
    List<SequenceOption> sequenceOptions() {
        List<SequenceOption> options = new ArrayList<>();
        SequenceOption option = sequenceOption();
        while (option != null) {
            options.add(option);
            option = sequenceOption();
        }
        return options;
    }

    private @Nullable SequenceOption sequenceOption() {
        Token token = tokens.peek();
        if (token.kind() != Token.Kind.WORD) {
            return null;
        }
        switch (token.text()) {
            case "as" -> {
                tokens.next();
                TypeName type = context.types.type();
                return new SequenceOption.As(type);
            }
            case "increment" -> {
                tokens.next();
                tokens.accept("by");
                return new SequenceOption.Increment(tokens.signedInteger());
            }
            case "minvalue" -> {
                tokens.next();
                return new SequenceOption.MinValue(tokens.signedInteger());
            }
            case "maxvalue" -> {
                tokens.next();
                return new SequenceOption.MaxValue(tokens.signedInteger());
            }
            case "start" -> {
                tokens.next();
                tokens.accept("with");
                return new SequenceOption.Start(tokens.signedInteger());
            }
            case "restart" -> {
                tokens.next();
                boolean with = tokens.accept("with");
                boolean value = with || tokens.atInteger() || tokens.at("-") || tokens.at("+");
                return new SequenceOption.Restart(value ? tokens.signedInteger() : null);
            }
            case "cache" -> {
                tokens.next();
                return new SequenceOption.Cache(tokens.signedInteger());
            }
            case "cycle" -> {
                tokens.next();
                return new SequenceOption.Cycle(true);
            }
            case "owned" -> {
                tokens.expect("owned", "by");
                int position = tokens.position();
                if (tokens.accept("none")) {
                    return new SequenceOption.OwnedBy(List.of(), position);
                }
                List<String> parts = new ArrayList<>();
                do {
                    parts.add(tokens.label());
                } while (tokens.accept("."));
                return new SequenceOption.OwnedBy(parts, position);
            }
            case "sequence" -> {
                tokens.expect("sequence", "name");
                return new SequenceOption.SequenceName(tokens.objectName());
            }
            case "no" -> {
                return noOption();
            }
            default -> {
                return null;
            }
        }
    }

    private SequenceOption noOption() {
        tokens.expect("no");
        if (tokens.accept("minvalue")) {
            return new SequenceOption.MinValue(null);
        }
        if (tokens.accept("maxvalue")) {
            return new SequenceOption.MaxValue(null);
        }
        tokens.expect("cycle");
        return new SequenceOption.Cycle(false);
    }
}
