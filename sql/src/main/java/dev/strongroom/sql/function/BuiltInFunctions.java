package dev.strongroom.sql.function;

/** Collects the code of every function. */
final class BuiltInFunctions {
    private BuiltInFunctions() {}

    static void define(Definitions to) {
        IntegerFunctions.define(to);
        SystemCatalogFunctions.define(to);
        SessionInfoFunctions.define(to);
        SequenceFunctions.define(to);
        SeriesFunctions.define(to);
        EncryptionFunctions.define(to);
    }
}
