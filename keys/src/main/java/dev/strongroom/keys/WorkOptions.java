package dev.strongroom.keys;

import picocli.CommandLine.Option;

/** How a command that reads or writes rows goes about it. It cannot be split in two halves: no {@code --out}. */
final class WorkOptions {
    @Option(names = "--dry-run", description = "Show what would be done, and do nothing.")
    private boolean dryRun;

    @Option(names = "--batch", description = "Rows at a time; default ${DEFAULT-VALUE}.")
    private int batch = ColumnChange.DEFAULT_BATCH;

    boolean isDryRun() {
        return dryRun;
    }

    int batch() {
        if (batch < 1) {
            throw new UsageException("--batch is at least 1, got " + batch);
        }
        return batch;
    }
}
