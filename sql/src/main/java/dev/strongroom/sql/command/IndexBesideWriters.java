package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.storage.table.TableLockMode;

/**
 * CREATE INDEX CONCURRENTLY: beside writers, in transactions of its own. The first makes an index that is not valid; once those
 * who write without knowing of it have ended, all keep it in step, and the second fills it and makes it valid. Whatever happens
 * in between leaves an index that nobody reads by, and that DROP INDEX takes away.
 */
final class IndexBesideWriters {
    private IndexBesideWriters() {}

    /** It commits on the way: nothing else may be under way in its transaction. */
    static void refuseInBlock(String command, CommandSession session) {
        session.refuseInBlock(command);
        if (session.ddl().changed() || session.ddl().storage().id() != 0) {
            throw ErrorReport.error(
                            ErrorCode.ACTIVE_SQL_TRANSACTION, command + " cannot run inside a transaction block")
                    .exception();
        }
    }

    /** Fills an index that the running transaction has made, or another before it. */
    static void complete(int tableOid, int indexOid, CommandSession session) {
        session.nextTransaction();
        TableDefinition table = Names.lock(
                (TableDefinition) session.snapshot().relation(tableOid).orElseThrow(() -> gone("table")),
                TableLockMode.SHARE_UPDATE_EXCLUSIVE,
                session);
        session.ddl().storage().awaitHolders(table.treeId(), TableLockMode.SHARE);
        IndexDefinition index =
                (IndexDefinition) session.snapshot().relation(indexOid).orElseThrow(() -> gone("index"));
        int number = session.snapshot().storedIndexNumber(table, indexOid);
        session.database()
                .table(session.snapshot().layout(table))
                .buildIndexBesideWriters(session.transaction(), number);
        session.ddl().replace(index.withValid(true));
    }

    private static RuntimeException gone(String what) {
        return ErrorReport.error(
                        ErrorCode.UNDEFINED_OBJECT, "the " + what + " was dropped before the index could be filled")
                .exception();
    }
}
