package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.ObjectRef;

/**
 * One object needs another ({@code pg_depend}).
 *
 * @param kind NORMAL: dropping the referenced object needs CASCADE; AUTO: it takes the dependent along; INTERNAL: besides, the
 *     dependent cannot be dropped by itself
 */
public record Dependency(ObjectRef dependent, ObjectRef referenced, Kind kind) {
    /** {@code deptype}. */
    public enum Kind {
        NORMAL('n'),
        AUTO('a'),
        INTERNAL('i');

        private final char letter;

        Kind(char letter) {
            this.letter = letter;
        }

        public char letter() {
            return letter;
        }
    }
}
