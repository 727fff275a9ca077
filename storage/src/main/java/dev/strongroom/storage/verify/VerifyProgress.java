package dev.strongroom.storage.verify;

/** Told how far a pass over a database is, as the levels of a verification are: pages, trees or tables. */
@FunctionalInterface
public interface VerifyProgress {
    /** Nobody listens. */
    VerifyProgress NONE = (done, total) -> {};

    void accept(long done, long total);
}
