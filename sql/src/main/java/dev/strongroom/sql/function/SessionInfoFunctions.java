package dev.strongroom.sql.function;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.Numeric;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Who, where and what: session, server and settings as functions; sizes in readable form. */
final class SessionInfoFunctions {
    private static final String[] UNITS = {"bytes", "kB", "MB", "GB", "TB", "PB"};
    private static final long FIRST_LIMIT = 10 * 1024;

    private SessionInfoFunctions() {}

    static void define(Definitions to) {
        to.general(
                "pg_cancel_backend",
                (call, arguments) ->
                        call.session().signalBackend((int) SystemCatalogFunctions.number(arguments, 0), false)
                                ? 1L
                                : 0L);
        to.general(
                "pg_terminate_backend",
                (call, arguments) ->
                        call.session().signalBackend((int) SystemCatalogFunctions.number(arguments, 0), true)
                                ? 1L
                                : 0L);
        session(to);
        databases(to);
        settings(to);
        standardTypes(to);
        to.general(
                "pg_size_pretty",
                (call, arguments) -> pretty(BigDecimal.valueOf(SystemCatalogFunctions.number(arguments, 0))));
        to.general(
                "pg_size_pretty_numeric",
                (call, arguments) -> pretty(((Numeric) java.util.Objects.requireNonNull(arguments[0])).toBigDecimal()));
        to.general("nameconcatoid", (call, arguments) -> {
            String suffix = "_" + SystemCatalogFunctions.number(arguments, 1);
            String name = SystemCatalogFunctions.text(arguments, 0);
            int room = 63 - suffix.length();
            return (name.length() > room ? name.substring(0, room) : name) + suffix;
        });
        to.general("pg_num_nulls", (call, arguments) -> count(arguments, true));
        to.general("pg_num_nonnulls", (call, arguments) -> count(arguments, false));
        to.general("pg_typeof", (call, arguments) ->
                (long) call.argumentTypes().getFirst().oid());
    }

    private static Object count(@Nullable Object[] arguments, boolean nulls) {
        long found = 0;
        for (Object argument : arguments) {
            found += (argument == null) == nulls ? 1 : 0;
        }
        return found;
    }

    private static void session(Definitions to) {
        to.general("pgsql_version", (call, arguments) -> {
            String version = call.session().setting("server_version");
            return "PostgreSQL " + (version == null ? "15.14 (Strongroom)" : version) + " on Java, 64-bit";
        });
        to.general("current_user", (call, arguments) -> call.session().currentUser());
        to.general("session_user", (call, arguments) -> call.session().sessionUser());
        to.general("current_database", (call, arguments) -> call.session().databaseName());
        to.general("pg_backend_pid", (call, arguments) -> (long) call.session().backendPid());
        to.general("pg_is_in_recovery", (call, arguments) -> 0L);
        to.general("pg_jit_available", (call, arguments) -> 0L);
        to.general("getdatabaseencoding", (call, arguments) -> "UTF8");
        to.general("pg_client_encoding", (call, arguments) -> "UTF8");
        to.general("row_security_active", (call, arguments) -> 0L);
        to.general("row_security_active_name", (call, arguments) -> 0L);
        to.general("pg_blocking_pids", (call, arguments) -> dev.strongroom.common.value.PgArray.empty(PgType.INT4));
        to.general("pg_relation_is_updatable", (call, arguments) -> {
            boolean table = call.session()
                    .systemContext()
                    .snapshot()
                    .relation((int) SystemCatalogFunctions.number(arguments, 0))
                    .filter(relation -> relation.relkind() == 'r')
                    .isPresent();
            return table ? 28L : 0L;
        });
        to.general("pg_column_is_updatable", (call, arguments) -> 1L);
    }

    private static void databases(Definitions to) {
        to.general("sr_db_name", (call, arguments) -> call.session().databaseName());
        to.general("sr_db_id", (call, arguments) -> (long) call.session().databaseOid());
        to.general(
                "sr_db_name_of",
                (call, arguments) -> call.session()
                        .systemContext()
                        .snapshot()
                        .shared()
                        .database((int) SystemCatalogFunctions.number(arguments, 0))
                        .map(database -> database.name())
                        .orElse(null));
        to.general(
                "sr_db_id_of",
                (call, arguments) -> call.session()
                        .systemContext()
                        .snapshot()
                        .shared()
                        .database(SystemCatalogFunctions.text(arguments, 0))
                        .map(database -> (long) database.oid())
                        .orElse(null));
    }

