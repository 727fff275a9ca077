package dev.strongroom.catalog.key;

import dev.strongroom.catalog.object.DatabaseDefinition;

/**
 * An option set by {@code sp_configure}.
 *
 * @param configured what sp_configure last said
 * @param running what RECONFIGURE put into use
 */
public record OptionEntry(int id, int configured, int running) implements KeyEntry {
    static final int CODE = 7;
    static final int FIRST_ID = 0x4000_0000;

    @Override
    public int databaseOid() {
        return DatabaseDefinition.MASTER;
    }

    void encode(FieldWriter out) {
        out.putInt(CODE).putInt(configured).putInt(running);
    }

    static OptionEntry decode(int id, FieldReader in) {
        return new OptionEntry(id, in.takeInt(), in.takeInt());
    }
}
