package dev.strongroom.sql.command.backup;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.statement.BackupStatement.BackupOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The WITH options of one statement. */
final class Options {
    /** Microseconds from 1970 to 2000, where PostgreSQL's timestamps start. */
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;

    private static final List<List<String>> OPPOSITES = List.of(
            List.of("RECOVERY", "NORECOVERY"),
            List.of("INIT", "NOINIT"),
            List.of("FORMAT", "NOFORMAT"),
            List.of("CHECKSUM", "NO_CHECKSUM"),
            List.of("COMPRESSION", "NO_COMPRESSION"),
            List.of("COPY_ONLY", "DIFFERENTIAL"),
            List.of("STOPAT", "STOPATMARK"),
            List.of("STOPAT", "STOPBEFOREMARK"),
            List.of("STOPATMARK", "STOPBEFOREMARK"),
            List.of("EXPIREDATE", "RETAINDAYS"));

    /** Of a statement that has none. */
    static final Options NONE = new Options("", List.of(), Set.of());

    private final Map<String, BackupOption> options = new HashMap<>();

    /** @throws DatabaseException 3031 where two exclude each other, 42601 where one does not belong to the statement */
    Options(String statement, List<BackupOption> given, Set<String> allowed) {
        for (BackupOption option : given) {
            if (!allowed.contains(option.name())) {
                throw new DatabaseException(
                        ErrorCode.SYNTAX_ERROR, "option " + option.name() + " does not belong to " + statement);
            }
            options.put(option.name(), option);
        }
        for (List<String> pair : OPPOSITES) {
            if (options.keySet().containsAll(pair)) {
                throw NumberedError.BACKUP_OPTION_CONFLICT.exception(
                        "option " + pair.getFirst() + " conflicts with option " + pair.getLast());
            }
        }
    }

    boolean has(String name) {
        return options.containsKey(name);
    }

    @Nullable
    String value(String name) {
        BackupOption option = options.get(name);
        return option == null ? null : option.value();
    }

    String text(String name, int longest) {
        String value = value(name);
        if (value != null && value.length() > longest) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            name + " has " + value.length() + " characters, at most " + longest + " are allowed")
                    .exception();
        }
        return value == null ? "" : value;
    }

    int number(String name, int fallback, int lowest, int highest) {
        String value = value(name);
        if (value == null) {
            return fallback;
        }
        long number = Long.parseLong(value);
        if (number < lowest || number > highest) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_PARAMETER_VALUE,
                            name + " = " + number + " is outside " + lowest + " to " + highest)
                    .exception();
        }
        return (int) number;
    }

    /** A time as microseconds since 1970; {@code fallback} where it is not given. */
    long time(String name, TypeContext types, long fallback) {
        String value = value(name);
        return value == null ? fallback : time(value, types);
    }

    /** The AFTER of a mark in microseconds since 1970; a time before all others without one. */
    long after(String name, TypeContext types) {
        BackupOption option = options.get(name);
        String value = option == null ? null : option.second();
        return value == null ? Long.MIN_VALUE : time(value, types);
    }

    static long time(String value, TypeContext types) {
        Row row = new Row(1);
        TypeCodecs.of(PgType.TIMESTAMPTZ).parse(value.strip(), row, 0, types);
        return Math.addExact(row.getLong(0), EPOCH_2000_MICROS);
    }
}
