package dev.strongroom.client.statement;

import dev.strongroom.client.statement.SqlTokens.Kind;
import dev.strongroom.client.statement.SqlTokens.Token;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What one statement does with one protected column, read from its text alone (AE-129, decision A-3). The statement is
 * cut into clauses, the runs between keywords, commas and brackets that only group. A clause that compares or assigns the
 * column in a known form <em>binds</em> its parameters; one that is complete in itself and concerns other columns only
 * lets its parameters be plain; whatever is neither stays unexplained, which is the safe side.
 */
final class ColumnReading {
    private static final Token END = new Token(Kind.SYMBOL, ";");

    private static final Set<String> EQUALITY = Set.of("=", "<>", "!=");
    private static final Set<String> COMPARING =
            Set.of("=", "<>", "!=", "<", ">", "<=", ">=", "in", "like", "ilike", "between", "similar", "~", "@>", "<@");

    /** Words that end one clause and begin another. */
    private static final Set<String> BOUNDARIES = words(
            "select from where and or on having group order by limit offset fetch union intersect except distinct as set",
            "values returning when then else end case join inner left right full cross natural using into with do update",
            "insert delete merge conflict nothing window over filter exists matched recursive materialized");

    private static final Set<String> SET_OPERATIONS = Set.of("union", "intersect", "except");
    private static final Set<String> QUERIES =
            Set.of("select", "values", "with", "insert", "update", "delete", "table");

    private static final Set<String> LISTS = words("in any some all left right");
    private static final Set<String> INFIX = words("in not is between like ilike similar");

    /** Statements whose literals are part of a definition, as the 11 of char(11). */
    private static final Set<String> DEFINITIONS =
            words("create alter drop comment grant revoke truncate vacuum analyze lock reindex cluster");

    /** Words after which a name is no alias and before a bracket no function. */
    private static final Set<String> NO_NAMES = new HashSet<>(BOUNDARIES);

    static {
        NO_NAMES.addAll(words("in not any some all is null default lateral only asc desc nulls like ilike between"));
    }

    private final String table;
    private final String column;
    private final List<Token> tokens;
    private final int[] partner;
    private final Set<Integer> bound = new HashSet<>();
    private final Set<Integer> elsewhere = new HashSet<>();
    private final Set<String> rows = new HashSet<>();
    private boolean touched;
    private boolean renamed;
    private boolean literal;
    private boolean definition;

    private ColumnReading(String sql, String table, String column) {
        this.table = table;
        this.column = column;
        this.tokens = SqlTokens.of(sql);
        this.partner = SqlTokens.brackets(tokens);
        // A name in Unicode escapes may be any name.
        boolean unreadable = sql.toLowerCase(Locale.ROOT).contains("u&\"");
        touched = unreadable;
        renamed = unreadable;
    }

    static ColumnReading of(String sql, String table, String column) {
        ColumnReading reading = new ColumnReading(sql, table, column);
        reading.names();
        if (reading.touched) {
            reading.scan(0, reading.tokens.size(), false);
        }
        return reading;
    }

    private static Set<String> words(String... lines) {
        return Set.of(String.join(" ", lines).split(" "));
    }

    /** Whether the statement names the column or its table. */
    boolean touched() {
        return touched;
    }

    /** Parameters that meet the column, by ordinal. */
    Set<Integer> bound() {
        return bound;
    }

    /** Whether a parameter certainly does not meet the column. */
    boolean mayBePlain(int ordinal) {
        return !touched || !bound.contains(ordinal) && !renamed && elsewhere.contains(ordinal);
    }

    /** Whether a literal stands where the column's value belongs. */
    boolean literal() {
        return literal;
    }

    private Token token(int i) {
        return i >= 0 && i < tokens.size() ? tokens.get(i) : END;
    }

    private boolean isWord(int i) {
        return token(i).kind() == Kind.WORD;
    }

    private boolean isColumn(int i) {
        return isWord(i) && token(i).text().equalsIgnoreCase(column);
    }

