package dev.strongroom.sql.validate;

/** How a statement may meet encrypted columns: what its results and its parameters look like (AE-105, AE-106, AE-156). */
public record CellUse(Results results, Values values) {
    /** What a result column of cells is to whoever asked. */
    public enum Results {
        /** Cells of their own type, for the server itself. */
        CELLS,
        /** {@code bytea} with the bare cell. */
        BYTEA,
        /** Each cell in its envelope. */
        ENVELOPES
    }

    /** What may be given to an encrypted column. */
    public enum Values {
        /** Cells of other columns only. */
        NONE,
        /** Parameters with an envelope. */
        ENVELOPES,
        /** Bare cells as parameters or literals, their shape checked: bulk loads (AE-157). */
        CELLS,
        /** Parameters of any type: the statement is described, not run. */
        DESCRIBED
    }

    /** A statement of the server's own. */
    public static final CellUse INTERNAL = new CellUse(Results.CELLS, Values.NONE);

    /** A statement that is only described to a client. */
    public static final CellUse DESCRIBE = new CellUse(Results.CELLS, Values.DESCRIBED);
}
