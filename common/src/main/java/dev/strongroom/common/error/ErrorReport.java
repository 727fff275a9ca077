package dev.strongroom.common.error;

import org.jspecify.annotations.Nullable;

/**
 * What an ErrorResponse or NoticeResponse says. Messages follow PostgreSQL's rules: lower case start, no full stop, quoted
 * names; never rows, keys or passwords.
 *
 * @param position 1-based character position in the statement text, 0 where there is none
 * @param routine field {@code R}; {@code MSSQL<number>} for errors of SQL Server's catalogue (TDE-105)
 */
public record ErrorReport(
        Severity severity,
        ErrorCode code,
        String message,
        @Nullable String detail,
        @Nullable String hint,
        int position,
        @Nullable String schema,
        @Nullable String table,
        @Nullable String column,
        @Nullable String dataType,
        @Nullable String constraint,
        @Nullable String where,
        @Nullable String routine) {

    public static ErrorReport error(ErrorCode code, String message) {
        return of(Severity.ERROR, code, message);
    }

    public static ErrorReport fatal(ErrorCode code, String message) {
        return of(Severity.FATAL, code, message);
    }

    public static ErrorReport notice(String message) {
        return of(Severity.NOTICE, ErrorCode.SUCCESSFUL_COMPLETION, message);
    }

    public static ErrorReport warning(ErrorCode code, String message) {
        return of(Severity.WARNING, code, message);
    }

    public static ErrorReport of(Severity severity, ErrorCode code, String message) {
        return new ErrorReport(severity, code, message, null, null, 0, null, null, null, null, null, null, null);
    }

    public ErrorReport withSeverity(Severity severity) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withDetail(@Nullable String detail) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withHint(String hint) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withSchema(String schema) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withTable(String table) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withColumn(String column) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withDataType(String dataType) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withConstraint(String constraint) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withWhere(String where) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withRoutine(String routine) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    public ErrorReport withPosition(int position) {
        return new ErrorReport(
                severity,
                code,
                message,
                detail,
                hint,
                position,
                schema,
                table,
                column,
                dataType,
                constraint,
                where,
                routine);
    }

    /** The exception that carries this report. */
    public DatabaseException exception() {
        return new DatabaseException(this, null);
    }

    /** The exception that carries this report, with what caused it (for the server log only, never sent). */
    public DatabaseException exception(Throwable cause) {
        return new DatabaseException(this, cause);
    }
}
