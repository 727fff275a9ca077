package dev.strongroom.catalog.statistics;

import java.util.List;

/**
 * Statistics of one column ({@code pg_stats}). Values are in boxed form.
 *
 * @param column column number
 * @param nullFraction share of rows that are null
 * @param averageWidth bytes of a value, roughly
 * @param distinct number of distinct values; negative: minus their share of the rows (-1 = unique)
 * @param mostCommon values that appear clearly more often than others, most common first
 * @param frequencies share of rows for each of {@code mostCommon}
 * @param histogram bounds that cut the other values into equally full parts, ascending; empty where values have no order here
 */
public record ColumnStatistics(
        int column,
        double nullFraction,
        int averageWidth,
        double distinct,
        List<Object> mostCommon,
        List<Double> frequencies,
        List<Object> histogram) {
    public ColumnStatistics {
        mostCommon = List.copyOf(mostCommon);
        frequencies = List.copyOf(frequencies);
        histogram = List.copyOf(histogram);
        assert mostCommon.size() == frequencies.size();
    }

    /** Number of distinct values in a table of so many rows. */
    public double distinctValues(double rows) {
        return distinct >= 0 ? distinct : -distinct * rows;
    }
}
