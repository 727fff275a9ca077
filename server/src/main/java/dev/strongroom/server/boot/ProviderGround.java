package dev.strongroom.server.boot;

import dev.strongroom.catalog.key.ProviderReach;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.sql.session.SqlEngine;
import java.util.Collection;
import java.util.Optional;

/** The databases of this process, for {@link ProviderWatch}. */
record ProviderGround(ProviderReach reach, Databases opened, SqlEngine engine) implements ProviderWatch.Ground {
    @Override
    public Collection<Integer> databases() {
        return reach.databases().stream().filter(opened::isWanted).toList();
    }

    @Override
    public boolean isOpen(int databaseOid) {
        return opened.find(databaseOid).isPresent();
    }

    @Override
    public long checkpoint(int databaseOid) {
        return opened.source(databaseOid)
                .map(source -> source.boot().current().checkpointLsn())
                .orElse(0L);
    }

    @Override
    public Optional<DatabaseException> failure(int databaseOid) {
        return reach.failure(databaseOid);
    }

    @Override
    public void shut(int databaseOid) {
        engine.shut(databaseOid, () -> opened.close(databaseOid));
    }

    @Override
    public void open(int databaseOid) {
        var _ = opened.open(databaseOid);
    }

    @Override
    public void changed(int databaseOid, ProviderWatch.Change change) {
        opened.auditProvider(databaseOid, change);
    }
}
