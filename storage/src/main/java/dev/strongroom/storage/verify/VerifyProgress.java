package dev.strongroom.storage.verify;

/** Told how far one level of a verification is: pages, trees or tables. */
@FunctionalInterface
public interface VerifyProgress {
    /** Nobody listens. */
    VerifyProgress NONE = (done, total) -> {};

    void accept(long done, long total);
}
