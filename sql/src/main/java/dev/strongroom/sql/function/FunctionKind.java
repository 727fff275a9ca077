package dev.strongroom.sql.function;

/** What a function is called as. */
public enum FunctionKind {
    SCALAR,
    AGGREGATE,
    WINDOW,
    SET_RETURNING
}
