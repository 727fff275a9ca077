package dev.strongroom.server.boot;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;

/** Shows a failure to start to the person at the terminal. */
final class Failure {
    private Failure() {}

    static void print(DatabaseException failure) {
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
