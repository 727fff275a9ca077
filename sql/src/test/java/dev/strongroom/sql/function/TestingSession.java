package dev.strongroom.sql.function;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.testkit.random.SeededRandomness;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session with fixed clocks and no catalog. */
public final class TestingSession implements SessionContext {
    private final CancelFlag cancel = new CancelFlag();
    private final Randomness randomness = new SeededRandomness(42);

    @Override
    public long transactionMicros() {
        return 0;
    }

    @Override
    public long statementMicros() {
        return 0;
    }

    @Override
    public long clockMicros() {
        return 0;
    }

    @Override
    public Randomness randomness() {
        return randomness;
    }

    @Override
    public TypeContext typeContext() {
        return TypeContext.DEFAULT;
    }

    @Override
    public CancelFlag cancel() {
        return cancel;
    }

    @Override
    public String currentUser() {
        return "postgres";
    }

    @Override
    public String sessionUser() {
        return "postgres";
    }

    @Override
    public String databaseName() {
        return "postgres";
    }

    @Override
    public int databaseOid() {
        return 5;
    }

    @Override
    public int backendPid() {
        return 1;
    }

    @Override
    public @Nullable String setting(String name) {
        return null;
    }

    @Override
    public String setSetting(String name, String value, boolean local) {
        return value;
    }

    @Override
    public void notice(ErrorReport notice) {}

    @Override
    public List<Row> systemRows(int relationOid) {
        return List.of();
    }
}
