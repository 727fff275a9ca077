package dev.strongroom.sql.parse;

import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.SequenceOption;
import dev.strongroom.sql.parse.statement.TableConstraint;
import dev.strongroom.sql.parse.statement.TableStatement.AlterTable;
import dev.strongroom.sql.parse.statement.TableStatement.TableAction;
import dev.strongroom.sql.parse.statement.TypeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** ALTER TABLE, INDEX, VIEW, SEQUENCE, MATERIALIZED VIEW. */
final class AlterTableParser {
    private final ParserContext context;
    private final TokenStream tokens;
    private final ConstraintParser constraints;
    private final TableParser tables;
    private final RoleParser roles;

    AlterTableParser(ParserContext context, ConstraintParser constraints, TableParser tables, RoleParser roles) {
        this.context = context;
        this.tokens = context.tokens;
        this.constraints = constraints;
        this.tables = tables;
        this.roles = roles;
    }

    /** The words up to the kind have been taken. */
    AlterTable alter(ObjectKind kind) {
        boolean ifExists = tokens.ifExists();
        if (tokens.at("only")) {
            tokens.next();
        }
        ObjectName name = tokens.objectName();
        tokens.accept("*");
        List<TableAction> actions = new ArrayList<>();
        if (kind == ObjectKind.SEQUENCE) {
            List<SequenceOption> options = constraints.sequenceOptions();
            if (!options.isEmpty()) {
                actions.add(new TableAction.AlterSequence(options));
                return new AlterTable(kind, name, ifExists, actions);
            }
        }
        do {
            actions.add(action());
        } while (tokens.accept(","));
        return new AlterTable(kind, name, ifExists, actions);
    }

    private TableAction action() {
        Token word = tokens.next();
        return switch (word.text()) {
            case "add" -> add();
            case "drop" -> drop();
            case "alter" -> alter();
            case "rename" -> rename();
            case "set" -> set(word);
            case "reset" -> new TableAction.ResetOptions(tables.options());
            case "owner" -> {
                tokens.expect("to");
                yield new TableAction.OwnerTo(roles.role());
            }
            case "validate" -> {
                tokens.expect("constraint");
                yield new TableAction.ValidateConstraint(tokens.columnId());
            }
            case "enable", "disable", "cluster", "replica", "force", "no", "inherit", "attach", "detach", "of", "not" ->
                other(word);
            default -> throw tokens.unexpected(word);
        };
    }

    /** An action that is named only: the words up to the next comma or the end. */
    private TableAction other(Token first) {
        StringBuilder words = new StringBuilder(first.text().toUpperCase(Locale.ROOT));
        while (!tokens.at(",") && !tokens.at(";") && tokens.peek().kind() != Token.Kind.END) {
            words.append(' ').append(tokens.next().text());
        }
        return new TableAction.Other(words.toString());
    }

    private TableAction add() {
        TableConstraint constraint = constraints.tableConstraint();
        if (constraint != null) {
            return new TableAction.AddConstraint(constraint);
        }
        tokens.accept("column");
        boolean ifNotExists = tokens.ifNotExists();
        return new TableAction.AddColumn(tables.column(), ifNotExists);
    }

    private TableAction drop() {
        if (tokens.accept("constraint")) {
            boolean ifExists = tokens.ifExists();
            String name = tokens.columnId();
            return new TableAction.DropConstraint(name, ifExists, tokens.cascade());
        }
        tokens.accept("column");
        boolean ifExists = tokens.ifExists();
        String name = tokens.columnId();
        return new TableAction.DropColumn(name, ifExists, tokens.cascade());
    }

