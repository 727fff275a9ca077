package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * COPY.
 *
 * @param table null where {@code query} is given
 * @param columns empty for all
 * @param query Query or Modification with RETURNING
 * @param from COPY … FROM
 * @param file server file, null for STDIN/STDOUT
 * @param program the file is a command
 * @param options both syntaxes, under the newer one's names: format, freeze, delimiter, null, header, quote, escape,
 *     force_quote, force_not_null, force_null, encoding
 * @param where condition of COPY FROM
 */
public record Copy(
        @Nullable ObjectName table,
        List<String> columns,
        @Nullable Statement query,
        boolean from,
        @Nullable String file,
        boolean program,
        List<CopyOption> options,
        @Nullable SqlNode where)
        implements Statement {
    public Copy {
        columns = List.copyOf(columns);
        options = List.copyOf(options);
    }

    /**
     * One option.
     *
     * @param values texts; empty where no value was written; {@code *} for all columns
     */
    public record CopyOption(String name, List<String> values, int position) {
        public CopyOption {
            values = List.copyOf(values);
        }
    }
}
