package dev.strongroom.server.boot;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import org.slf4j.LoggerFactory;

/** Shows why a command failed to the person at the terminal, and says what the shell is told. */
final class Failure {
    private Failure() {}

    /** Reports what a command threw. */
    static ExitCode report(Throwable failure) {
        return switch (failure) {
            case UsageException misuse -> {
                System.err.println("strongroom: " + misuse.getMessage());
                yield ExitCode.USAGE;
            }
            case DatabaseException refusal -> {
                print(refusal);
                LoggerFactory.getLogger(Failure.class).debug("the command failed", refusal);
                yield ExitCode.of(refusal);
            }
            default -> {
                LoggerFactory.getLogger(Failure.class).error("the command failed", failure);
                yield ExitCode.DEFECTS_FOUND;
            }
        };
    }

    private static void print(DatabaseException failure) {
        ErrorReport report = failure.report();
        System.err.println(
                "strongroom: " + report.message() + " (" + report.code().sqlState() + ")");
        if (report.detail() != null) {
            System.err.println("  " + report.detail());
        }
        if (report.hint() != null) {
            System.err.println("  hint: " + report.hint());
        }
    }
}
