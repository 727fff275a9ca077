package dev.strongroom.storage.isolation;

import dev.strongroom.storage.isolation.DependencyGraph.Why;
import dev.strongroom.storage.isolation.HistoryTransaction.Add;
import dev.strongroom.storage.isolation.HistoryTransaction.Append;
import dev.strongroom.storage.isolation.HistoryTransaction.Look;
import dev.strongroom.storage.isolation.HistoryTransaction.Operation;
import dev.strongroom.storage.isolation.HistoryTransaction.Outcome;
import dev.strongroom.storage.isolation.HistoryTransaction.Read;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds anomalies in a history of lists that are appended to and sets that are added to (Kingsbury and Alvaro, Elle, PVLDB 2020).
 * A list that was read shows the order of its writes; so every read tells who came before whom. The last transaction has read
 * everything.
 */
final class HistoryChecker {
    private final List<HistoryTransaction> history;
    private final Map<Long, HistoryTransaction> writers = new HashMap<>();
    private final Map<Long, List<Long>> orders = new HashMap<>();
    private final DependencyGraph graph = new DependencyGraph();
    private final EnumMap<Anomaly, String> found = new EnumMap<>(Anomaly.class);

    private HistoryChecker(List<HistoryTransaction> history) {
        this.history = decide(history);
    }

    /** All kinds of anomalies in a history, each with an example. */
    static Map<Anomaly, String> check(List<HistoryTransaction> history) {
        HistoryChecker checker = new HistoryChecker(history);
        checker.index();
        checker.readsAlone();
        checker.dependencies();
        checker.cycles();
        return checker.found;
    }

    /** What power cut off has happened if anybody saw it. */
    private static List<HistoryTransaction> decide(List<HistoryTransaction> history) {
        Set<Long> seen = new HashSet<>();
        for (HistoryTransaction transaction : history) {
            if (transaction.isCommitted()) {
                for (Operation operation : transaction.operations()) {
                    if (operation instanceof Read read) {
                        seen.addAll(read.seen());
                    } else if (operation instanceof Look look) {
                        seen.addAll(look.seen());
                    }
                }
            }
        }
        return history.stream()
                .map(transaction -> transaction.outcome() != Outcome.UNKNOWN
                        ? transaction
                        : transaction.with(
                                values(transaction).stream().anyMatch(seen::contains)
                                        ? Outcome.COMMITTED
                                        : Outcome.ABORTED))
                .toList();
    }

    private static Set<Long> values(HistoryTransaction transaction) {
        Set<Long> values = new LinkedHashSet<>();
        for (Operation operation : transaction.operations()) {
            if (operation instanceof Append append) {
                values.add(append.value());
            } else if (operation instanceof Add add) {
                values.add(add.value());
            }
        }
        return values;
    }

    private void report(Anomaly anomaly, String example) {
        found.putIfAbsent(anomaly, example);
    }

    private void index() {
        for (HistoryTransaction transaction : history) {
            for (long value : values(transaction)) {
                writers.put(value, transaction);
            }
        }
        for (HistoryTransaction transaction : committed()) {
            for (Operation operation : transaction.operations()) {
                if (operation instanceof Read read) {
                    order(read);
                }
            }
        }
    }

    private List<HistoryTransaction> committed() {
        return history.stream().filter(HistoryTransaction::isCommitted).toList();
    }

    private void order(Read read) {
        List<Long> longest = orders.getOrDefault(read.key(), List.of());
        List<Long> longer = read.seen().size() > longest.size() ? read.seen() : longest;
        List<Long> shorter = longer == longest ? read.seen() : longest;
        if (!longer.subList(0, shorter.size()).equals(shorter)) {
            report(Anomaly.INCOMPATIBLE_ORDER, "list " + read.key() + " was " + shorter + " and " + longer);
        }
        if (new HashSet<>(read.seen()).size() < read.seen().size()) {
            report(Anomaly.INCOMPATIBLE_ORDER, "list " + read.key() + " has a value twice: " + read.seen());
        }
        orders.put(read.key(), longer);
    }

    // ---- each read by itself ----

    private void readsAlone() {
        for (HistoryTransaction transaction : committed()) {
            Map<Long, List<Long>> own = new HashMap<>();
            Map<Long, Set<Long>> added = new HashMap<>();
            for (Operation operation : transaction.operations()) {
                switch (operation) {
                    case Append append ->
                        own.computeIfAbsent(append.key(), key -> new ArrayList<>())
                                .add(append.value());
                    case Add add ->
                        added.computeIfAbsent(add.group(), group -> new HashSet<>())
                                .add(add.value());
                    case Read read -> list(transaction, read, own.getOrDefault(read.key(), List.of()));
                    case Look look -> set(transaction, look, added.getOrDefault(look.group(), Set.of()));
                }
            }
        }
        for (HistoryTransaction transaction : committed()) {
            for (Operation operation : transaction.operations()) {
                if (operation instanceof Append append
                        && !orders.getOrDefault(append.key(), List.of()).contains(append.value())) {
                    report(Anomaly.LOST_WRITE, append + " of T" + transaction.id() + " is gone");
                }
            }
        }
    }

