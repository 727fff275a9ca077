package dev.strongroom.storage.model;

import dev.strongroom.storage.table.BaseTableTest;
import dev.strongroom.storage.table.Database;

/** The reference behaves as stated. */
class ModelTableTest extends BaseTableTest {
    @Override
    protected Database open() {
        return new ModelDatabase();
    }
}
