package dev.strongroom.sql.parse.statement;

import java.util.List;

/**
 * EXPLAIN.
 *
 * @param options lower-cased: analyze, verbose, costs, buffers, timing, summary, format, …
 */
public record Explain(Statement statement, List<Option> options) implements Statement {
    public Explain {
        options = List.copyOf(options);
    }
}
