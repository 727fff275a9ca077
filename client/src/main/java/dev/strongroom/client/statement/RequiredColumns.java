package dev.strongroom.client.statement;

import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.statement.SqlTokens.Kind;
import dev.strongroom.client.statement.SqlTokens.Token;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Columns this client insists on encrypting whatever the server says (AE-129, decision A-3). The client's own reading of
 * the text decides, never the server's: a statement that names such a column goes out only if the parameters that meet
 * the column in a form understood here are encrypted, or else if every parameter is encrypted or marked as plain by the
 * application.
 */
public final class RequiredColumns {
    /** Nothing is insisted on. */
    public static final RequiredColumns NONE = new RequiredColumns(List.of());

    private static final Set<String> EQUALITY = Set.of("=", "<>", "!=");
    private static final Set<String> BEFORE_PLAIN_MENTION =
            Set.of("select", ",", "returning", "distinct", "by", "(", "as", "on", "and", "or", "where", "not", "set");
    private static final Set<String> AFTER_PLAIN_MENTION =
            Set.of(",", "from", ")", "as", "is", ";", "where", "group", "limit", "union", "and", "or", "returning");

    private static final Set<String> OPERATOR_WORDS =
            Set.of("like", "ilike", "similar", "between", "not", "collate", "overlaps", "operator");

    private record Entry(
            @Nullable String schema,
            String table,
            String column,
            @Nullable EncryptionType type,
            @Nullable String key) {
        String name() {
            return (schema == null ? "" : schema + ".") + table + "." + column;
        }
    }

    private final List<Entry> entries;

