/**
 * PostgreSQL's date and time arithmetic on plain numbers: days and microseconds since 2000-01-01. Text goes through
 * {@code DateTimeLexer} (fields) and {@code DateTimeDecoder} or {@code IntervalDecoder} (values) to numbers; numbers go
 * through {@code DateTimeText} and {@code IntervalText} to bytes. {@code PgTimeZone} turns local time into moments.
 */
@NullMarked
package dev.strongroom.common.datetime;

import org.jspecify.annotations.NullMarked;
