package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.statistics.Analyzer;
import dev.strongroom.catalog.statistics.TableStatistics;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.MaintenanceStatement.TableColumns;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.TableStatement.Lock;
import dev.strongroom.storage.table.Table;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.WaitPolicy;
import java.util.ArrayList;
import java.util.List;

/** VACUUM, ANALYZE, REINDEX, CHECKPOINT, LOCK and what else keeps house. */
final class MaintenanceCommands {
    private MaintenanceCommands() {}

    static String run(MaintenanceStatement statement, CommandSession session) {
        return switch (statement) {
            case MaintenanceStatement.Vacuum vacuum -> vacuum(vacuum, session);
            case MaintenanceStatement.Analyze analyze -> {
                analyze(analyze.tables(), session);
                yield "ANALYZE";
            }
            case MaintenanceStatement.Reindex reindex -> reindex(reindex, session);
            case MaintenanceStatement.Cluster cluster -> {
                if (cluster.table() != null) {
                    Names.table(cluster.table(), session);
                }
                yield "CLUSTER";
            }
            case MaintenanceStatement.Checkpoint ignored -> {
                if (!session.rights().superuser()) {
                    throw ErrorReport.error(
                                    ErrorCode.INSUFFICIENT_PRIVILEGE,
                                    "must be superuser or have privileges of pg_checkpoint to do CHECKPOINT")
                            .exception();
                }
                session.databases().checkpoint();
                yield "CHECKPOINT";
            }
            case MaintenanceStatement.CleanFreeSpace clean -> {
                session.refuseInBlock("sp_clean_db_free_space");
                CancelFlag cancel = session.transaction().options().cancel();
                session.databases()
                        .eraseResidue(
                                DatabaseCommands.owned(clean.database(), session)
                                        .oid(),
                                (done, total) -> cancel.check());
                yield "EXECUTE";
            }
            default -> throw Commands.unsupported("CALL");
        };
    }

    /** Old versions are removed by the cleaner all the time: there is nothing to do but to check the names. */
    private static String vacuum(MaintenanceStatement.Vacuum vacuum, CommandSession session) {
        session.refuseInBlock("VACUUM");
        for (Option option : vacuum.options()) {
            switch (option.name()) {
                case "full",
                        "freeze",
                        "verbose",
                        "analyze",
                        "disable_page_skipping",
                        "skip_locked",
                        "index_cleanup" -> {}
                case "process_toast", "truncate", "parallel" -> {}
                default ->
                    throw ErrorReport.error(
                                    ErrorCode.SYNTAX_ERROR, "unrecognized VACUUM option \"" + option.name() + "\"")
                            .withPosition(option.position())
                            .exception();
            }
        }
        vacuum.tables().forEach(table -> check(table, session));
        boolean analyze =
                vacuum.options().stream().anyMatch(option -> option.name().equals("analyze"));
        if (analyze) {
            analyze(vacuum.tables(), session);
        }
        return "VACUUM";
    }

    /** Samples the named tables, or all the user may; what is found stays with the transaction's commit. */
    private static void analyze(List<TableColumns> tables, CommandSession session) {
        tables.forEach(table -> check(table, session));
        List<TableDefinition> chosen = new ArrayList<>();
        if (tables.isEmpty()) {
            for (Relation relation : session.snapshot().relations()) {
                if (relation instanceof TableDefinition table
                        && !table.temporary()
                        && session.rights().owns(table)) {
                    chosen.add(table);
                }
            }
        } else {
            for (TableColumns table : tables) {
                if (Names.relation(table.table(), session) instanceof TableDefinition definition) {
                    chosen.add(definition);
                }
            }
        }
        Analyzer analyzer = new Analyzer(session.randomness());
        for (TableDefinition table : chosen) {
            Table storage = session.database().table(session.snapshot().layout(table));
            TableStatistics found = analyzer.analyze(session.transaction(), storage, table);
            session.catalog().statistics().store(session.transaction(), session.snapshot(), found);
        }
    }

    private static void check(TableColumns table, CommandSession session) {
        Relation relation = Names.relation(table.table(), session);
        for (String name : table.columns()) {
            Column column = Names.column(relation, name);
            EncryptedColumns.refuseRandomized(column.pgType(), name);
        }
        if (!(relation instanceof TableDefinition)) {
            session.notice(ErrorReport.warning(
                    ErrorCode.WARNING,
                    "skipping \"" + relation.name() + "\" --- cannot vacuum non-tables or special system tables"));
        }
    }

    private static String reindex(MaintenanceStatement.Reindex reindex, CommandSession session) {
        if (reindex.name() == null || reindex.kind() == ObjectKind.SCHEMA || reindex.kind() == ObjectKind.DATABASE) {
            session.refuseInBlock("REINDEX " + reindex.kind().tag());
            return "REINDEX";
        }
        Relation relation = Names.relation(reindex.name(), session);
        if (reindex.kind() == ObjectKind.INDEX) {
            if (!(relation instanceof IndexDefinition index)) {
                throw ErrorReport.error(ErrorCode.WRONG_OBJECT_TYPE, "\"" + relation.name() + "\" is not an index")
                        .exception();
            }
            TableDefinition table = Names.current(index.tableOid(), session);
            session.rights().requireOwner(table);
            Names.lock(table, TableLockMode.ACCESS_EXCLUSIVE, session);
            rebuild(List.of(index), table, session);
            return "REINDEX";
        }
        TableDefinition table = Names.table(reindex.name(), session);
        session.rights().requireOwner(table);
        table = Names.lock(table, TableLockMode.ACCESS_EXCLUSIVE, session);
        rebuild(session.snapshot().indexes(table.oid()), table, session);
        return "REINDEX";
    }

    private static void rebuild(List<IndexDefinition> indexes, TableDefinition table, CommandSession session) {
        for (IndexDefinition index : indexes) {
            if (index.oid() == table.clusterIndexOid()) {
                continue;
            }
            session.ddl().replace(index.withTree(session.ddl().createTree()).withValid(true));
            IndexCommands.build(table.oid(), index.oid(), session);
            session.database().dropTree(session.transaction(), index.treeId());
        }
    }

    static String lock(Lock lock, CommandSession session) {
        session.requireBlock("LOCK TABLE");
        for (var name : lock.tables()) {
            TableDefinition table = Names.table(name, session);
            TableLockMode mode = TableLockMode.valueOf(lock.mode().name());
            Privilege needed = mode == TableLockMode.ACCESS_SHARE ? Privilege.SELECT : Privilege.UPDATE;
            session.rights().require(table, needed);
            if (lock.noWait()) {
                lockAtOnce(table, mode, session);
            } else {
                session.ddl().storage().lockTable(table.treeId(), mode, WaitPolicy.WAIT);
            }
        }
        return "LOCK TABLE";
    }

    /** Storage knows the trees of tables, not their names: the refusal is worded here. */
    private static void lockAtOnce(TableDefinition table, TableLockMode mode, CommandSession session) {
        try {
            session.ddl().storage().lockTable(table.treeId(), mode, WaitPolicy.FAIL);
        } catch (DatabaseException refused) {
            if (refused.code() != ErrorCode.LOCK_NOT_AVAILABLE) {
                throw refused;
            }
            throw ErrorReport.error(
                            ErrorCode.LOCK_NOT_AVAILABLE, "could not obtain lock on relation \"" + table.name() + "\"")
                    .exception(refused);
        }
    }
}
