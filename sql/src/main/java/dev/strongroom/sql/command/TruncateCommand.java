package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.TableStatement.Truncate;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** TRUNCATE. */
final class TruncateCommand {
    private TruncateCommand() {}

    static String run(Truncate truncate, CommandSession session) {
        Commands.refuseReadOnly(session, "TRUNCATE TABLE");
        Map<Integer, TableDefinition> tables = new LinkedHashMap<>();
        Deque<TableDefinition> open = new ArrayDeque<>();
        for (ObjectName name : truncate.tables()) {
            open.add(Names.table(name, session));
        }
        while (!open.isEmpty()) {
            TableDefinition table = open.remove();
            if (tables.containsKey(table.oid())) {
                continue;
            }
            session.rights().require(table, Privilege.TRUNCATE);
            tables.put(table.oid(), Names.lock(table, TableLockMode.ACCESS_EXCLUSIVE, session));
            if (truncate.cascade()) {
                for (Constraint.ForeignKey key : session.snapshot().referencing(table.oid())) {
                    if (!tables.containsKey(key.tableOid())) {
                        TableDefinition other = Names.current(key.tableOid(), session);
                        session.notice(ErrorReport.notice("truncate cascades to table \"" + other.name() + "\""));
                        open.add(other);
                    }
                }
            }
        }
        for (TableDefinition table : tables.values()) {
            refuseReferenced(table, tables, session);
        }
        for (TableDefinition table : tables.values()) {
            session.database().table(session.snapshot().layout(table)).truncate(session.transaction());
            if (truncate.restartIdentity()) {
                for (SequenceDefinition sequence : session.snapshot().ownedSequences(table.oid())) {
                    session.database()
                            .sequences()
                            .set(sequence.sequenceId(), sequence.layout().start(), false);
                }
            }
        }
        return "TRUNCATE TABLE";
    }

    private static void refuseReferenced(
            TableDefinition table, Map<Integer, TableDefinition> tables, CommandSession session) {
        for (Constraint.ForeignKey key : session.snapshot().referencing(table.oid())) {
            if (!tables.containsKey(key.tableOid())) {
                TableDefinition other = Names.current(key.tableOid(), session);
                throw ErrorReport.error(
                                ErrorCode.FEATURE_NOT_SUPPORTED,
                                "cannot truncate a table referenced in a foreign key constraint")
                        .withDetail("Table \"" + other.name() + "\" references \"" + table.name() + "\".")
                        .withHint("Truncate table \"" + other.name()
                                + "\" at the same time, or use TRUNCATE ... CASCADE.")
                        .exception();
            }
        }
    }
}
