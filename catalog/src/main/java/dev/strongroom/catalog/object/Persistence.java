package dev.strongroom.catalog.object;

/** {@code relpersistence}. */
public enum Persistence {
    PERMANENT('p'),
    UNLOGGED('u'),
    TEMPORARY('t');

    private final char letter;

    Persistence(char letter) {
        this.letter = letter;
    }

    public char letter() {
        return letter;
    }
}
