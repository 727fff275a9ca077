package dev.strongroom.common.error;

import org.jspecify.annotations.Nullable;

/** The one exception of the server. Its report is what the client sees. */
public final class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorReport report;

    DatabaseException(ErrorReport report, @Nullable Throwable cause) {
        super(report.message(), cause);
        this.report = report;
    }

    public DatabaseException(ErrorCode code, String message) {
        this(ErrorReport.error(code, message), null);
    }

    public ErrorReport report() {
        return report;
    }

    public ErrorCode code() {
        return report.code();
    }
}
