package dev.strongroom.client.jdbc;

import dev.strongroom.client.cell.CellEnvelope;
import dev.strongroom.client.cell.EncryptionType;
import dev.strongroom.client.key.ColumnKeyCache;
import dev.strongroom.client.statement.ColumnScheme;
import dev.strongroom.client.value.Plain;
import dev.strongroom.client.value.PlainValues;
import java.sql.SQLException;
import java.time.ZoneId;

/**
 * Encrypts the values of one parameter. What is the same for every row of a batch is worked out once (B-9). Used by one
 * thread at a time.
 */
final class CellWriter {
    private final ColumnScheme scheme;
    private final ColumnKeyCache.Held key;
    private final CellEnvelope envelope;

    CellWriter(ColumnScheme scheme, ColumnKeyCache.Held key) {
        this.scheme = scheme;
        this.key = key;
        this.envelope = new CellEnvelope(
                scheme.encryption(),
                scheme.type().rule(),
                scheme.key().id(),
                scheme.key().version(),
                scheme.type().oid(),
                scheme.type().modifier());
    }

    /**
     * The value as it goes out.
     *
     * @param zone the session's time zone
     */
    byte[] seal(Object value, ZoneId zone) throws SQLException {
        boolean deterministic = scheme.encryption() == EncryptionType.DETERMINISTIC;
        Plain plain = PlainValues.write(scheme.type(), deterministic, scheme.usage(), value, zone);
        return key.use(
                open -> plain.exact() ? envelope.seal(open, plain.bytes()) : envelope.sealUnequal(open, plain.bytes()));
    }
}
