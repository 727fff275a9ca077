package dev.strongroom.sql.session;

import dev.strongroom.common.error.Severity;
import java.util.List;

/** What client_min_messages lets through. */
final class NoticeLevels {
    private static final List<String> ORDER =
            List.of("debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error");

    private NoticeLevels() {}

    static boolean wanted(String minimum, Severity severity) {
        int level = severity == Severity.WARNING ? ORDER.indexOf("warning") : ORDER.indexOf("notice");
        return level >= ORDER.indexOf(minimum);
    }
}
