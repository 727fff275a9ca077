package dev.strongroom.sql.parse.statement;

import java.util.List;

/** SET, RESET, SHOW, DISCARD. */
public sealed interface SettingStatement extends Statement {
    /**
     * SET name TO values.
     *
     * @param name lower-cased; SET TIME ZONE is {@code timezone}, SET NAMES {@code client_encoding}, SET SCHEMA
     *     {@code search_path}, SET ROLE {@code role}, SET SESSION AUTHORIZATION {@code session_authorization}
     * @param values as text without quotes; empty for DEFAULT
     * @param local SET LOCAL
     */
    record Set(String name, List<String> values, boolean local) implements SettingStatement {
        public Set {
            values = List.copyOf(values);
        }
    }

    record Reset(String name) implements SettingStatement {}

    record ResetAll() implements SettingStatement {}

    record Show(String name) implements SettingStatement {}

    record ShowAll() implements SettingStatement {}

    /** DISCARD. */
    record Discard(Target target) implements SettingStatement {}

    /** What DISCARD throws away. */
    enum Target {
        ALL,
        PLANS,
        SEQUENCES,
        TEMP
    }

    /** ALTER SYSTEM SET/RESET. */
    record AlterSystem(SettingStatement setting) implements SettingStatement {}

    /** EXEC sp_configure 'name', value. */
    record Configure(String name, String value) implements SettingStatement {}

    /** RECONFIGURE [WITH OVERRIDE]. */
    record Reconfigure() implements SettingStatement {}

    /** DBCC TRACEON/TRACEOFF (n, -1): accepted and ignored with a notice. */
    record TraceFlag(boolean on, List<Long> flags) implements SettingStatement {
        public TraceFlag {
            flags = List.copyOf(flags);
        }
    }
}
