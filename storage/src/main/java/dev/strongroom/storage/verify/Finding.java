package dev.strongroom.storage.verify;

/**
 * One defect.
 *
 * @param file file below the database's directory
 * @param page page number, -1 where it is about no page
 * @param keyVersion key version the page's trailer names
 */
public record Finding(int databaseId, String file, long page, int keyVersion, String what) {
    @Override
    public String toString() {
        String where = page < 0 ? "" : " page " + page + " key version " + keyVersion;
        return "database " + databaseId + " file " + file + where + ": " + what;
    }
}
