package dev.strongroom.storage.verify;

/**
 * One defect.
 *
 * @param file file below the database's directory
 * @param page page number, -1 where it is about no page
 * @param keyVersion key version the page's trailer names
 */
public record Finding(int databaseId, String file, long page, int keyVersion, String what) {
    /** A defect of a database as a whole. */
    public static Finding ofDatabase(int databaseId, String what) {
        return new Finding(databaseId, "db/" + databaseId, -1, 0, what);
    }

    /** One JSON object; {@code page} is null where it is about no page. */
    public String json() {
        return "{\"kind\":\"defect\",\"database\":" + databaseId + ",\"file\":" + quoted(file) + ",\"page\":"
                + (page < 0 ? "null" : Long.toString(page)) + ",\"key_version\":" + keyVersion + ",\"what\":"
                + quoted(what) + "}";
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (c < ' ') {
                out.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append('"').toString();
    }

    @Override
    public String toString() {
        String where = page < 0 ? "" : " page " + page + " key version " + keyVersion;
        return "database " + databaseId + " file " + file + where + ": " + what;
    }
}
