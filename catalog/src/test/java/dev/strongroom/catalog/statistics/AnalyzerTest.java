package dev.strongroom.catalog.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.TestingCatalog;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.table.Table;
import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class AnalyzerTest {
    private final TestingCatalog testing = new TestingCatalog();

    @Test
    void statisticsTellUniqueFromRepeatedValuesAndSurviveRestart() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition definition = TestingCatalog.createTable(ddl, "t");
        Table table = testing.database.table(ddl.snapshot().layout(definition));
        Row row = new Row(2);
        for (int i = 0; i < 1000; i++) {
            row.setLong(0, i);
            row.setRef(1, i % 10 == 0 ? null : i % 2 == 0 ? "even" : "odd");
            table.insert(ddl.storage(), row);
        }
        ddl.storage().beginStatement();
        TableStatistics found = new Analyzer(new Counting()).analyze(ddl.storage(), table, definition);
        testing.catalog.statistics().store(ddl.storage(), ddl.snapshot(), found);
        ddl.commit();

        assertThat(found.rows()).isEqualTo(1000);
        ColumnStatistics id = found.column(1).orElseThrow();
        assertThat(id.distinct()).isEqualTo(-1);
        assertThat(id.histogram()).hasSize(101).startsWith(0L).endsWith(999L);
        ColumnStatistics name = found.column(2).orElseThrow();
        assertThat(name.nullFraction()).isCloseTo(0.1, Offset.offset(0.0001));
        assertThat(name.distinct()).isEqualTo(2);
        assertThat(name.mostCommon()).containsExactly("odd", "even");

        testing.restart();
        assertThat(testing.catalog.statistics().find(definition.oid())).contains(found);
    }

    /** A sample of half the rows would say 3159 for the second column (estimator Duj1). */
    @Test
    void distinctValuesAreCountedInAllRowsNotGuessedFromTheSample() {
        CatalogTransaction ddl = testing.begin();
        TableDefinition definition = TestingCatalog.createTable(ddl, "t");
        Table table = testing.database.table(ddl.snapshot().layout(definition));
        Row row = new Row(2);
        int rows = 2 * Analyzer.SAMPLE_ROWS;
        for (int i = 0; i < rows; i++) {
            row.setLong(0, i);
            row.setRef(1, i % 10 == 0 ? "once " + i : "often");
            table.insert(ddl.storage(), row);
        }
        ddl.storage().beginStatement();
        TableStatistics found = new Analyzer(new Counting()).analyze(ddl.storage(), table, definition);
        assertThat(found.column(1).orElseThrow().distinct()).isEqualTo(-1);
        assertThat(found.column(2).orElseThrow().distinct()).isCloseTo(6001, Offset.offset(200.0));
        ddl.commit();
    }

    /** Chance without surprise. */
    private static final class Counting implements Randomness {
        private long next;

        @Override
        public void fill(byte[] bytes) {
            Arrays.fill(bytes, (byte) next++);
        }

        @Override
        public long nextLong() {
            return next++;
        }
    }
}
