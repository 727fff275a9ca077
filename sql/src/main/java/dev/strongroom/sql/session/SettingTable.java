package dev.strongroom.sql.session;

import dev.strongroom.sql.session.SettingDefinition.Context;
import dev.strongroom.sql.session.SettingDefinition.Kind;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings every session has: names, defaults and rules of PostgreSQL 15. */
final class SettingTable {
    /** name | kind | initial | unit | min..max or choices | context | r = reported | description. */
    private static final String TABLE = """
            application_name|text|||-|user|r|Sets the application name to be reported in statistics and logs.
            array_nulls|bool|on||-|user||Enable input of NULL elements in arrays.
            backslash_quote|enum|safe_encoding||safe_encoding,on,off|user||Sets whether a backslash may quote.
            block_size|int|8192||8192..8192|internal||Shows the size of a disk block.
            bytea_output|enum|hex||hex,escape|user||Sets the output format for bytea.
            check_function_bodies|bool|on||-|user||Check routine bodies during CREATE FUNCTION and CREATE PROCEDURE.
            client_encoding|text|UTF8||-|user|r|Sets the client's character set encoding.
            client_min_messages|enum|notice||debug5,debug4,debug3,debug2,debug1,log,notice,warning,error|user||Least level sent.
            constraint_exclusion|enum|partition||partition,on,off|user||Uses constraints in planning.
            cursor_tuple_fraction|real|0.1||-|user||Sets the part of a cursor's rows expected to be fetched.
            data_checksums|bool|on||-|internal||Shows whether data checksums are turned on for this cluster.
            DateStyle|text|ISO, MDY||-|user|r|Sets the display format for date and time values.
            deadlock_timeout|int|1000|ms|1..2147483647|superuser||Sets the wait before a deadlock check.
            default_statistics_target|int|100||1..10000|user||Sets the default statistics target.
            default_table_access_method|text|heap||-|user||Sets the default table access method for new tables.
            default_tablespace|text|||-|user||Sets the default tablespace to create tables and indexes in.
            default_text_search_config|text|pg_catalog.simple||-|user||Sets default text search configuration.
            default_toast_compression|enum|pglz||pglz,lz4|user||Sets the compression method of values.
            default_transaction_deferrable|bool|off||-|user||Sets the default deferrable status of new transactions.
            default_transaction_isolation|enum|read committed||serializable,repeatable read,read committed,read uncommitted|user||New ones.
            default_transaction_read_only|bool|off||-|user|r|Sets the default read-only status of new transactions.
            effective_cache_size|int|524288|8kB|1..2147483647|user||Sets the assumed size of all caches.
            enable_bitmapscan|bool|on||-|user||Enables the planner's use of bitmap-scan plans.
            enable_hashagg|bool|on||-|user||Enables the planner's use of hashed aggregation plans.
            enable_hashjoin|bool|on||-|user||Enables the planner's use of hash join plans.
            enable_indexonlyscan|bool|on||-|user||Enables the planner's use of index-only-scan plans.
            enable_indexscan|bool|on||-|user||Enables the planner's use of index-scan plans.
            enable_material|bool|on||-|user||Enables the planner's use of materialization.
            enable_mergejoin|bool|on||-|user||Enables the planner's use of merge join plans.
            enable_nestloop|bool|on||-|user||Enables the planner's use of nested-loop join plans.
            enable_seqscan|bool|on||-|user||Enables the planner's use of sequential-scan plans.
            enable_sort|bool|on||-|user||Enables the planner's use of explicit sort steps.
            escape_string_warning|bool|on||-|user||Warn about backslash escapes in ordinary string literals.
            extra_float_digits|int|1||-15..3|user||Sets the number of digits displayed for floating-point values.
            force_parallel_mode|enum|off||off,on,regress|user||Forces use of parallel query facilities.
            from_collapse_limit|int|8||1..2147483647|user||Sets the longest FROM list that is flattened.
            geqo|bool|on||-|user||Enables genetic query optimization.
            gin_fuzzy_search_limit|int|0||0..2147483647|user||Sets the maximum allowed result for exact search by GIN.
            idle_in_transaction_session_timeout|int|0|ms|0..2147483647|user||Limits idle time in a transaction.
            idle_session_timeout|int|0|ms|0..2147483647|user||Limits idle time between queries.
            in_hot_standby|bool|off||-|internal|r|Shows whether hot standby is currently active.
            integer_datetimes|bool|on||-|internal|r|Shows whether datetimes are integer based.
            IntervalStyle|enum|postgres||postgres,postgres_verbose,sql_standard,iso_8601|user|r|Display of intervals.
            is_superuser|bool|off||-|internal|r|Shows whether the current user is a superuser.
            jit|bool|off||-|user||Allow JIT compilation.
            join_collapse_limit|int|8||1..2147483647|user||Sets the longest join list that is flattened.
            lc_collate|text|C.UTF-8||-|internal||Shows the collation order locale.
            lc_ctype|text|C.UTF-8||-|internal||Shows the character classification and case conversion locale.
            lc_messages|text|C||-|superuser||Sets the language in which messages are displayed.
            lc_monetary|text|C||-|user||Sets the locale for formatting monetary amounts.
            lc_numeric|text|C||-|user||Sets the locale for formatting numbers.
            lc_time|text|C||-|user||Sets the locale for formatting date and time values.
            lock_timeout|int|0|ms|0..2147483647|user||Sets the maximum allowed duration of any wait for a lock.
            log_min_duration_statement|int|-1|ms|-1..2147483647|superuser||Logs statements that run longer.
            log_statement|enum|none||none,ddl,mod,all|superuser||Sets the type of statements logged.
            maintenance_work_mem|int|65536|kB|1024..2147483647|user||Sets the memory of maintenance operations.
            max_connections|int|200||1..262143|postmaster||Sets the maximum number of concurrent connections.
            max_identifier_length|int|63||63..63|internal||Shows the maximum identifier length.
            max_index_keys|int|32||32..32|internal||Shows the maximum number of index keys.
            max_parallel_workers_per_gather|int|0||0..1024|user||Sets the most parallel processes per node.
            max_prepared_transactions|int|0||0..262143|postmaster||Sets the most prepared transactions.
            parallel_leader_participation|bool|on||-|user||Controls whether Gather and Gather Merge also run subplans.
            parallel_setup_cost|real|1000||-|user||Sets the cost of starting worker processes.
            parallel_tuple_cost|real|0.1||-|user||Sets the cost of passing a tuple to the leader.
            password_encryption|enum|scram-sha-256||scram-sha-256|user||Chooses the algorithm for encrypting passwords.
            plan_cache_mode|enum|auto||auto,force_generic_plan,force_custom_plan|user||Generic or custom plans.
            quote_all_identifiers|bool|off||-|user||When generating SQL fragments, quote all identifiers.
            random_page_cost|real|4||-|user||Sets the cost of a page fetched out of order.
            role|text|none||-|user|r|Sets the current role.
            row_security|bool|on||-|user||Enable row security.
            search_path|text|"$user", public||-|user|r|Sets the order in which schemas are searched.
            seed|text|unavailable||-|user||Sets the seed for random-number generation.
            segment_size|int|131072||131072..131072|internal||Shows the number of pages per disk file.
            seq_page_cost|real|1||-|user||Sets the planner's estimate of the cost of a sequentially fetched disk page.
            server_encoding|text|UTF8||-|internal|r|Shows the server (database) character set encoding.
            server_version|text|15.14||-|internal|r|Shows the server version.
            server_version_num|int|150014||150014..150014|internal||Shows the server version as an integer.
            session_authorization|text|||-|internal|r|Sets the session user name.
            session_replication_role|enum|origin||origin,replica,local|superuser||Sets how triggers and rules behave.
            shared_buffers|int|16384|8kB|16..1073741823|postmaster||Sets the number of shared buffers.
            ssl|bool|on||-|postmaster||Enables SSL connections.
            standard_conforming_strings|bool|on||-|user|r|Causes '...' strings to treat backslashes literally.
            statement_timeout|int|0|ms|0..2147483647|user||Sets the maximum allowed duration of any statement.
            strongroom.ae_epoch|text|0||-|internal|r|Moves when something changes that an encrypting client caches.
            strongroom.allow_encrypted_value_modifications|bool|off||-|superuser||Loads encrypted cells as they are.
            strongroom.column_encryption|enum|off||off,results,on|user|r|Sends and accepts encrypted cells with their envelope.
            strongroom.database|text|||-|internal|r|Name of the session's database.
            strongroom.decorrelation|enum|by_cost||by_cost,off,always|user||Makes joins of queries in expressions.
            strongroom.strict_column_key_visibility|bool|off||-|superuser||Hides column keys from PUBLIC in a database (ALTER DATABASE).
            strongroom.system_identifier|text|||-|internal|r|Identifies this server.
            synchronous_commit|enum|on||local,remote_write,remote_apply,on,off|user||Sets when a commit is answered.
            synchronize_seqscans|bool|on||-|user||Enable synchronized sequential scans.
            tcp_keepalives_idle|int|0|s|0..2147483647|user||Time between issuing TCP keepalives.
            temp_buffers|int|1024|8kB|100..1073741823|user||Sets the most temporary buffers.
            TimeZone|text|UTC||-|user|r|Sets the time zone for displaying and interpreting time stamps.
            timezone_abbreviations|text|Default||-|user||Selects a file of time zone abbreviations.
            transaction_deferrable|bool|off||-|user||Whether to defer a read-only serializable transaction.
            transaction_isolation|enum|read committed||serializable,repeatable read,read committed,read uncommitted|user||Present one.
            transaction_read_only|bool|off||-|user||Sets the current transaction's read-only status.
            transform_null_equals|bool|off||-|user||Treats "expr=NULL" as "expr IS NULL".
            vacuum_cost_delay|real|0||-|user||Vacuum cost delay in milliseconds.
            wal_level|enum|replica||minimal,replica,logical|postmaster||Sets how much the log holds.
            work_mem|int|4096|kB|64..2147483647|user||Sets the maximum memory to be used for query workspaces.
            xmlbinary|enum|base64||base64,hex|user||Sets how binary values are to be encoded in XML.
            xmloption|enum|content||content,document|user||Sets whether XML data is documents or content fragments.
            zero_damaged_pages|bool|off||-|superuser||Continues processing past damaged page headers.
            """;

