package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.Nullable;

/**
 * One {@code name [value]} of an option list, such as {@code WITH (fillfactor = 70)}.
 *
 * @param name lower-cased
 * @param value as text, without quotes; null where none was written
 * @param position 1-based character position of the name
 */
public record Option(String name, @Nullable String value, int position) {}