    private boolean isTable(int i) {
        return isWord(i) && token(i).text().equalsIgnoreCase(table);
    }

    private boolean isName(int i) {
        return isWord(i) && !NO_NAMES.contains(token(i).text());
    }

    private boolean isOperator(int i) {
        return token(i).kind() == Kind.SYMBOL && SqlTokens.isOperator(token(i).text());
    }

    /** Finds whether the statement concerns the column, names that stand for whole rows, and lists of new names. */
    private void names() {
        for (int i = 0; i < tokens.size(); i++) {
            touched |= isColumn(i) || isTable(i);
            if (isName(i) && isRow(i)) {
                rows.add(token(i).text());
            }
            if (isTable(i) || token(i).is(")")) {
                int alias = token(i + 1).is("as") ? i + 2 : i + 1;
                renamed |= isName(alias) && token(alias + 1).is("(") && !isInsert(i);
            }
            // WITH name (new names) AS (…)
            renamed |= token(i).is(")")
                    && token(i + 1).is("as")
                    && (token(i + 2).is("(")
                            || token(i + 2).is("materialized")
                            || token(i + 2).is("not"));
        }
    }

    /** Whether a name may be that of a table or its alias; some that are not are taken for one. */
    private boolean isRow(int i) {
        Token before = token(pathStart(i) - 1);
        return isTable(i)
                || isName(i - 1)
                || before.is("as")
                || before.is(")")
                || before.is("from")
                || before.is("join")
                || before.is("update")
                || before.is("into")
                || token(i + 1).is("as") && token(i + 2).is("(");
    }

    private boolean isInsert(int i) {
        return token(pathStart(i) - 1).is("into");
    }

    /** First token of {@code a.b.c}, given its last. */
    private int pathStart(int last) {
        int first = last;
        while (token(first - 1).is(".") && isWord(first - 2)) {
            first -= 2;
        }
        return first;
    }

    private boolean isBoundary(int i) {
        Token token = token(i);
        if (token.is(",") || token.is(";")) {
            return true;
        }
        if (token.kind() != Kind.WORD || token(i - 1).is(".") || !BOUNDARIES.contains(token.text())) {
            return false;
        }
        return switch (token.text()) {
            case "distinct" -> !(token(i - 1).is("is") || token(i - 1).is("not"));
            case "from" -> !token(i - 1).is("distinct");
            case "left", "right" -> !token(i + 1).is("(");
            default -> true;
        };
    }

    /** Cuts a level of brackets into clauses. */
    private void scan(int from, int to, boolean nested) {
        int start = from;
        String keyword = "";
        boolean hole = false;
        boolean between = false;
        for (int i = from; i < to; i++) {
            if (!nested && (i == from || token(i - 1).is(";"))) {
                definition = DEFINITIONS.contains(token(i).text());
            }
            if (token(i).is("between")) {
                between = true;
            } else if (token(i).is("(")) {
                int close = Math.min(partner[i], to);
                if (!isPartOfClause(i, close)) {
                    hole = true;
                    scan(i + 1, close, true);
                }
                i = close;
            } else if (token(i).is("and") && between) {
                between = false;
            } else if (isBoundary(i)) {
                clause(start, i, keyword, hole, nested);
                renamed |= nested && SET_OPERATIONS.contains(token(i).text());
                hole = false;
                definition &= !token(i).is("select");
                if (token(i).is("insert")) {
                    i = insert(i, to) - 1;
                    keyword = "";
                } else if (token(i).kind() == Kind.WORD) {
                    keyword = token(i).text();
                }
                start = i + 1;
            }
        }
        clause(start, to, keyword, hole, nested);
    }

    /** Whether a bracket belongs to an expression; others group conditions or hold a query, and are read on their own. */
    private boolean isPartOfClause(int open, int close) {
        if (QUERIES.contains(token(open + 1).text()) && isWord(open + 1)) {
            return false;
        }
        boolean operand = isOperator(open - 1)
                || isOperator(close + 1)
                || token(close + 1).is(".");
        return isFunction(open) || operand || hasComma(open, close) || isWord(close + 1) && isInfix(close + 1);
    }

