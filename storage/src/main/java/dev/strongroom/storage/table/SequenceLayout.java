package dev.strongroom.storage.table;

/** Bounds and step of a sequence. */
public record SequenceLayout(long start, long increment, long minimum, long maximum, boolean cycle) {
    public static final SequenceLayout DEFAULT = new SequenceLayout(1, 1, 1, Long.MAX_VALUE, false);
}
