package dev.strongroom.sql.execute;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Randomness;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.function.SessionContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What immutable expressions see instead of a session: default formats, and an error for everything else. */
final class NoSession implements SessionContext {
    static final NoSession INSTANCE = new NoSession();

    private NoSession() {}

    private static DatabaseException outside() {
        return new DatabaseException(
                ErrorCode.FEATURE_NOT_SUPPORTED, "this function is not supported outside a session");
    }

    @Override
    public TypeContext typeContext() {
        return TypeContext.DEFAULT;
    }

    @Override
    public CancelFlag cancel() {
        return new CancelFlag();
    }

    @Override
    public void notice(ErrorReport notice) {}

    @Override
    public long transactionMicros() {
        throw outside();
    }

    @Override
    public long statementMicros() {
        throw outside();
    }

    @Override
    public long clockMicros() {
        throw outside();
    }

    @Override
    public Randomness randomness() {
        throw outside();
    }

    @Override
    public String currentUser() {
        throw outside();
    }

    @Override
    public String sessionUser() {
        throw outside();
    }

    @Override
    public String databaseName() {
        throw outside();
    }

    @Override
    public int databaseOid() {
        throw outside();
    }

    @Override
    public int backendPid() {
        throw outside();
    }

    @Override
    public @Nullable String setting(String name) {
        throw outside();
    }

    @Override
    public String setSetting(String name, String value, boolean local) {
        throw outside();
    }

    @Override
    public List<Row> systemRows(int relationOid) {
        throw outside();
    }
}
