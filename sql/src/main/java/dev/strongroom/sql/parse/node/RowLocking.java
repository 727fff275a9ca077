package dev.strongroom.sql.parse.node;

import java.util.List;

/**
 * FOR UPDATE, NO KEY UPDATE, SHARE, KEY SHARE.
 *
 * @param tables names or aliases after OF, empty for all
 */
public record RowLocking(Strength strength, List<String> tables, Wait whenHeld, int position) {
    public RowLocking {
        tables = List.copyOf(tables);
    }

    /** Weakest first. */
    public enum Strength {
        KEY_SHARE,
        SHARE,
        NO_KEY_UPDATE,
        UPDATE
    }

    /** What to do about a held lock. */
    public enum Wait {
        WAIT,
        NOWAIT,
        SKIP_LOCKED
    }
}
