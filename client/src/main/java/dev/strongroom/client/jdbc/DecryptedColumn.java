package dev.strongroom.client.jdbc;

import dev.strongroom.client.ColumnEncryptionSetting;
import dev.strongroom.client.cell.CellEnvelope;
import dev.strongroom.client.error.ColumnEncryptionException;
import dev.strongroom.client.error.Reason;
import dev.strongroom.client.key.EncryptedKey;
import dev.strongroom.client.value.ColumnType;
import dev.strongroom.client.value.PlainValues;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.Field;
import org.postgresql.core.Tuple;

/**
 * One encrypted column of a result set, shown as a one-row result set of pgjdbc's own that has the declared type and the
 * plain value. So every getter converts exactly as it would for a plain column, because it is the same code.
 */
final class DecryptedColumn {
    private static final ColumnType BYTEA = new ColumnType(17, -1);

    private final StatementLayer statement;
    private final String label;
    private final Tuple row = new Tuple(1);

    private byte[] header = new byte[0];
    private @Nullable CellEnvelope envelope;
    private @Nullable EncryptedKey key;
    private @Nullable ResultSet shown;
    private ColumnType type = BYTEA;

    DecryptedColumn(StatementLayer statement, String label) {
        this.statement = statement;
        this.label = label;
    }

    /** Takes the value of the current row. */
    ResultSet show(byte @Nullable [] value) throws SQLException {
        ColumnType wanted = type;
        byte[] text = null;
        if (value != null && statement.getColumnEncryption() == ColumnEncryptionSetting.DISABLED) {
            // Checked all the same: only what wears an envelope is a cell.
            CellEnvelope.read(value);
            wanted = BYTEA;
            text = ("\\x" + HexFormat.of().formatHex(CellEnvelope.cell(value))).getBytes(StandardCharsets.US_ASCII);
        } else if (value != null) {
            CellEnvelope read = envelope(value);
            wanted = new ColumnType(read.baseType(), read.baseModifier());
            text = PlainValues.read(wanted, plain(read, value), statement.session.zone());
        }
        ResultSet rows = shown;
        if (rows == null || !wanted.equals(type)) {
            type = wanted;
            rows = open();
            shown = rows;
        }
        row.set(0, text);
        return rows;
    }

    /** Envelopes of one column are nearly always equal, so the last one is kept. */
    private CellEnvelope envelope(byte[] value) throws SQLException {
        CellEnvelope known = envelope;
        if (known != null
                && value.length > CellEnvelope.BYTES
                && Arrays.equals(value, 0, CellEnvelope.BYTES, header, 0, CellEnvelope.BYTES)) {
            return known;
        }
        CellEnvelope read = CellEnvelope.read(value);
        new ColumnType(read.baseType(), read.baseModifier()).requireRule(read.rule());
        header = Arrays.copyOf(value, CellEnvelope.BYTES);
        envelope = read;
        key = statement.session.key(read);
        return read;
    }

    private byte[] plain(CellEnvelope read, byte[] value) throws SQLException {
        EncryptedKey known = key;
        if (known == null) {
            throw new IllegalStateException("no key for the envelope");
        }
        try {
            return statement.session.decrypt(known, value, statement.providers());
        } catch (ColumnEncryptionException e) {
            if (e.reason() != Reason.KEY_INVALID && e.reason() != Reason.KEY_STORE) {
                throw e;
            }
            // The master key may have been rotated since the key was read.
            EncryptedKey fresh = statement.session.freshKey(read);
            key = fresh;
            return statement.session.decrypt(fresh, value, statement.providers());
        }
    }

    private ResultSet open() throws SQLException {
        Field field = new Field(label, type.oid(), (short) -1, type.modifier());
        ResultSet rows = statement.base().createDriverResultSet(new Field[] {field}, List.of(row));
        if (!rows.next()) {
            throw new IllegalStateException("the row is missing");
        }
        return rows;
    }

    /** The declared type, as far as values told it. */
    ColumnType type() {
        return type;
    }

    boolean typeKnown() {
        return envelope != null;
    }
}
