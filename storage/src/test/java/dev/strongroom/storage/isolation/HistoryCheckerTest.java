package dev.strongroom.storage.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.storage.isolation.HistoryTransaction.Add;
import dev.strongroom.storage.isolation.HistoryTransaction.Append;
import dev.strongroom.storage.isolation.HistoryTransaction.Look;
import dev.strongroom.storage.isolation.HistoryTransaction.Operation;
import dev.strongroom.storage.isolation.HistoryTransaction.Outcome;
import dev.strongroom.storage.isolation.HistoryTransaction.Read;
import dev.strongroom.storage.table.IsolationLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checker finds what is wrong with histories that are wrong in a known way, and nothing in those that are right. */
class HistoryCheckerTest {
    private static final long X = 1;
    private static final long Y = 2;

    private final List<HistoryTransaction> history = new ArrayList<>();

    private void committed(Operation... operations) {
        add(Outcome.COMMITTED, operations);
    }

    /** All transactions run at the same time, but for the last. */
    private void add(Outcome outcome, Operation... operations) {
        history.add(new HistoryTransaction(history.size() + 1, List.of(operations), outcome, 0, 100));
    }

    private void last(Operation... operations) {
        history.add(new HistoryTransaction(history.size() + 1, List.of(operations), Outcome.COMMITTED, 200, 300));
    }

    private Set<Anomaly> found() {
        return HistoryChecker.check(history).keySet();
    }

    private static Append append(long key, long value) {
        return new Append(key, value);
    }

    private static Read read(long key, Long... values) {
        return new Read(key, List.of(values));
    }

    private static Look look(long group, Long... values) {
        return new Look(group, Set.of(values));
    }

    @Test
    void serialHistoriesAreClean() {
        committed(append(X, 1), read(X, 1L));
        committed(read(X, 1L), append(X, 2), append(Y, 3), new Add(9, 4));
        last(read(X, 1L, 2L), read(Y, 3L), look(9, 4L));
        assertThat(found()).isEmpty();
    }

    @Test
    void ownWritesThatAreNotSeenAreInternal() {
        committed(append(X, 1), read(X));
        last(read(X, 1L));
        assertThat(found()).contains(Anomaly.INTERNAL);
    }

    @Test
    void aValueNobodyWroteIsInternal() {
        last(read(X, 77L));
        assertThat(found()).contains(Anomaly.INTERNAL);
    }

    @Test
    void readingWhatWasUndoneIsG1a() {
        add(Outcome.ABORTED, append(X, 1));
        last(read(X, 1L));
        assertThat(found()).contains(Anomaly.G1A);
    }

    @Test
    void readingWhatIsUnfinishedIsG1b() {
        committed(append(X, 1), append(X, 2));
        committed(read(X, 1L));
        last(read(X, 1L, 2L));
        assertThat(found()).contains(Anomaly.G1B);
    }

    @Test
    void writesInOppositeOrderAreG0() {
        committed(append(X, 1), append(Y, 3));
        committed(append(X, 2), append(Y, 4));
        last(read(X, 1L, 2L), read(Y, 4L, 3L));
        assertThat(found()).contains(Anomaly.G0);
    }

    @Test
    void readingEachOtherIsG1c() {
        committed(append(X, 1), read(Y, 2L));
        committed(append(Y, 2), read(X, 1L));
        last(read(X, 1L), read(Y, 2L));
        assertThat(found()).contains(Anomaly.G1C).doesNotContain(Anomaly.G0);
    }

    @Test
    void aLostUpdateIsFound() {
        committed(read(X), append(X, 1));
        committed(read(X), append(X, 2));
        last(read(X, 1L, 2L));
        assertThat(found()).contains(Anomaly.G_SINGLE);
        history.clear();
        committed(append(X, 1));
        committed(append(X, 2));
        last(read(X, 2L));
        assertThat(found()).contains(Anomaly.LOST_WRITE);
    }

    @Test
    void readSkewIsGSingleAndAllowedWhereStatementsHaveTheirOwnSnapshots() {
        committed(append(X, 1), append(Y, 2));
        committed(read(X), read(Y, 2L));
        last(read(X, 1L), read(Y, 2L));
        assertThat(found()).contains(Anomaly.G_SINGLE, Anomaly.G_NONADJACENT);
        assertThat(forbidden(IsolationLevel.READ_COMMITTED)).isEmpty();
        assertThat(forbidden(IsolationLevel.REPEATABLE_READ)).isNotEmpty();
    }

    @Test
    void writeSkewIsG2AndNotLess() {
        committed(read(X), append(Y, 2));
        committed(read(Y), append(X, 1));
        last(read(X, 1L), read(Y, 2L));
        assertThat(found()).containsExactly(Anomaly.G2);
        assertThat(forbidden(IsolationLevel.REPEATABLE_READ)).isEmpty();
        assertThat(forbidden(IsolationLevel.SERIALIZABLE)).isNotEmpty();
    }

    @Test
    void writeSkewOverPredicatesIsG2() {
        committed(look(7), new Add(8, 1));
        committed(look(8), new Add(7, 2));
        last(look(7, 2L), look(8, 1L));
        assertThat(found()).containsExactly(Anomaly.G2);
    }

    @Test
    void aPhantomIsGSingle() {
        committed(new Add(7, 1));
        committed(look(7), look(7, 1L));
        last(look(7, 1L));
        assertThat(found()).contains(Anomaly.G_SINGLE);
        assertThat(forbidden(IsolationLevel.READ_COMMITTED)).isEmpty();
    }

    @Test
    void halfATransactionInOneStatementIsFractured() {
        committed(new Add(7, 1), new Add(7, 2));
        committed(look(7, 2L));
        last(look(7, 1L, 2L));
        assertThat(found()).contains(Anomaly.FRACTURED_READ);
    }

    @Test
    void twoObserversWhoDisagreeAreNotSnapshots() {
        committed(append(X, 1));
        committed(append(Y, 2));
        committed(read(X, 1L), read(Y));
        committed(read(X), read(Y, 2L));
        last(read(X, 1L), read(Y, 2L));
        assertThat(found()).contains(Anomaly.G_NONADJACENT).doesNotContain(Anomaly.G_SINGLE);
    }

    @Test
    void anAnswerFromThePastIsFound() {
        committed(append(X, 1));
        history.add(new HistoryTransaction(2, List.of(read(X)), Outcome.COMMITTED, 150, 160));
        last(read(X, 1L));
        assertThat(found()).contains(Anomaly.G_SINGLE);
    }

    @Test
    void readsThatFitNoOrderAreFound() {
        committed(append(X, 1));
        committed(append(X, 2));
        committed(read(X, 2L));
        last(read(X, 1L, 2L));
        assertThat(found()).contains(Anomaly.INCOMPATIBLE_ORDER);
    }

    @Test
    void whatPowerCutOffCountsIfItWasSeen() {
        add(Outcome.UNKNOWN, append(X, 1), append(Y, 2));
        add(Outcome.UNKNOWN, append(X, 3));
        last(read(X, 1L), read(Y, 2L));
        assertThat(found()).isEmpty();
        history.removeLast();
        last(read(X, 1L), read(Y));
        assertThat(found()).contains(Anomaly.LOST_WRITE);
    }

    private Set<Anomaly> forbidden(IsolationLevel level) {
        Map<Anomaly, String> all = HistoryChecker.check(history);
        all.keySet().retainAll(Anomaly.forbidden(level));
        return all.keySet();
    }
}
