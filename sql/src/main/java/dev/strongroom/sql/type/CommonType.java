package dev.strongroom.sql.type;

import dev.strongroom.common.type.PgType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's choice of one type for UNION, CASE, COALESCE, VALUES, ARRAY and IN (manual, section 10.5). */
public final class CommonType {
    private CommonType() {}

    /** The common type, or null where the types cannot be matched; all unknown gives text. */
    public static @Nullable PgRelType select(List<PgRelType> types) {
        PgRelType first = types.getFirst();
        if (!first.is(PgType.UNKNOWN) && types.stream().allMatch(type -> type.pgType() == first.pgType())) {
            return merged(first, types);
        }
        PgRelType chosen = null;
        for (PgRelType type : types) {
            if (type.is(PgType.UNKNOWN)) {
                continue;
            }
            if (chosen == null) {
                chosen = type;
                continue;
            }
            PgType have = chosen.pgType();
            PgType next = type.pgType();
            if (have.oid() == next.oid()) {
                continue;
            }
            if (have.category() != next.category()) {
                return null;
            }
            if (!have.preferred() && ImplicitCasts.exists(have, next) && !ImplicitCasts.exists(next, have)) {
                chosen = type;
            }
        }
        if (chosen == null) {
            return PgRelType.of(PgType.TEXT);
        }
        for (PgRelType type : types) {
            if (!type.is(PgType.UNKNOWN) && !ImplicitCasts.exists(type.pgType(), chosen.pgType())) {
                return null;
            }
        }
        return merged(chosen, types);
    }

    /** A typmod, collation or scheme survives only where all agree on it. */
    private static PgRelType merged(PgRelType chosen, List<PgRelType> types) {
        PgRelType result = chosen;
        for (PgRelType type : types) {
            if (type.pgType() != chosen.pgType() || type.typmod() != result.typmod()) {
                result = result.withTypmod(-1);
            }
            if (type.pgType() == chosen.pgType() && !type.collation().equals(result.collation())) {
                result = result.withCollation(PgRelType.DEFAULT_COLLATION);
            }
        }
        return result.createWithNullability(true);
    }
}