    private static final Map<String, SettingDefinition> ALL = load();

    private SettingTable() {}

    static @Nullable SettingDefinition find(String name) {
        return ALL.get(name.toLowerCase(Locale.ROOT));
    }

    /** All settings by lower-case name. */
    static Collection<SettingDefinition> all() {
        return ALL.values();
    }

    private static Map<String, SettingDefinition> load() {
        Map<String, SettingDefinition> all = new TreeMap<>();
        TABLE.lines().forEach(line -> {
            SettingDefinition definition = definition(line.split("\\|", -1));
            all.put(definition.name().toLowerCase(Locale.ROOT), definition);
        });
        return all;
    }

    private static SettingDefinition definition(String[] fields) {
        Kind kind = switch (fields[1]) {
            case "bool" -> Kind.BOOLEAN;
            case "int" -> Kind.INTEGER;
            case "real" -> Kind.REAL;
            case "enum" -> Kind.ENUMERATION;
            default -> Kind.TEXT;
        };
        String initial = fields[2];
        long minimum = 0;
        long maximum = 0;
        List<String> choices = List.of();
        if (kind == Kind.INTEGER) {
            String[] range = fields[4].split("\\.\\.");
            minimum = Long.parseLong(range[0]);
            maximum = Long.parseLong(range[1]);
            initial = SettingValues.show(fields[3], Long.parseLong(initial));
        } else if (kind == Kind.ENUMERATION) {
            choices = Arrays.asList(fields[4].split(","));
        }
        return new SettingDefinition(
                fields[0],
                kind,
                initial,
                fields[3],
                minimum,
                maximum,
                choices,
                Context.valueOf(fields[5].toUpperCase(Locale.ROOT)),
                fields[6].equals("r"),
                fields[7]);
    }
}
