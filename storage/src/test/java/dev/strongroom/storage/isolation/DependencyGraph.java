package dev.strongroom.storage.isolation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who must come before whom, and why. */
final class DependencyGraph {
    /** Reasons: a write over a write, a read of a write, a write over what was read, and time itself. */
    enum Why {
        WW,
        WR,
        RW,
        TIME
    }

    private final Map<Integer, Map<Integer, EnumSet<Why>>> edges = new LinkedHashMap<>();

    void add(int from, int to, Why why) {
        if (from != to) {
            edges.computeIfAbsent(from, node -> new LinkedHashMap<>())
                    .computeIfAbsent(to, node -> EnumSet.noneOf(Why.class))
                    .add(why);
        }
    }

    /** A place on a walk: the node, and whether the last step was an anti-dependency. */
    private record Place(int node, boolean afterRw) {}

    /** A cycle over edges of some kinds only; null if there is none. */
    @Nullable
    String cycle(Set<Why> kinds) {
        for (Map.Entry<Integer, Map<Integer, EnumSet<Why>>> from : edges.entrySet()) {
            for (Map.Entry<Integer, EnumSet<Why>> to : from.getValue().entrySet()) {
                if (!Collections.disjoint(to.getValue(), kinds)) {
                    String path = path(to.getKey(), from.getKey(), kinds, true);
                    if (path != null) {
                        return "T" + from.getKey() + " -" + to.getValue() + "-> " + path;
                    }
                }
            }
        }
        return null;
    }

    /** A cycle with exactly one anti-dependency. */
    @Nullable
    String cycleWithOneRw() {
        return closeRw(EnumSet.complementOf(EnumSet.of(Why.RW)), true);
    }

    /** A cycle with anti-dependencies of which no two follow one another. */
    @Nullable
    String cycleWithoutAdjacentRw() {
        return closeRw(EnumSet.allOf(Why.class), false);
    }

    private @Nullable String closeRw(Set<Why> kinds, boolean adjacentAllowed) {
        for (Map.Entry<Integer, Map<Integer, EnumSet<Why>>> from : edges.entrySet()) {
            for (Map.Entry<Integer, EnumSet<Why>> to : from.getValue().entrySet()) {
                if (to.getValue().contains(Why.RW)) {
                    String path = path(to.getKey(), from.getKey(), kinds, adjacentAllowed);
                    if (path != null) {
                        return "T" + from.getKey() + " -[RW]-> " + path;
                    }
                }
            }
        }
        return null;
    }

    /** Shortest walk from a node, reached by an anti-dependency, to another. */
    private @Nullable String path(int start, int goal, Set<Why> kinds, boolean adjacentAllowed) {
        Map<Place, Place> before = new HashMap<>();
        ArrayDeque<Place> next = new ArrayDeque<>();
        Place first = new Place(start, true);
        before.put(first, first);
        next.add(first);
        while (!next.isEmpty()) {
            Place place = next.remove();
            if (place.node == goal && (adjacentAllowed || !place.afterRw)) {
                return show(place, before);
            }
            edges.getOrDefault(place.node, Map.of()).forEach((to, whys) -> {
                for (Why why : whys) {
                    boolean rw = why == Why.RW;
                    if (kinds.contains(why) && (adjacentAllowed || !rw || !place.afterRw)) {
                        Place there = new Place(to, !adjacentAllowed && rw);
                        if (before.putIfAbsent(there, place) == null) {
                            next.add(there);
                        }
                    }
                }
            });
        }
        return null;
    }

    private String show(Place last, Map<Place, Place> before) {
        List<String> steps = new ArrayList<>();
        Place place = last;
        for (Place previous = before.get(place); previous != null && previous != place; previous = before.get(place)) {
            Map<Integer, EnumSet<Why>> from = edges.getOrDefault(previous.node, Map.of());
            steps.add(" -" + from.get(place.node) + "-> T" + place.node);
            place = previous;
        }
        steps.add("T" + place.node);
        Collections.reverse(steps);
        return String.join("", steps);
    }
}
