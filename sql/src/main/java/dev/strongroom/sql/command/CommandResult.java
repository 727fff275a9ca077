package dev.strongroom.sql.command;

import dev.strongroom.common.value.Row;
import dev.strongroom.sql.session.ResultColumn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a utility statement gives back.
 *
 * @param tag command tag
 * @param columns null where it returns no rows
 */
public record CommandResult(String tag, @Nullable List<ResultColumn> columns, List<Row> rows) {
    public CommandResult {
        rows = List.copyOf(rows);
    }

    public static CommandResult of(String tag) {
        return new CommandResult(tag, null, List.of());
    }
}
