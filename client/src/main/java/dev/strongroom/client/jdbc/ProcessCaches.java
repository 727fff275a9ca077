package dev.strongroom.client.jdbc;

import dev.strongroom.client.key.ColumnKeyCache;
import dev.strongroom.client.statement.KeyDirectory;
import dev.strongroom.client.statement.PlanCache;

/**
 * What all connections of the process share.
 *
 * @param keys opened column keys
 * @param plans statement descriptions
 * @param directory encrypted column keys by id and version
 */
public record ProcessCaches(ColumnKeyCache keys, PlanCache plans, KeyDirectory directory) {
    public ProcessCaches() {
        this(new ColumnKeyCache(), new PlanCache(), new KeyDirectory());
    }
}