    private TableAction alter() {
        if (tokens.accept("constraint")) {
            String name = tokens.columnId();
            return new TableAction.AlterConstraint(name, constraints.timing());
        }
        tokens.accept("column");
        String column = tokens.atInteger() ? Integer.toString(tokens.integer()) : tokens.columnId();
        if (tokens.accept("type")) {
            return setType(column);
        }
        if (tokens.accept("drop")) {
            return dropFromColumn(column);
        }
        if (tokens.accept("add")) {
            tokens.expect("generated");
            boolean always = tokens.accept("always");
            if (!always) {
                tokens.expect("by", "default");
            }
            tokens.expect("as", "identity");
            List<SequenceOption> options = List.of();
            if (tokens.accept("(")) {
                options = constraints.sequenceOptions();
                tokens.expect(")");
            }
            return new TableAction.AddIdentity(column, always, options);
        }
        if (tokens.at("restart")) {
            return new TableAction.AlterIdentity(column, null, constraints.sequenceOptions());
        }
        if (tokens.at("reset")) {
            tokens.next();
            tables.options();
            return new TableAction.SetColumnOption(column, "options", null);
        }
        tokens.expect("set");
        return setOnColumn(column);
    }

    private TableAction setType(String column) {
        TypeName type = context.types.type();
        ObjectName collation = tokens.accept("collate") ? tokens.objectName() : null;
        if (tokens.at("encrypted") && tokens.at(1, "with")) {
            tables.encryption();
            tokens.accept("not", "null");
            if (tokens.accept("with")) {
                tables.options();
            }
            return new TableAction.EncryptInPlace(column);
        }
        return new TableAction.SetType(
                column, type, collation, tokens.accept("using") ? context.expressions.withText(false) : null);
    }

    private TableAction dropFromColumn(String column) {
        if (tokens.accept("default")) {
            return new TableAction.DropDefault(column);
        }
        if (tokens.accept("not", "null")) {
            return new TableAction.DropNotNull(column);
        }
        if (tokens.accept("expression")) {
            return new TableAction.DropExpression(column, tokens.ifExists());
        }
        tokens.expect("identity");
        return new TableAction.DropIdentity(column, tokens.ifExists());
    }

    private TableAction setOnColumn(String column) {
        if (tokens.accept("default")) {
            return new TableAction.SetDefault(column, context.expressions.withText(false));
        }
        if (tokens.accept("not", "null")) {
            return new TableAction.SetNotNull(column);
        }
        if (tokens.accept("data")) {
            tokens.expect("type");
            return setType(column);
        }
        if (tokens.accept("statistics")) {
            return new TableAction.SetColumnOption(column, "statistics", Long.toString(tokens.signedInteger()));
        }
        if (tokens.at("storage") || tokens.at("compression")) {
            String option = tokens.next().text();
            return new TableAction.SetColumnOption(column, option, tokens.label());
        }
        if (tokens.at("(")) {
            tables.options();
            return new TableAction.SetColumnOption(column, "options", null);
        }
        return alterIdentity(column);
    }

    private TableAction alterIdentity(String column) {
        Boolean always = null;
        List<SequenceOption> options = new ArrayList<>();
        do {
            if (tokens.accept("generated")) {
                always = tokens.accept("always");
                if (!always) {
                    tokens.expect("by", "default");
                }
            } else {
                List<SequenceOption> found = constraints.sequenceOptions();
                if (found.isEmpty()) {
                    throw tokens.unexpected();
                }
                options.addAll(found);
            }
        } while (tokens.accept("set"));
        return new TableAction.AlterIdentity(column, always, options);
    }

    private TableAction rename() {
        if (tokens.accept("to")) {
            return new TableAction.Rename(tokens.columnId());
        }
        if (tokens.accept("constraint")) {
            String name = tokens.columnId();
            tokens.expect("to");
            return new TableAction.RenameConstraint(name, tokens.columnId());
        }
        tokens.accept("column");
        String name = tokens.columnId();
        tokens.expect("to");
        return new TableAction.RenameColumn(name, tokens.columnId());
    }

    private TableAction set(Token word) {
        if (tokens.accept("schema")) {
            return new TableAction.SetSchema(tokens.columnId());
        }
        if (tokens.at("(")) {
            List<Option> options = tables.options();
            return new TableAction.SetOptions(options);
        }
        return other(word);
    }
}
