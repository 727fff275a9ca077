package dev.strongroom.client.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is set of a statement's parameters, by index from 1. Used by one thread at a time. */
final class Bindings {
    private static final int ROOM = 8;

    private @Nullable Binding[] byIndex;

    Bindings() {
        this(new @Nullable Binding[ROOM]);
    }

    private Bindings(@Nullable Binding[] byIndex) {
        this.byIndex = byIndex;
    }

    void put(int index, Binding binding) {
        // What pgjdbc refuses as an index never reaches the statement; it is told by pgjdbc's own error.
        if (index < 1) {
            return;
        }
        if (index > byIndex.length) {
            byIndex = Arrays.copyOf(byIndex, Math.max(index, 2 * byIndex.length));
        }
        byIndex[index - 1] = binding;
    }

    void remove(int index) {
        if (index >= 1 && index <= byIndex.length) {
            byIndex[index - 1] = null;
        }
    }

    void clear() {
        Arrays.fill(byIndex, null);
    }

    /** As they are now: one row of a batch. */
    Bindings copy() {
        return new Bindings(byIndex.clone());
    }

    /** All that are set, in the order of their indexes. */
    List<Binding> all() {
        List<Binding> all = new ArrayList<>(byIndex.length);
        for (Binding binding : byIndex) {
            if (binding != null) {
                all.add(binding);
            }
        }
        return all;
    }
}