    private static void settings(Definitions to) {
        to.general("show_config_by_name", (call, arguments) -> {
            String name = SystemCatalogFunctions.text(arguments, 0);
            String value = call.session().setting(name);
            if (value == null) {
                throw ErrorReport.error(
                                ErrorCode.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"")
                        .exception();
            }
            return value;
        });
        to.general("show_config_by_name_missing_ok", (call, arguments) -> {
            String name = SystemCatalogFunctions.text(arguments, 0);
            String value = call.session().setting(name);
            if (value == null && SystemCatalogFunctions.number(arguments, 1) == 0) {
                throw ErrorReport.error(
                                ErrorCode.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"")
                        .exception();
            }
            return value;
        });
        to.general("set_config_by_name", (call, arguments) -> {
            if (arguments[0] == null) {
                throw ErrorReport.error(ErrorCode.NULL_VALUE_NOT_ALLOWED, "SET requires parameter name")
                        .exception();
            }
            String value = arguments[1] == null ? "" : (String) arguments[1];
            boolean local = arguments[2] != null && (Long) arguments[2] != 0;
            return call.session().setSetting((String) arguments[0], value, local);
        });
    }

    /** The helpers of {@code information_schema} that clients call themselves. */
    private static void standardTypes(Definitions to) {
        to.general("sr_char_max_length", (call, arguments) -> {
            long type = SystemCatalogFunctions.number(arguments, 0);
            long typmod = SystemCatalogFunctions.number(arguments, 1);
            boolean characters = type == PgType.VARCHAR.oid() || type == PgType.BPCHAR.oid();
            return typmod < 0 || !characters ? null : (Object) (typmod - 4);
        });
        to.general("sr_numeric_precision", (call, arguments) -> {
            int typmod = (int) SystemCatalogFunctions.number(arguments, 1);
            return switch ((int) SystemCatalogFunctions.number(arguments, 0)) {
                case 21 -> 16L;
                case 23 -> 32L;
                case 20 -> 64L;
                case 1700 -> typmod < 0 ? null : (Object) (long) Typmods.numericPrecision(typmod);
                case 700 -> 24L;
                case 701 -> 53L;
                default -> null;
            };
        });
        to.general("sr_numeric_scale", (call, arguments) -> {
            int typmod = (int) SystemCatalogFunctions.number(arguments, 1);
            return switch ((int) SystemCatalogFunctions.number(arguments, 0)) {
                case 20, 21, 23 -> 0L;
                case 1700 -> typmod < 0 ? null : (Object) (long) Typmods.numericScale(typmod);
                default -> null;
            };
        });
        to.general("sr_datetime_precision", (call, arguments) -> {
            long typmod = SystemCatalogFunctions.number(arguments, 1);
            return switch ((int) SystemCatalogFunctions.number(arguments, 0)) {
                case 1082 -> 0L;
                case 1083, 1114, 1184, 1266 -> typmod < 0 ? 6L : typmod;
                case 1186 -> typmod < 0 || (typmod & 0xffff) == 0xffff ? 6L : typmod & 0xffff;
                default -> null;
            };
        });
    }

    /** {@code pg_size_pretty}: the largest unit that keeps the number below 10240, rounded half away from zero. */
    private static String pretty(BigDecimal bytes) {
        BigInteger size = bytes.setScale(0, RoundingMode.HALF_UP).toBigInteger();
        if (size.abs().compareTo(BigInteger.valueOf(FIRST_LIMIT)) < 0) {
            return bytes.stripTrailingZeros().toPlainString() + " " + UNITS[0];
        }
        BigInteger half = size.divide(BigInteger.valueOf(512));
        int unit = 1;
        while (unit < UNITS.length - 1 && rounded(half).abs().compareTo(BigInteger.valueOf(FIRST_LIMIT)) >= 0) {
            half = half.divide(BigInteger.valueOf(1024));
            unit++;
        }
        return rounded(half) + " " + UNITS[unit];
    }

    private static BigInteger rounded(BigInteger halves) {
        BigInteger one = BigInteger.valueOf(halves.signum());
        return halves.add(one).divide(BigInteger.TWO);
    }
}
