package dev.strongroom.keys;

import java.io.PrintWriter;
import java.util.Locale;

/** A bar on a terminal, a line at each tenth elsewhere. */
final class Progress {
    private static final int CELLS = 30;

    private final PrintWriter out;
    private final String what;
    private final long total;
    private final String unit;
    private final boolean terminal =
            System.console() != null && System.console().isTerminal();
    private long done;
    private int shown = -1;

    /** Work on so many rows. */
    Progress(PrintWriter out, String what, long total) {
        this(out, what, total, "rows");
    }

    Progress(PrintWriter out, String what, long total, String unit) {
        this.out = out;
        this.what = what;
        this.total = Math.max(total, 1);
        this.unit = unit;
    }

    void add(long more) {
        done += more;
        int percent = (int) Math.min(100, done * 100 / total);
        if (terminal && percent != shown) {
            int full = percent * CELLS / 100;
            out.printf(
                    Locale.ROOT,
                    "\r%s [%s%s] %3d %% %d %s",
                    what,
                    "#".repeat(full),
                    ".".repeat(CELLS - full),
                    percent,
                    done,
                    unit);
            out.flush();
            shown = percent;
        } else if (!terminal && percent / 10 != shown) {
            out.printf(Locale.ROOT, "%s %d %% (%d %s)%n", what, percent, done, unit);
            shown = percent / 10;
        }
    }

    void end() {
        if (terminal) {
            out.println();
        }
    }

    long done() {
        return done;
    }
}
