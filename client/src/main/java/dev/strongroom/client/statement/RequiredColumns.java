package dev.strongroom.client.statement;

import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Columns this client insists on encrypting whatever the server says (AE-129, decision A-3). The client's own reading of
 * the text decides, never the server's: in a statement that names such a column or its table, a parameter that meets the
 * column must be encrypted, one that is seen to meet something else may be plain, and every other, whatever the form it
 * stands in, is sent only if it is encrypted or the application marked it as plain. See {@link ColumnReading}.
 */
public final class RequiredColumns {
    /** Nothing is insisted on. */
    public static final RequiredColumns NONE = new RequiredColumns(List.of());

    record Entry(
            @Nullable String schema,
            String table,
            String column,
            @Nullable EncryptionType type,
            @Nullable String key) {
        String name() {
            return (schema == null ? "" : schema + ".") + table + "." + column;
        }
    }

    private final List<Entry> entries;

    private RequiredColumns(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Reads {@code schema.table.column[=type[:key]],…}; the schema may be left out. */
    public static RequiredColumns of(String text) throws ColumnEncryptionException {
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                entries.add(entry(part.strip()));
            }
        }
        return entries.isEmpty() ? NONE : new RequiredColumns(entries);
    }

    private static Entry entry(String text) throws ColumnEncryptionException {
        String[] sides = text.split("=", 2);
        String[] names = sides[0].strip().split("\\.");
        EncryptionType type = null;
        String key = null;
        if (sides.length == 2) {
            String[] pin = sides[1].split(":", 2);
            try {
                type = EncryptionType.valueOf(pin[0].strip().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw unreadable(text);
            }
            key = pin.length == 2 ? pin[1].strip() : null;
        }
        return switch (names.length) {
            case 2 -> new Entry(null, names[0], names[1], type, key);
            case 3 -> new Entry(names[0], names[1], names[2], type, key);
            default -> throw unreadable(text);
        };
    }

    private static ColumnEncryptionException unreadable(String text) {
        return new ColumnEncryptionException(
                Reason.INVALID_VALUE,
                "requireEncrypted takes schema.table.column or table.column, with =deterministic or =randomized and :key"
                        + " if pinned; got \"" + text + "\"");
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Whether any of the statements names a protected column or its table. */
    public boolean concern(List<String> statements) {
        return entries.stream()
                .anyMatch(entry -> statements.stream()
                        .anyMatch(one ->
                                ColumnReading.of(one, entry.table, entry.column).touched()));
    }

    /** Refuses a text that holds a literal where a protected column's value belongs; nothing is asked of the server. */
    public void checkLiterals(List<String> statements) throws ColumnEncryptionException {
        for (String statement : entries.isEmpty() ? List.<String>of() : statements) {
            for (Entry entry : entries) {
                ColumnReading reading = ColumnReading.of(statement, entry.table, entry.column);
                if (reading.literal()) {
                    throw refused(entry, "but the statement holds a literal for it; use a parameter");
                }
            }
        }
    }

    /**
     * Holds a description against what is insisted on. A parameter may go out plain only if both sides say so: the
     * server describes it as plain, and this client reads it as meeting another column.
     *
     * @return the plan, with the parameters the application must have marked as plain
     */
    public StatementPlan check(StatementText text, StatementPlan plan) throws ColumnEncryptionException {
        if (entries.isEmpty() || plan.fault().isPresent()) {
            return plan;
        }
        checkLiterals(text.statements());
        Set<Integer> mustBePlain = new TreeSet<>();
        for (int i = 1; i <= text.statements().size(); i++) {
            for (Entry entry : entries) {
                ColumnReading reading = ColumnReading.of(text.statements().get(i - 1), entry.table, entry.column);
                for (int ordinal : reading.bound()) {
                    require(entry, plan.parameters().get(text.jdbcIndex(i, ordinal)));
                }
                for (int ordinal = 1; ordinal <= text.parameterCounts().get(i - 1); ordinal++) {
                    int index = text.jdbcIndex(i, ordinal);
                    if (!reading.mayBePlain(ordinal) && !plan.parameters().containsKey(index)) {
                        mustBePlain.add(index);
                    }
                }
            }
        }
        return new StatementPlan(
                plan.epoch(),
                plan.parameterCount(),
                plan.parameters(),
                plan.results(),
                List.copyOf(mustBePlain),
                plan.fault());
    }

    private static void require(Entry entry, @Nullable ColumnScheme scheme) throws ColumnEncryptionException {
        if (scheme == null) {
            throw refused(entry, "but the server describes its parameter as plain");
        }
        if (entry.type != null && entry.type != scheme.encryption()) {
            throw refused(entry, "as " + entry.type + ", but the server describes another encryption type");
        }
        if (entry.key != null && !entry.key.equals(scheme.key().name())) {
            throw refused(entry, "under key \"" + entry.key + "\", but the server describes another key");
        }
    }

    private static ColumnEncryptionException refused(Entry entry, String why) {
        return new ColumnEncryptionException(
                Reason.ENCRYPTION_REQUIRED,
                "column " + entry.name() + " must be encrypted (requireEncrypted) " + why + "; nothing was sent");
    }
}
