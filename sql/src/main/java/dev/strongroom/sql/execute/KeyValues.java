package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;

/** Integers of one type as values of a key column of a narrower one. */
public final class KeyValues {
    private KeyValues() {}

    /** For {@code key = value}: null, which nothing equals, where the value is no value of the key's type. */
    public static Expr equal(Expr value, PgType key) {
        return isWider(value.type(), key) ? new Narrowed(value, key, false) : value;
    }

    /** For bounds: the nearest value of the key's type. */
    public static Expr clamped(Expr value, PgType key) {
        return isWider(value.type(), key) ? new Narrowed(value, key, true) : value;
    }

    private static boolean isWider(PgType type, PgType key) {
        return isInteger(type) && isInteger(key) && type.length() > key.length();
    }

    private static boolean isInteger(PgType type) {
        return type == PgType.INT8 || type == PgType.INT4 || type == PgType.INT2;
    }

    private static final class Narrowed extends Expr {
        private final Expr value;
        private final boolean clamp;
        private final long least;
        private final long greatest;

        Narrowed(Expr value, PgType key, boolean clamp) {
            super(key);
            this.value = value;
            this.clamp = clamp;
            this.least = key == PgType.INT2 ? Short.MIN_VALUE : Integer.MIN_VALUE;
            this.greatest = key == PgType.INT2 ? Short.MAX_VALUE : Integer.MAX_VALUE;
        }

        @Override
        public long evalLong(Frame frame) {
            long number = value.evalLong(frame);
            if (!clamp && (number < least || number > greatest)) {
                frame.nil = true;
            }
            return Math.clamp(number, least, greatest);
        }
    }
}
