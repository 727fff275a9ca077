package dev.strongroom.storage.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strongroom.common.time.ThreadScheduler;
import dev.strongroom.storage.log.LogRecord;
import dev.strongroom.storage.log.RecordKind;
import dev.strongroom.storage.log.RecordWriter;
import dev.strongroom.testkit.random.SeededTest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Redo by several threads: order within a page, freedom between pages (storage design, section 8). */
class RedoPartitionsTest extends SeededTest {
    private static final int PAGES = 200;

    private final RecordWriter writer = new RecordWriter();

    private byte[] record(long... pages) {
        writer.begin(RecordKind.SPACE, 0, 0, 0, false);
        for (long page : pages) {
            writer.section(page, 0).putInt(1);
        }
        int length = writer.finish();
        return java.util.Arrays.copyOf(writer.bytes(), length);
    }

    @Test
    void eachPageSeesItsChangesInLogOrderWhateverThreadsThereAre() {
        Map<Long, Long> last = new ConcurrentHashMap<>();
        Map<Long, String> owner = new ConcurrentHashMap<>();
        Set<String> threads = ConcurrentHashMap.newKeySet();
        long[] wanted = new long[PAGES];
        RedoPartitions partitions =
                new RedoPartitions(4, new ThreadScheduler((role, problem) -> {}), (record, section) -> {
                    long page = record.page(section);
                    Long before = last.put(page, record.lsn());
                    assertThat(before == null || before < record.lsn()).isTrue();
                    String thread = Thread.currentThread().getName();
                    threads.add(thread);
                    assertThat(owner.computeIfAbsent(page, p -> thread)).isEqualTo(thread);
                });
        try {
            LogRecord record = new LogRecord();
            for (long lsn = 1; lsn <= 20_000; lsn++) {
                long first = random().below(PAGES);
                long second = (first + 1 + random().below(PAGES - 1)) % PAGES;
                record.at(record(first, second), 0, lsn);
                partitions.add(record, 0);
                partitions.add(record, 1);
                wanted[(int) first] = lsn;
                wanted[(int) second] = lsn;
            }
            partitions.finish();
        } finally {
            partitions.close();
        }
        for (long page = 0; page < PAGES; page++) {
            assertThat(last.get(page)).isEqualTo(wanted[(int) page]);
        }
        assertThat(threads).hasSize(4);
    }

    @Test
    void whatOneThreadFindsWrongEndsItAll() {
        IllegalStateException wrong = new IllegalStateException("page 7 is wrong");
        RedoPartitions partitions =
                new RedoPartitions(3, new ThreadScheduler((role, problem) -> {}), (record, section) -> {
                    if (record.page(section) == 7) {
                        throw wrong;
                    }
                });
        try {
            assertThatThrownBy(() -> {
                        LogRecord record = new LogRecord();
                        for (long lsn = 1; lsn < 1_000_000; lsn++) {
                            record.at(record(lsn % 10), 0, lsn);
                            partitions.add(record, 0);
                        }
                        partitions.finish();
                    })
                    .isSameAs(wrong);
        } finally {
            partitions.close();
        }
    }
}
