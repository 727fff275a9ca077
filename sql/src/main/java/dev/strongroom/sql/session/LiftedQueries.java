package dev.strongroom.sql.session;

import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.LiteralLifter;
import dev.strongroom.sql.parse.SqlTextParser.ParsedStatement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Simple queries that differ in their integers only share a statement and its plan. The session's owner only. */
final class LiftedQueries {
    /** Types as which a lifted integer means what the literal meant. */
    private static final Set<PgType> TYPES = Set.of(PgType.INT4, PgType.INT8, PgType.NUMERIC, PgType.FLOAT8);

    private static final int MAX_STATEMENTS = 128;

    private final SqlSession session;
    private final StatementExecutor executor;
    /** By normalised text. */
    private final Map<String, NamedStatement> statements = new HashMap<>();

    LiftedQueries(SqlSession session, StatementExecutor executor) {
        this.session = session;
        this.executor = executor;
    }

    /** The statement of a text with its integers as parameters; null, with nothing done, where they must stay in the text. */
    @Nullable
    Portal portal(String text) {
        LiteralLifter.Lifted lifted = LiteralLifter.lift(text);
        if (lifted == null) {
            return null;
        }
        CatalogSnapshot catalog = session.snapshot();
        PlanCache plans = session.engine().plans();
        if (catalog.privateView() || !plans.liftable(lifted.text(), catalog.version())) {
            return null;
        }
        Portal portal = bound(lifted, catalog);
        if (portal == null) {
            plans.refuseLifting(lifted.text(), catalog.version());
        }
        return portal;
    }

    private @Nullable Portal bound(LiteralLifter.Lifted lifted, CatalogSnapshot catalog) {
        try {
            NamedStatement named = statement(lifted.text(), catalog);
            if (named == null) {
                return null;
            }
            executor.describe(named);
            List<PgType> types = named.parameterTypes();
            if (types.size() != lifted.values().size()) {
                return null;
            }
            Row parameters = new Row(types.size());
            for (int i = 0; i < types.size(); i++) {
                PgType type = types.get(i);
                if (!TYPES.contains(type)) {
                    return null;
                }
                TypeCodecs.of(type).parse(lifted.values().get(i), parameters, i, session.typeContext());
            }
            return new Portal("", named, parameters, Portal.Manner.BOUND);
        } catch (DatabaseException e) {
            // The original text says it with the right position, or has no error at all.
            return null;
        }
    }

    private @Nullable NamedStatement statement(String text, CatalogSnapshot catalog) {
        NamedStatement named = statements.get(text);
        if (named == null || named.plan(catalog.version(), session.settings().generation()) == null) {
            List<ParsedStatement> parsed = session.engine().plans().parse(text).statements();
            if (parsed.size() != 1) {
                return null;
            }
            named = new NamedStatement(
                    "", parsed.get(0).statement(), text, parsed.get(0).start(), List.of(), false);
            if (statements.size() == MAX_STATEMENTS) {
                statements.clear();
            }
            statements.put(text, named);
        }
        return named;
    }
}
