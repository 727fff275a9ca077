package dev.strongroom.sql.session;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told when a statement ends in another way than its own error. */
final class StatementErrors {
    private static final Logger LOG = LoggerFactory.getLogger(StatementErrors.class);

    private StatementErrors() {}

    /** Positions are counted in characters of the text, not in Java's units. */
    static DatabaseException inCodePoints(DatabaseException error, String text) {
        ErrorReport report = error.report();
        int position = report.position();
        if (position <= 1 || position > text.length() + 1) {
            return error;
        }
        int points = text.codePointCount(0, position - 1) + 1;
        return points == position ? error : report.withPosition(points).exception(error);
    }

    static DatabaseException tooComplex(StackOverflowError error) {
        return ErrorReport.error(ErrorCode.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded")
                .exception(error);
    }

    static DatabaseException noMemory(OutOfMemoryError error) {
        return ErrorReport.error(ErrorCode.OUT_OF_MEMORY, "out of memory")
                .withDetail("The server's heap is full.")
                .exception(error);
    }

    static DatabaseException internal(RuntimeException error) {
        LOG.error("statement failed unexpectedly", error);
        return ErrorReport.error(
                        ErrorCode.INTERNAL_ERROR,
                        "internal error: " + error.getClass().getSimpleName()
                                + (error.getMessage() == null ? "" : ": " + error.getMessage()))
                .exception(error);
    }
}