    private RequiredColumns(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Reads {@code schema.table.column[=type[:key]],…}; the schema may be left out. */
    public static RequiredColumns of(String text) throws ColumnEncryptionException {
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                entries.add(entry(part.strip()));
            }
        }
        return entries.isEmpty() ? NONE : new RequiredColumns(entries);
    }

    private static Entry entry(String text) throws ColumnEncryptionException {
        String[] sides = text.split("=", 2);
        String[] names = sides[0].strip().split("\\.");
        EncryptionType type = null;
        String key = null;
        if (sides.length == 2) {
            String[] pin = sides[1].split(":", 2);
            try {
                type = EncryptionType.valueOf(pin[0].strip().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw unreadable(text);
            }
            key = pin.length == 2 ? pin[1].strip() : null;
        }
        return switch (names.length) {
            case 2 -> new Entry(null, names[0], names[1], type, key);
            case 3 -> new Entry(names[0], names[1], names[2], type, key);
            default -> throw unreadable(text);
        };
    }

    private static ColumnEncryptionException unreadable(String text) {
        return new ColumnEncryptionException(
                Reason.INVALID_VALUE,
                "requireEncrypted takes schema.table.column or table.column, with =deterministic or =randomized and :key"
                        + " if pinned; got \"" + text + "\"");
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Refuses a text without parameters that writes a literal where a protected column's value belongs. */
    public void checkText(String sql) throws ColumnEncryptionException {
        if (!entries.isEmpty()) {
            check(new StatementText(List.of(sql), List.of(0)), StatementPlan.withoutParameters(""));
        }
    }

    /**
     * Holds a description against what is insisted on.
     *
     * @return the plan, with the parameters the application must have marked as plain
     */
    public StatementPlan check(StatementText text, StatementPlan plan) throws ColumnEncryptionException {
        if (entries.isEmpty()) {
            return plan;
        }
        List<Integer> mustBePlain = new ArrayList<>();
        for (int i = 1; i <= text.statements().size(); i++) {
            List<Token> tokens = SqlTokens.of(text.statements().get(i - 1));
            boolean understood = true;
            boolean touched = false;
            for (Entry entry : entries) {
                Reading reading = new Reading(entry, tokens);
                reading.read();
                touched |= reading.touched;
                understood &= reading.understood;
                for (int ordinal : reading.bound) {
                    require(entry, plan.parameters().get(text.jdbcIndex(i, ordinal)));
                }
            }
            for (int ordinal = 1;
                    touched && !understood && ordinal <= text.parameterCounts().get(i - 1);
                    ordinal++) {
                int index = text.jdbcIndex(i, ordinal);
                if (!plan.parameters().containsKey(index)) {
                    mustBePlain.add(index);
                }
            }
        }
        return new StatementPlan(
                plan.epoch(), plan.parameterCount(), plan.parameters(), plan.results(), mustBePlain, plan.fault());
    }

    private static void require(Entry entry, @Nullable ColumnScheme scheme) throws ColumnEncryptionException {
        if (scheme == null) {
            throw refused(entry, "but the server describes its parameter as plain");
        }
        if (entry.type != null && entry.type != scheme.encryption()) {
            throw refused(entry, "as " + entry.type + ", but the server describes another encryption type");
        }
        if (entry.key != null && !entry.key.equals(scheme.key().name())) {
            throw refused(entry, "under key \"" + entry.key + "\", but the server describes another key");
        }
    }

    private static ColumnEncryptionException refused(Entry entry, String why) {
        return new ColumnEncryptionException(
                Reason.ENCRYPTION_REQUIRED,
                "column " + entry.name() + " must be encrypted (requireEncrypted) " + why + "; nothing was sent");
    }

    /** One protected column in one statement. */
    private static final class Reading {
        private final Entry entry;
        private final List<Token> tokens;
        private final Set<Integer> bound = new HashSet<>();
        private boolean touched;
        private boolean understood = true;

        Reading(Entry entry, List<Token> tokens) {
            this.entry = entry;
            this.tokens = tokens;
        }

        void read() throws ColumnEncryptionException {
            int from = insert();
            for (int i = from; i < tokens.size(); i++) {
                if (isColumn(i)) {
                    touched = true;
                    mention(i);
                }
            }
        }

        private Token token(int i) {
            return i >= 0 && i < tokens.size() ? tokens.get(i) : new Token(Kind.SYMBOL, ";");
        }

        private boolean isColumn(int i) {
            return token(i).kind() == Kind.WORD && token(i).text().equalsIgnoreCase(entry.column);
        }

        /** INSERT INTO table [(columns)] VALUES (…), …; returns where the rest of the statement starts. */
        private int insert() throws ColumnEncryptionException {
            int i = 0;
            while (i < tokens.size() && !(token(i).is("insert") && token(i + 1).is("into"))) {
                i++;
            }
            if (i >= tokens.size()) {
                return 0;
            }
            i += 2;
            String table = token(i).text();
            while (token(i + 1).is(".")) {
                i += 2;
                table = token(i).text();
            }
            if (!table.equalsIgnoreCase(entry.table)) {
                return 0;
            }
            i++;
            if (!token(i).is("(")) {
                touched = true;
                understood = false;
                return 0;
            }
            int position = -1;
            int columns = 0;
            for (i++; i < tokens.size() && !token(i).is(")"); i++) {
                if (token(i).kind() == Kind.WORD) {
                    position = isColumn(i) ? columns : position;
                    columns++;
                }
            }
            if (position < 0) {
                return i;
            }
            touched = true;
            i++;
            if (!token(i).is("values")) {
                understood = false;
                return i;
            }
            return rows(i + 1, position);
        }

        private int rows(int from, int position) throws ColumnEncryptionException {
            int i = from;
            while (token(i).is("(")) {
                int depth = 0;
                int item = 0;
                int start = i + 1;
                for (; i < tokens.size(); i++) {
                    if (token(i).is("(")) {
                        depth++;
                    } else if (token(i).is(")") && --depth == 0) {
                        break;
                    } else if (token(i).is(",") && depth == 1) {
                        item(item++, position, start, i);
                        start = i + 1;
                    }
                }
                item(item, position, start, i);
                i++;
                if (token(i).is(",")) {
                    i++;
                }
            }
            return i;
        }

        private void item(int index, int position, int from, int to) throws ColumnEncryptionException {
            if (index == position) {
                value(from, to - from);
            }
        }

        /** What is assigned to or compared with the column. */
        private void value(int at, int length) throws ColumnEncryptionException {
            Token token = token(at);
            if (token.kind() == Kind.LITERAL) {
                throw refused(entry, "but the statement holds a literal for it; use a parameter");
            }
            if (length == 1 && token.kind() == Kind.PARAMETER) {
                bound.add(Integer.parseInt(token.text()));
            } else if (!(length == 1 && (token.is("null") || token.is("default")))) {
                understood = false;
            }
        }

        private void mention(int i) throws ColumnEncryptionException {
            Token next = token(i + 1);
            int first = i;
            while (token(first - 1).is(".")) {
                first -= 2;
            }
            Token before = token(first - 1);
            if (EQUALITY.contains(next.text()) && next.kind() == Kind.SYMBOL) {
                compared(i + 2);
            } else if (before.kind() == Kind.SYMBOL && EQUALITY.contains(before.text())) {
                value(first - 2, 1);
            } else if (next.is("in") || next.is("not") && token(i + 2).is("in")) {
                list(next.is("in") ? i + 2 : i + 3);
            } else if (!(BEFORE_PLAIN_MENTION.contains(before.text()) && plainAfter(next))
                    || before.is("(") && isFunction(token(first - 2))) {
                understood = false;
            }
        }

        /** Only a value that stands alone is understood: {@code c = $1 || 'x'} is not. */
        private void compared(int i) throws ColumnEncryptionException {
            Token after = token(i + 1);
            boolean alone = after.kind() == Kind.WORD || ",);".contains(after.text());
            value(i, alone ? 1 : 2);
            if (token(i).kind() == Kind.WORD && token(i + 1).is(".")) {
                understood = false;
            }
        }

        private void list(int i) throws ColumnEncryptionException {
            if (!token(i).is("(")) {
                understood = false;
                return;
            }
            for (int at = i + 1; at < tokens.size() && !token(at).is(")"); at++) {
                if (!token(at).is(",")) {
                    value(at, 1);
                }
            }
        }

        private static boolean isFunction(Token beforeParenthesis) {
            return beforeParenthesis.kind() == Kind.WORD && !BEFORE_PLAIN_MENTION.contains(beforeParenthesis.text());
        }

        private static boolean plainAfter(Token next) {
            return AFTER_PLAIN_MENTION.contains(next.text())
                    || next.kind() == Kind.WORD && !OPERATOR_WORDS.contains(next.text());
        }
    }
}
