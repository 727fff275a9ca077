package dev.strongroom.sql.function;

/** Collects the code of every function. */
final class BuiltInFunctions {
    private BuiltInFunctions() {}

    static void define(Definitions to) {
        IntegerFunctions.define(to);
        FloatFunctions.define(to);
        NumericFunctions.define(to);
        ComparisonFunctions.define(to);
        TextFunctions.define(to);
        RegexFunctions.define(to);
        ByteaFunctions.define(to);
        DateTimeFunctions.define(to);
        ArrayFunctions.define(to);
        SeriesFunctions.define(to);
        Aggregates.define(to);
        CollectingAggregates.define(to);
        StatisticAggregates.define(to);
        WindowFunctions.define(to);
        SystemCatalogFunctions.define(to);
        SessionInfoFunctions.define(to);
        SequenceFunctions.define(to);
        AdvisoryFunctions.define(to);
        SleepFunctions.define(to);
        EncryptionFunctions.define(to);
        ColumnKeyFunctions.define(to);
        JsonFunctions.define(to);
        FormatFunctions.define(to);
    }
}