    /** Whether a bracket holds what belongs to the word before it: arguments of a function, or a list. */
    private boolean isFunction(int open) {
        return isName(open - 1)
                || isWord(open - 1) && LISTS.contains(token(open - 1).text());
    }

    private boolean isInfix(int i) {
        return INFIX.contains(token(i).text());
    }

    private boolean hasComma(int open, int close) {
        for (int i = open + 1; i < close; i++) {
            if (token(i).is("(")) {
                i = partner[i];
            } else if (token(i).is(",")) {
                return true;
            }
        }
        return false;
    }

    private void clause(int first, int to, String keyword, boolean hole, boolean nested) {
        int from = first;
        while (from < to && token(from).is("not")) {
            from++;
        }
        if (from >= to) {
            return;
        }
        int mention = mention(from, to);
        if (mention >= 0) {
            renamed |= nested && keyword.equals("select") && newName(from, to);
            bind(from, to);
            literal |= !definition && holdsLiteral(mention, from, to);
        } else if (isComplete(from, to, keyword, hole)) {
            for (int i = from; i < to; i++) {
                if (token(i).kind() == Kind.PARAMETER) {
                    elsewhere.add(Integer.parseInt(token(i).text()));
                }
            }
        }
    }

    private int mention(int from, int to) {
        for (int i = from; i < to; i++) {
            if (token(i).is("(") && isHole(i)) {
                i = partner[i];
            } else if (isColumn(i)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isHole(int open) {
        return !isPartOfClause(open, partner[open]);
    }

    /** Counting cells says nothing about a literal beside the count. */
    private boolean holdsLiteral(int mention, int from, int to) {
        int open = pathStart(mention) - 1;
        return !token(token(open).is("distinct") ? open - 2 : open - 1).is("count") && holdsLiteral(from, to);
    }

    private boolean holdsLiteral(int from, int to) {
        for (int i = from; i < to; i++) {
            if (token(i).is("(") && isHole(i)) {
                i = partner[i];
            } else if (token(i).kind() == Kind.LITERAL) {
                return true;
            }
        }
        return false;
    }

    /** Whether a select list inside brackets gives the column another name. */
    private boolean newName(int from, int to) {
        int end = pathEnd(from);
        return end != to || token(to).is("as");
    }

    /** After the path that begins here; the same place if none does. */
    private int pathEnd(int from) {
        if (!isWord(from)) {
            return from;
        }
        int end = from + 1;
        while (token(end).is(".") && isWord(end + 1)) {
            end += 2;
        }
        return end;
    }

    /** After a parameter and its cast; the same place if there is none. */
    private int parameterEnd(int from) {
        if (token(from).kind() != Kind.PARAMETER) {
            return from;
        }
        int end = from + 1;
        if (token(end).is(":") && token(end + 1).is(":") && isWord(end + 2)) {
            end = pathEnd(end + 2);
            end = token(end).is("(") ? partner[end] + 1 : end;
        }
        return end;
    }

    /** {@code column = $1}, {@code $1 = column}, {@code column IS DISTINCT FROM $1}, {@code column IN ($1, …)}. */
    private void bind(int from, int to) {
        int end = pathEnd(from);
        if (end > from && isColumn(end - 1)) {
            int value = end;
            if (EQUALITY.contains(token(end).text())) {
                value = end + 1;
            } else if (token(end).is("is")) {
                value = end + (token(end + 1).is("not") ? 4 : 3);
                value = token(value - 2).is("distinct") ? value : end;
            }
            int list = token(end).is("not") ? end + 1 : end;
            if (value > end && parameterEnd(value) == to) {
                bind(value);
            } else if (token(list).is("in") && token(list + 1).is("(") && partner[list + 1] == to - 1) {
                bindList(list + 2, to - 1);
            }
        } else {
            int operator = parameterEnd(from);
            if (operator > from
                    && EQUALITY.contains(token(operator).text())
                    && pathEnd(operator + 1) == to
                    && isColumn(to - 1)) {
                bind(from);
            }
        }
    }

    private void bind(int i) {
        bound.add(Integer.parseInt(token(i).text()));
    }

    private void bindList(int from, int to) {
        for (int i = from; i < to; i++) {
            int end = parameterEnd(i);
            if (end > i && (end == to || token(end).is(","))) {
                bind(i);
                i = end;
            }
        }
    }

    /** A clause that begins and ends with a value, compares, and speaks of columns, none of them a whole row. */
    private boolean isComplete(int from, int to, String keyword, boolean hole) {
        if (hole) {
            return false;
        }
        if (keyword.equals("limit") || keyword.equals("offset")) {
            return parameterEnd(from) == to;
        }
        boolean compares = false;
        boolean column = false;
        for (int i = from; i < to; i++) {
            Token token = token(i);
            compares |= COMPARING.contains(token.text()) && token.kind() != Kind.LITERAL;
            if (isName(i) && !token(i + 1).is("(")) {
                column = true;
                if (!token(i + 1).is(".") && rows.contains(token.text())) {
                    return false;
                }
            }
            if (token.is(".") && !isWord(i + 1) || token.is("row") || token.is("(") && isRowValue(i)) {
                return false;
            }
        }
        return compares && column && isEdge(from) && isEdge(to - 1);
    }

    private boolean isRowValue(int open) {
        return hasComma(open, partner[open]) && !isFunction(open);
    }

    private boolean isEdge(int i) {
        return !isOperator(i) && !token(i).is(".") && !token(i).is(":");
    }

    /** Reads {@code INSERT [INTO table] (columns) VALUES (…), …}; returns where the rest begins. */
    private int insert(int at, int to) {
        int i = at + 1;
        boolean own = true;
        if (token(i).is("into")) {
            int end = pathEnd(i + 1);
            own = isTable(end - 1);
            i = token(end).is("as") ? end + 2 : end;
        }
        int position = -1;
        boolean listed = token(i).is("(") && !QUERIES.contains(token(i + 1).text());
        if (listed) {
            position = position(i);
            i = partner[i] + 1;
        }
        if (token(i).is("overriding")) {
            i += 3;
        }
        if (!token(i).is("values")) {
            return i;
        }
        for (i++; token(i).is("(") && i < to; i += token(i).is(",") ? 1 : 0) {
            row(i, listed, own, position);
            i = partner[i] + 1;
        }
        return i;
    }

    private int position(int open) {
        int count = 0;
        for (int i = open + 1; i < partner[open]; i++) {
            if (isColumn(i)) {
                return count;
            }
            count += token(i).is(",") ? 1 : 0;
        }
        return -1;
    }

    private void row(int open, boolean listed, boolean own, int position) {
        int item = 0;
        int start = open + 1;
        for (int i = start; i <= partner[open]; i++) {
            if (token(i).is("(")) {
                i = partner[i];
            } else if (token(i).is(",") || i == partner[open]) {
                if (!listed) {
                    literal |= own && holdsLiteral(start, i);
                } else if (item == position) {
                    literal |= holdsLiteral(start, i);
                    if (parameterEnd(start) == i) {
                        bind(start);
                    }
                } else {
                    other(start, i);
                }
                item++;
                start = i + 1;
            }
        }
    }

    /** What goes into another column: plain, unless a query in it brings the protected one back. */
    private void other(int from, int to) {
        for (int i = from; i < to; i++) {
            if (token(i).is("select")) {
                scan(from, to, true);
                return;
            }
        }
        for (int i = from; i < to; i++) {
            if (token(i).kind() == Kind.PARAMETER) {
                elsewhere.add(Integer.parseInt(token(i).text()));
            }
        }
    }
}
