package dev.strongroom.catalog.backup;

import dev.strongroom.storage.backup.BackupProgress;
import java.util.Locale;

/** What SQL Server says while it backs up and restores, and at the end. */
final class BackupMessages {
    private static final int PERCENT = 3211;
    private static final int PROCESSED = 3014;
    private static final int PAGES = 4035;
    private static final int PAGE_BYTES = 8192;
    private static final int HUNDRED = 100;
    private static final double MICROS = 1e6;
    private static final double MEBIBYTE = 1 << 20;

    private BackupMessages() {}

    /** Progress notices, and a look at whether the user still wants it. */
    static BackupProgress progress(BackupRequest request) {
        int step = request.stats();
        return new BackupProgress() {
            private long told;

            @Override
            public void pages(long done, long total) {
                request.checkCancelled().run();
                if (step <= 0 || total == 0) {
                    return;
                }
                long percent = done * HUNDRED / total / step * step;
                if (percent > told) {
                    told = percent;
                    request.tell(PERCENT, percent + " percent processed.");
                }
            }
        };
    }

    /** The closing lines. */
    static void done(BackupRequest request, String what, Volume volume) {
        long pages = volume.pages;
        if (pages > 0) {
            pagesOf(request, pages, volume.database, volume.database, volume.file);
        }
        long logPages = Math.max(1, volume.logBytes / PAGE_BYTES);
        pagesOf(request, logPages, volume.database, volume.database + "_log", volume.file);
        double seconds = Math.max(volume.micros, 1000) / MICROS;
        double rate = (pages + logPages) * (double) PAGE_BYTES / MEBIBYTE / seconds;
        request.tell(
                PROCESSED,
                String.format(
                        Locale.ROOT,
                        "%s successfully processed %d pages in %.3f seconds (%.3f MB/sec).",
                        what,
                        pages + logPages,
                        seconds,
                        rate));
    }

    private static void pagesOf(BackupRequest request, long pages, String database, String file, int number) {
        request.tell(
                PAGES,
                "Processed " + pages + " pages for database '" + database + "', file '" + file + "' on file " + number
                        + ".");
    }

    /** How much there was. */
    record Volume(String database, int file, long pages, long logBytes, long micros) {}
}
