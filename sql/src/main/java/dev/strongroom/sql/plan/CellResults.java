package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.cell.CellEnvelope;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.execute.EnvelopeNode;
import dev.strongroom.sql.execute.PlanNode;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.CellUse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of a statement's encrypted result columns on the way to whoever asked (AE-105, AE-106). */
final class CellResults {
    private final PlanningContext context;

    CellResults(PlanningContext context) {
        this.context = context;
    }

    /** Types of the result columns as they are shown. */
    List<PgRelType> shown(List<PgRelType> types) {
        if (context.cellUse().results() != CellUse.Results.BYTEA) {
            return types;
        }
        return types.stream()
                .map(type -> EncryptionScheme.encrypts(type.pgType()) ? PgRelType.of(PgType.BYTEA) : type)
                .toList();
    }

    /** Whether any of the columns is encrypted. */
    boolean any(List<PgRelType> types) {
        return types.stream().anyMatch(type -> EncryptionScheme.encrypts(type.pgType()));
    }

    /** The plan with its cells in envelopes, where they wear them. */
    PlanNode wrap(PlanNode node, List<PgRelType> types) {
        if (!any(types) || context.cellUse().results() != CellUse.Results.ENVELOPES) {
            return node;
        }
        List<@Nullable CellEnvelope> envelopes = new ArrayList<>();
        types.forEach(type -> envelopes.add(envelope(type)));
        return new EnvelopeNode(node, envelopes);
    }

    private @Nullable CellEnvelope envelope(PgRelType type) {
        if (!EncryptionScheme.encrypts(type.pgType())) {
            return null;
        }
        ColumnKeySet keys = context.catalog().columnKeys();
        return keys.scheme(type.typmod())
                .flatMap(scheme -> keys.encryptionKey(scheme.keyOid())
                        .map(ColumnEncryptionKey::version)
                        .map(scheme::envelope))
                .orElse(null);
    }
}
