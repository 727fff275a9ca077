package dev.strongroom.client.statement;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What has to be encrypted in one statement text, for as long as the database's epoch stays (AE-111, AE-125).
 *
 * @param epoch of the database when the server was asked
 * @param parameterCount parameters of the whole text
 * @param parameters schemes of the encrypted ones, by JDBC index from 1
 * @param results schemes of the encrypted result columns, by column number from 1
 * @param mustBePlain parameters of a statement about protected columns that are sent only if the application marked them
 * @param fault why the server could not describe the text, in its words
 */
public record StatementPlan(
        String epoch,
        int parameterCount,
        Map<Integer, ColumnScheme> parameters,
        Map<Integer, ColumnScheme> results,
        List<Integer> mustBePlain,
        Optional<Fault> fault) {
    /** An analysis error. */
    public record Fault(String sqlState, String message) {}

    public StatementPlan {
        parameters = Map.copyOf(parameters);
        results = Map.copyOf(results);
        mustBePlain = List.copyOf(mustBePlain);
    }

    /** A statement without parameters. */
    public static StatementPlan withoutParameters(String epoch) {
        return new StatementPlan(epoch, 0, Map.of(), Map.of(), List.of(), Optional.empty());
    }

    public boolean encryptsNothing() {
        return parameters.isEmpty();
    }
}
