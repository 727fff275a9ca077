package dev.strongroom.common.datetime;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;

/** What can be wrong with a date, time or interval as text. */
enum DateTimeError {
    BAD_FORMAT,
    FIELD_OVERFLOW,
    MONTH_DAY_OVERFLOW,
    INTERVAL_OVERFLOW,
    ZONE_OVERFLOW;

    /** Thrown inside the decoders, without a stack; turned into the client's error where text and type are known. */
    static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final DateTimeError error;

        Failure(DateTimeError error) {
            super(error.name(), null, false, false);
            this.error = error;
        }

        DateTimeError error() {
            return error;
        }
    }

    Failure failure() {
        return new Failure(this);
    }

    DatabaseException report(String text, String typeName) {
        return switch (this) {
            case BAD_FORMAT ->
                new DatabaseException(
                        ErrorCode.INVALID_DATETIME_FORMAT,
                        "invalid input syntax for type " + typeName + ": \"" + text + "\"");
            case FIELD_OVERFLOW ->
                new DatabaseException(
                        ErrorCode.DATETIME_FIELD_OVERFLOW, "date/time field value out of range: \"" + text + "\"");
            case MONTH_DAY_OVERFLOW ->
                ErrorReport.error(
                                ErrorCode.DATETIME_FIELD_OVERFLOW,
                                "date/time field value out of range: \"" + text + "\"")
                        .withHint("Perhaps you need a different \"datestyle\" setting.")
                        .exception();
            case INTERVAL_OVERFLOW ->
                new DatabaseException(
                        ErrorCode.INTERVAL_FIELD_OVERFLOW, "interval field value out of range: \"" + text + "\"");
            case ZONE_OVERFLOW ->
                new DatabaseException(
                        ErrorCode.INVALID_TIME_ZONE_DISPLACEMENT_VALUE,
                        "time zone displacement out of range: \"" + text + "\"");
        };
    }
}
