package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.key.Grantable;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeySession;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.pgview.SystemContext;
import org.jspecify.annotations.Nullable;

/** Who looks at a view, and what that user may see (TDE-201, TDE-36). */
record Viewer(KeyRequest request) {
    /** Microseconds from 1970 to 2000, where PostgreSQL's timestamps start. */
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;

    private static final long MILLI = 1000;

    static Viewer of(SystemContext context) {
        return new Viewer(new KeyRequest(
                context.snapshot().databaseOid(),
                context.currentUserOid(),
                context.snapshot().shared(),
                new KeySession(),
                notice -> {}));
    }

    int databaseOid() {
        return request.databaseOid();
    }

    boolean seesServerState() {
        return request.controlsServer();
    }

    boolean sees(Grantable holder) {
        return request.sees(holder);
    }

    boolean controls(int databaseOid) {
        return request.controls(databaseOid);
    }

    /** Own, current, master and tempdb; everything for those who control the server (TDE-209). */
    boolean sees(DatabaseDefinition database) {
        return request.controls(database.oid())
                || database.oid() == databaseOid()
                || database.oid() == DatabaseDefinition.MASTER
                || database.oid() == DatabaseDefinition.TEMPDB;
    }

    /** A timestamp(3) from microseconds since 1970; null for 0, which means never. */
    static @Nullable Long timestamp(long epochMicros) {
        return epochMicros == 0 ? null : Math.floorDiv(epochMicros - EPOCH_2000_MICROS, MILLI) * MILLI;
    }
}
