package dev.strongroom.catalog.key;

/**
 * How far a verification of a database in use is.
 *
 * @param level 1 pages and their sums (with level 2), 3 trees, 4 tables against indexes
 * @param done of {@code total} pages, trees or tables, as the level says
 */
public record RunningVerification(int databaseOid, int level, long done, long total) {
    /** What is counted. */
    public String phase() {
        return switch (level) {
            case 1 -> "pages";
            case 3 -> "trees";
            default -> "tables";
        };
    }

    /** Of this level. */
    public double percent() {
        return total == 0 ? 0 : 100.0 * done / total;
    }
}
