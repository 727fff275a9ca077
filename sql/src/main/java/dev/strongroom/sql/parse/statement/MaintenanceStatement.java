package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** VACUUM, ANALYZE and other housekeeping; notification; DO; CALL. */
public sealed interface MaintenanceStatement extends Statement {
    /** VACUUM; options lower-cased (full, freeze, verbose, analyze, …). */
    record Vacuum(List<Option> options, List<TableColumns> tables) implements MaintenanceStatement {
        public Vacuum {
            options = List.copyOf(options);
            tables = List.copyOf(tables);
        }
    }

    record Analyze(List<Option> options, List<TableColumns> tables) implements MaintenanceStatement {
        public Analyze {
            options = List.copyOf(options);
            tables = List.copyOf(tables);
        }
    }

    /** A table with columns, which may be empty for all. */
    record TableColumns(ObjectName table, List<String> columns) {
        public TableColumns {
            columns = List.copyOf(columns);
        }
    }

    /** REINDEX; {@code kind} is INDEX, TABLE, SCHEMA or DATABASE (also for SYSTEM). */
    record Reindex(ObjectKind kind, @Nullable ObjectName name, boolean concurrently) implements MaintenanceStatement {}

    record Cluster(@Nullable ObjectName table) implements MaintenanceStatement {}

    record Checkpoint() implements MaintenanceStatement {}

    /** EXEC sp_clean_db_free_space 'database'. */
    record CleanFreeSpace(String database) implements MaintenanceStatement {}

    record Listen(String channel) implements MaintenanceStatement {}

    /** UNLISTEN; null is {@code *}. */
    record Unlisten(@Nullable String channel) implements MaintenanceStatement {}

    record Notify(String channel, @Nullable String payload) implements MaintenanceStatement {}

    record Call(SqlNode call) implements MaintenanceStatement {}

    /** Whether it shrinks or repairs, as against what goes on beside work all the time. */
    default boolean rebuilds() {
        return switch (this) {
            case Cluster ignored -> true;
            case Reindex ignored -> true;
            case Vacuum vacuum ->
                vacuum.options().stream().anyMatch(option -> option.name().equals("full"));
            default -> false;
        };
    }
}