    private void list(HistoryTransaction transaction, Read read, List<Long> own) {
        int others = read.seen().size() - own.size();
        if (others < 0 || !read.seen().subList(others, read.seen().size()).equals(own)) {
            report(Anomaly.INTERNAL, "T" + transaction.id() + " wrote " + own + " and read " + read);
            return;
        }
        for (long value : read.seen()) {
            known(transaction, value);
        }
        if (others > 0) {
            HistoryTransaction last = writers.get(read.seen().get(others - 1));
            if (last != null && last.isCommitted() && last.id() != transaction.id()) {
                List<Long> all = appended(last, read.key());
                if (!all.getLast().equals(read.seen().get(others - 1))) {
                    report(Anomaly.G1B, "T" + transaction.id() + " saw T" + last.id() + " unfinished: " + read);
                }
            }
        }
    }

    private static List<Long> appended(HistoryTransaction transaction, long key) {
        List<Long> values = new ArrayList<>();
        for (Operation operation : transaction.operations()) {
            if (operation instanceof Append append && append.key() == key) {
                values.add(append.value());
            }
        }
        return values;
    }

    private void known(HistoryTransaction reader, long value) {
        HistoryTransaction writer = writers.get(value);
        if (writer == null) {
            report(Anomaly.INTERNAL, "T" + reader.id() + " read " + value + ", which nobody wrote");
        } else if (!writer.isCommitted()) {
            report(Anomaly.G1A, "T" + reader.id() + " read " + value + " of T" + writer.id() + ", which was undone");
        }
    }

    private void set(HistoryTransaction transaction, Look look, Set<Long> own) {
        if (!look.seen().containsAll(own)) {
            report(Anomaly.INTERNAL, "T" + transaction.id() + " added " + own + " and saw " + look);
        }
        for (long value : look.seen()) {
            known(transaction, value);
            HistoryTransaction writer = writers.get(value);
            if (writer != null && writer.id() != transaction.id()) {
                for (Operation operation : writer.operations()) {
                    if (operation instanceof Add add
                            && add.group() == look.group()
                            && !look.seen().contains(add.value())) {
                        report(
                                Anomaly.FRACTURED_READ,
                                "T" + transaction.id() + " saw " + value + " of T" + writer.id() + " but not " + add);
                    }
                }
            }
        }
    }

    // ---- reads together ----

    private void dependencies() {
        orders.values().forEach(order -> {
            for (int i = 1; i < order.size(); i++) {
                edge(order.get(i - 1), order.get(i), Why.WW);
            }
        });
        for (HistoryTransaction transaction : committed()) {
            for (Operation operation : transaction.operations()) {
                switch (operation) {
                    case Read read -> dependencies(transaction, read);
                    case Look look -> dependencies(transaction, look);
                    case Append append -> {}
                    case Add add -> {}
                }
            }
        }
        time();
    }

    private void edge(long from, long to, Why why) {
        HistoryTransaction before = writers.get(from);
        HistoryTransaction after = writers.get(to);
        if (before != null && after != null) {
            graph.add(before.id(), after.id(), why);
        }
    }

    private void dependencies(HistoryTransaction reader, Read read) {
        List<Long> order = orders.getOrDefault(read.key(), List.of());
        for (long value : read.seen()) {
            HistoryTransaction writer = writers.get(value);
            if (writer != null) {
                graph.add(writer.id(), reader.id(), Why.WR);
            }
        }
        for (int next = read.seen().size(); next < order.size(); next++) {
            HistoryTransaction writer = writers.get(order.get(next));
            if (writer != null) {
                graph.add(reader.id(), writer.id(), Why.RW);
            }
        }
    }

    private void dependencies(HistoryTransaction reader, Look look) {
        for (long value : look.seen()) {
            HistoryTransaction writer = writers.get(value);
            if (writer != null) {
                graph.add(writer.id(), reader.id(), Why.WR);
            }
        }
        for (HistoryTransaction writer : committed()) {
            for (Operation operation : writer.operations()) {
                if (operation instanceof Add add
                        && add.group() == look.group()
                        && !look.seen().contains(add.value())
                        && !isOwnLater(reader, add)) {
                    graph.add(reader.id(), writer.id(), Why.RW);
                }
            }
        }
    }

    private static boolean isOwnLater(HistoryTransaction reader, Add add) {
        return reader.operations().contains(add);
    }

    /** Who was answered before another began comes before it. */
    private void time() {
        for (HistoryTransaction first : committed()) {
            for (HistoryTransaction second : committed()) {
                if (first.ended() < second.begun()) {
                    graph.add(first.id(), second.id(), Why.TIME);
                }
            }
        }
    }

    private void cycles() {
        note(Anomaly.G0, graph.cycle(EnumSet.of(Why.WW)));
        note(Anomaly.G1C, graph.cycle(EnumSet.of(Why.WW, Why.WR)));
        note(Anomaly.G_SINGLE, graph.cycleWithOneRw());
        note(Anomaly.G_NONADJACENT, graph.cycleWithoutAdjacentRw());
        note(Anomaly.G2, graph.cycle(EnumSet.allOf(Why.class)));
    }

    private void note(Anomaly anomaly, @org.jspecify.annotations.Nullable String example) {
        if (example != null) {
            report(anomaly, example);
        }
    }
}
