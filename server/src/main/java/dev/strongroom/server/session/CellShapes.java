package dev.strongroom.server.session;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.protocol.port.ColumnCell;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.session.SqlSession;
import dev.strongroom.sql.validate.CellParameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a session's columns and parameters are encrypted, in the protocol's terms; the owner of the session's thread only. */
final class CellShapes {
    /** For clients that do not speak the protocol extension. */
    static final CellShapes NONE = new CellShapes(null);

    private final @Nullable Supplier<ColumnKeySet> keys;

    private CellShapes(@Nullable Supplier<ColumnKeySet> keys) {
        this.keys = keys;
    }

    static CellShapes of(SqlSession session) {
        return new CellShapes(session::columnKeys);
    }

    @Nullable
    ColumnCell of(ResultColumn column) {
        if (keys == null || !EncryptionScheme.encrypts(column.type())) {
            return null;
        }
        ColumnKeySet known = keys.get();
        return known.scheme(column.typeModifier())
                .map(scheme -> of(scheme, known))
                .orElse(null);
    }

    Map<Integer, ColumnCell> of(List<CellParameter> parameters) {
        Map<Integer, ColumnCell> cells = new HashMap<>();
        if (keys != null) {
            ColumnKeySet known = keys.get();
            parameters.forEach(parameter -> cells.put(parameter.index(), of(parameter.scheme(), known)));
        }
        return cells;
    }

    private static ColumnCell of(EncryptionScheme scheme, ColumnKeySet keys) {
        ColumnEncryptionKey key = keys.encryptionKey(scheme.keyOid()).orElseThrow();
        List<ColumnCell.KeyValue> values = new ArrayList<>();
        for (ColumnEncryptionKey.Value value : key.values()) {
            ColumnMasterKey master = keys.masterKey(value.masterKeyOid()).orElseThrow();
            values.add(new ColumnCell.KeyValue(
                    new ColumnCell.MasterKey(
                            master.oid(), master.name(), master.provider(), master.path(), master.signature()),
                    ColumnEncryptionKey.VALUE_ALGORITHM,
                    value.encrypted()));
        }
        return new ColumnCell(
                key.oid(),
                key.version(),
                CellEnvelope.ALGORITHM,
                scheme.deterministic(),
                scheme.normalizationRule(),
                scheme.baseType().oid(),
                scheme.baseType().length(),
                scheme.baseTypmod(),
                values);
    }
}
