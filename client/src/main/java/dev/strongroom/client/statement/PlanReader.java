package dev.strongroom.client.statement;

import dev.strongroom.client.cell.CellEnvelope;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.EncryptedKey;
import dev.strongroom.client.value.ColumnType;
import dev.strongroom.client.value.Usage;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the answers of {@code sys.describe_parameter_encryption} and {@code sys.column_encryption_key_info} (AE-101, AE-104). */
public final class PlanReader {
    private record Slot(boolean parameter, int index) {}

    private final StatementText text;
    private final Map<Slot, ColumnScheme> schemes = new LinkedHashMap<>();
    private final Map<Slot, Boolean> described = new HashMap<>();
    private Optional<StatementPlan.Fault> fault = Optional.empty();

    private PlanReader(StatementText text) {
        this.text = text;
    }

    /**
     * Reads a description.
     *
     * @throws ColumnEncryptionException if a parameter is missing from it or it contradicts itself
     */
    public static StatementPlan read(StatementText text, String epoch, ResultSet rows) throws SQLException {
        PlanReader reader = new PlanReader(text);
        while (rows.next()) {
            reader.row(rows);
        }
        return reader.plan(epoch);
    }

    private void row(ResultSet rows) throws SQLException {
        String kind = rows.getString("kind");
        switch (kind) {
            case "E" -> {
                if (fault.isEmpty()) {
                    fault = Optional.of(
                            new StatementPlan.Fault(rows.getString("error_sqlstate"), rows.getString("error_message")));
                }
            }
            case "P", "R" -> scheme(kind.equals("P"), rows);
            default -> throw contradiction("unknown row kind");
        }
    }

    private void scheme(boolean parameter, ResultSet rows) throws SQLException {
        int statement = rows.getInt("statement_index");
        int ordinal = rows.getInt("parameter_ordinal");
        if (statement < 1 || statement > text.statements().size()) {
            throw contradiction("it names a statement that was not sent");
        }
        Slot slot = new Slot(parameter, parameter ? text.jdbcIndex(statement, ordinal) : ordinal);
        int type = rows.getInt("column_encryption_type");
        Boolean before = described.put(slot, type != 0);
        if (before != null && before != (type != 0)) {
            throw contradiction("one parameter is called both plain and encrypted");
        }
        if (type == 0) {
            return;
        }
        int algorithm = rows.getInt("column_encryption_algorithm");
        if (algorithm != CellEnvelope.ALGORITHM_ID) {
            throw new ColumnEncryptionException(Reason.ALGORITHM_UNKNOWN, "unknown cell algorithm " + algorithm);
        }
        ColumnType columnType = new ColumnType((int) rows.getLong("base_type_oid"), rows.getInt("base_typmod"));
        columnType.requireRule(rows.getInt("column_encryption_normalization_rule_version"));
        EncryptedKey key = key(rows);
        ColumnScheme known = schemes.get(slot);
        if (known != null) {
            key = merged(known.key(), key);
        }
        String usage = rows.getString("usage");
        String target = rows.getString("target_column");
        schemes.put(
                slot,
                new ColumnScheme(
                        encryption(type),
                        key,
                        columnType,
                        Usage.of(usage == null ? "" : usage),
                        target == null ? "" : target));
    }

    private static EncryptionType encryption(int type) throws ColumnEncryptionException {
        return switch (type) {
            case 1 -> EncryptionType.DETERMINISTIC;
            case 2 -> EncryptionType.RANDOMIZED;
            default -> throw contradiction("unknown encryption type " + type);
        };
    }

    private StatementPlan plan(String epoch) throws ColumnEncryptionException {
        Map<Integer, ColumnScheme> parameters = new HashMap<>();
        Map<Integer, ColumnScheme> results = new HashMap<>();
        schemes.forEach((slot, scheme) -> (slot.parameter() ? parameters : results).put(slot.index(), scheme));
        for (int i = 1; fault.isEmpty() && i <= text.parameterCount(); i++) {
            if (!described.containsKey(new Slot(true, i))) {
                throw contradiction("it does not say whether parameter " + i + " is encrypted");
            }
        }
        return new StatementPlan(epoch, text.parameterCount(), parameters, results, List.of(), fault);
    }

    /** Reads every encrypted column key of a database. */
    public static List<EncryptedKey> readKeys(ResultSet rows) throws SQLException {
        Map<Integer, EncryptedKey> keys = new LinkedHashMap<>();
        while (rows.next()) {
            EncryptedKey key = key(rows);
            EncryptedKey known = keys.get(key.id());
            keys.put(key.id(), known == null ? key : merged(known, key));
        }
        return List.copyOf(keys.values());
    }

    private static EncryptedKey key(ResultSet rows) throws SQLException {
        byte[] version = rows.getBytes("column_encryption_key_metadata_version");
        byte[] encrypted = rows.getBytes("column_encryption_key_encrypted_value");
        if (version == null || version.length != Long.BYTES || encrypted == null) {
            throw contradiction("it lacks the column encryption key");
        }
        return new EncryptedKey(
                rows.getInt("column_encryption_key_id"),
                ByteBuffer.wrap(version).getLong(),
                rows.getString("column_encryption_key_name"),
                List.of(new EncryptedKey.Value(
                        rows.getString("column_master_key_store_provider_name"),
                        rows.getString("column_master_key_path"),
                        rows.getString("column_encryption_key_encryption_algorithm_name"),
                        encrypted)));
    }

    private static EncryptedKey merged(EncryptedKey first, EncryptedKey second) throws ColumnEncryptionException {
        if (first.id() != second.id() || first.version() != second.version()) {
            throw contradiction("one parameter has two column encryption keys");
        }
        List<EncryptedKey.Value> values = new ArrayList<>(first.values());
        values.addAll(second.values());
        return new EncryptedKey(first.id(), first.version(), first.name(), values);
    }

    private static ColumnEncryptionException contradiction(String why) {
        return new ColumnEncryptionException(
                Reason.DESCRIPTION, "the server's description of the statement cannot be used: " + why);
    }
}
