package dev.strongroom.sql.function;

/** What runs when a function is called. */
public sealed interface FunctionCode permits ScalarCode, AggregateCode, WindowCode, SetCode {}
