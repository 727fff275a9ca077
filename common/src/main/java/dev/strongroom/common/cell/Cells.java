package dev.strongroom.common.cell;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import java.util.HexFormat;

/** What can be told of a cell without its key (AE-12, AE-74, AE-144). */
public final class Cells {
    /** Version byte, tag, IV and one block. */
    public static final int MINIMUM_LENGTH = 65;

    private static final byte VERSION = 1;
    private static final int FIXED_LENGTH = 49;
    private static final int BLOCK = 16;
    private static final int SHOWN_BYTES = 4;

    private Cells() {}

    /** Whether length and version byte are a cell's (AE-75). */
    public static boolean wellFormed(byte[] cell) {
        return cell.length >= MINIMUM_LENGTH && (cell.length - FIXED_LENGTH) % BLOCK == 0 && cell[0] == VERSION;
    }

    /** A value as messages show it: text, or of a cell what {@link #shown} gives. */
    public static String text(PgType type, Row row, int slot, TypeContext context) {
        boolean cell = type == PgType.ENCRYPTED_DET || type == PgType.ENCRYPTED_RND;
        return cell ? shown(row.getRef(slot)) : TypeCodecs.of(type).format(row, slot, context);
    }

    /** A cell as plans, logs and messages show it: its length and the first bytes of its tag. */
    public static String shown(byte[] cell) {
        int from = Math.min(1, cell.length);
        return "cell(" + cell.length + " bytes, "
                + HexFormat.of().formatHex(cell, from, Math.min(from + SHOWN_BYTES, cell.length)) + "…)";
    }
}
