package dev.strongroom.storage.table;

/**
 * The arithmetic of a sequence.
 *
 * @param lastValue last value handed out, or the first to hand out where not {@code called}
 */
public record SequenceCounter(SequenceLayout layout, long lastValue, boolean called) {
    public static SequenceCounter start(SequenceLayout layout) {
        return new SequenceCounter(layout, layout.start(), false);
    }

    /** State after the next call; {@link #lastValue} is the value to hand out. */
    public SequenceCounter next() {
        if (!called) {
            return new SequenceCounter(layout, lastValue, true);
        }
        long increment = layout.increment();
        boolean ascending = increment > 0;
        long bound = ascending ? layout.maximum() : layout.minimum();
        if (within(lastValue, increment, bound)) {
            return new SequenceCounter(layout, lastValue + increment, true);
        }
        if (!layout.cycle()) {
            throw TransactionErrors.sequenceLimit(ascending, bound);
        }
        return new SequenceCounter(layout, ascending ? layout.minimum() : layout.maximum(), true);
    }

    /** Whether another call would not fail. */
    public boolean hasNext() {
        return !called
                || layout.cycle()
                || within(lastValue, layout.increment(), layout.increment() > 0 ? layout.maximum() : layout.minimum());
    }

    public SequenceCounter with(SequenceLayout changed) {
        return new SequenceCounter(changed, called ? lastValue : changed.start(), called);
    }

    private static boolean within(long value, long increment, long bound) {
        long sum = value + increment;
        boolean overflow = ((value ^ sum) & (increment ^ sum)) < 0;
        return !overflow && (increment > 0 ? sum <= bound : sum >= bound);
    }
}
