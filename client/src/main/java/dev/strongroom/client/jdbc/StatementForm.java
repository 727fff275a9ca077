package dev.strongroom.client.jdbc;

import dev.strongroom.client.statement.StatementText;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Parser;
import org.postgresql.core.Query;
import org.postgresql.jdbc.EscapeSyntaxCallMode;

/**
 * A statement as the application wrote it and how pgjdbc turns it into what it sends.
 *
 * @param sql the application's text
 * @param callable whether it was given to {@code prepareCall}
 * @param returning columns that a RETURNING clause is added for
 * @param callMode how pgjdbc was told to read {@code {call …}}
 */
record StatementForm(String sql, boolean callable, List<String> returning, String callMode) {
    private static final int SERVER_VERSION = 150000;
    private static final Pattern RESULT_PLACE = Pattern.compile("\\s*\\{\\s*\\?\\s*=.*", Pattern.DOTALL);

    static StatementForm of(String sql) {
        return new StatementForm(sql, false, List.of(), "");
    }

    /** Whether the first parameter is the place of a call's result: pgjdbc passes it like an argument, of type void. */
    boolean hasResultPlace() {
        return callable && RESULT_PLACE.matcher(sql).matches();
    }

    String cacheName() {
        return callable ? "call" + callMode : String.join(",", returning);
    }

    /** The parts with {@code $n}, by pgjdbc's own parser, so that the server is asked about what it will get. */
    StatementText text(BaseConnection connection) throws SQLException {
        String plain = callable
                ? Parser.modifyJdbcCall(
                                sql,
                                connection.getStandardConformingStrings(),
                                SERVER_VERSION,
                                EscapeSyntaxCallMode.of(callMode))
                        .getSql()
                : sql;
        Query query = connection.createQuery(plain, true, true, returning.toArray(String[]::new)).query;
        Query[] parts = query.getSubqueries();
        List<String> statements = new ArrayList<>();
        List<Integer> counts = new ArrayList<>();
        for (Query part : parts == null ? new Query[] {query} : parts) {
            statements.add(part.getNativeSql());
            counts.add(part.createParameterList().getParameterCount());
        }
        return new StatementText(statements, counts);
    }
}
