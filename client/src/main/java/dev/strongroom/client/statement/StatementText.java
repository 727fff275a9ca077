package dev.strongroom.client.statement;

import java.util.List;

/**
 * A statement text as the server will see it.
 *
 * @param statements the parts between semicolons, with {@code $n} for parameters, counted from 1 in each
 * @param parameterCounts parameters of each part
 */
public record StatementText(List<String> statements, List<Integer> parameterCounts) {
    public StatementText {
        statements = List.copyOf(statements);
        parameterCounts = List.copyOf(parameterCounts);
    }

    public int parameterCount() {
        return parameterCounts.stream().mapToInt(Integer::intValue).sum();
    }

    /** JDBC index of a part's parameter. */
    public int jdbcIndex(int statementIndex, int ordinal) {
        int before = 0;
        for (int i = 1; i < statementIndex; i++) {
            before += parameterCounts.get(i - 1);
        }
        return before + ordinal;
    }
}
