package dev.strongroom.storage.table;

/** One column of a key. PostgreSQL's default is ascending with nulls last, descending with nulls first. */
public record KeyPart(int slot, boolean descending, boolean nullsFirst) {
    public static KeyPart ascending(int slot) {
        return new KeyPart(slot, false, false);
    }
}
