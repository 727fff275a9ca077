package dev.strongroom.server.boot;

/** Numbers of things, as people write them. */
final class Counted {
    private Counted() {}

    /** {@code 0 pages}, {@code 1 page}, {@code 2 pages}. */
    static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
