package dev.strongroom.sql.execute;

/** Expressions with their own rules of evaluation, which no function signature describes. */
public enum SpecialForm {
    /** First operand that is not null. */
    COALESCE,
    /** Null if the two operands are equal by the operator's function, else the first. */
    NULLIF,
    /** Largest operand, nulls ignored. */
    GREATEST,
    /** Smallest operand, nulls ignored. */
    LEAST,
    /** {@code a op ANY (array)}; the operator's function compares. */
    ANY,
    /** {@code a op ALL (array)}. */
    ALL,
    /** {@code ARRAY[...]}; operands that are arrays make a further dimension. */
    ARRAY,
    /** {@code a[i][j]}: array, then subscripts. */
    SUBSCRIPT,
    /** {@code a[l:u]}: array, then lower and upper pairs; a null literal leaves a bound out. */
    SLICE,
    /** {@code ROW(...)}. */
    ROW,
    /** Field of a record: record, then its number from 1. */
    FIELD,
    /** {@code IS DISTINCT FROM}. */
    IS_DISTINCT_FROM,
    /** {@code IS NOT DISTINCT FROM}. */
    IS_NOT_DISTINCT_FROM,
    /** Cast to the call's type with assignment rules: text that is too long is an error. */
    ASSIGNMENT_CAST,
    /** Cast to the call's type as {@code ::} does. */
    EXPLICIT_CAST,
    /** {@code CASE value WHEN ...}: the value, then conditions and results as in CASE; the value is evaluated once. */
    SIMPLE_CASE,
    /** The value of the SIMPLE_CASE around it. */
    CASE_VALUE,
    /** {@code a AND b} etc. come as Calcite's kinds; this is the value itself, a barrier to Calcite's rewrites. */
    BARRIER
}
