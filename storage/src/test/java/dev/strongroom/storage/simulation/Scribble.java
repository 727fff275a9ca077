package dev.strongroom.storage.simulation;

import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.storage.database.StoredDatabase;
import dev.strongroom.storage.database.TableContent;
import dev.strongroom.storage.table.ColumnLayout;
import dev.strongroom.storage.table.Database;
import dev.strongroom.storage.table.KeyPart;
import dev.strongroom.storage.table.TableLayout;
import dev.strongroom.storage.table.Transaction;
import dev.strongroom.storage.table.TransactionOptions;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.List;

/** Writes into a copy of a database, and has it on the disk: whose keys and nonces are then used twice, if any are. */
final class Scribble {
    private static final int ROWS = 20;
    private static final TableLayout TABLE = new TableLayout(
            111,
            "public",
            "scribble",
            0,
            List.of(new ColumnLayout("id", PgType.INT8), new ColumnLayout("s", PgType.TEXT)),
            "",
            List.<KeyPart>of(),
            List.of());

    private Scribble() {}

    static void on(StoredDatabase<TableContent> copy, SeededRandomness random) {
        Database tables = copy.content().tables();
        for (int round = 0; round < 2; round++) {
            Transaction transaction = tables.begin(TransactionOptions.readCommitted());
            transaction.beginStatement();
            for (int i = 0; i < ROWS; i++) {
                Row row = new Row(2);
                row.setLong(0, random.nextLong());
                row.setRef(1, "x".repeat(random.below(900)));
                tables.table(TABLE).insert(transaction, row);
            }
            transaction.commit();
            copy.checkpoint();
        }
    }
}
