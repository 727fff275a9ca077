package dev.strongroom.common.error;

/** Refuses what another version of Strongroom wrote: whole, but not to be read here. Never to be taken for damage. */
public final class FormatVersion {
    private FormatVersion() {}

    /**
     * Does nothing where the formats are the same.
     *
     * @param error {@link NumberedError#DATABASE_VERSION} or {@link NumberedError#BACKUP_VERSION}
     * @param what the subject of the message, as "the boot record"
     * @param found format of what was found; its checksum has been checked
     * @param known the format this build reads and writes
     * @throws DatabaseException the error given
     */
    public static void check(NumberedError error, String what, long found, long known) {
        if (found != known) {
            throw error.report(what + " has format " + found
                            + ", which this build of Strongroom does not read: it reads format " + known + "; "
                            + (found < known ? "an earlier" : "a later") + " version wrote it")
                    .withHint(
                            "Start the version that wrote it, dump the databases with pg_dump, and load the dump here.")
                    .exception();
        }
    }
}
