package dev.strongroom.storage.table;

/** Which lock modes exclude each other (PostgreSQL manual, tables 13.2 and 13.3). */
public final class LockConflicts {
    /** Bit i of entry m is set where table lock mode m conflicts with mode i. */
    private static final int[] TABLE = {
        0b1000_0000, 0b1100_0000, 0b1111_0000, 0b1111_1000, 0b1110_1100, 0b1111_1100, 0b1111_1110, 0b1111_1111
    };

    private static final int[] ROW = {0b1000, 0b1100, 0b1110, 0b1111};

    private LockConflicts() {}

    public static boolean conflict(TableLockMode left, TableLockMode right) {
        return (TABLE[left.ordinal()] >> right.ordinal() & 1) != 0;
    }

    public static boolean conflict(RowLockMode left, RowLockMode right) {
        return (ROW[left.ordinal()] >> right.ordinal() & 1) != 0;
    }
}
