package dev.strongroom.sql.validate;

import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.type.CommonType;
import dev.strongroom.sql.type.ImplicitCasts;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Polymorphic types settled for one call (enforce_generic_type_consistency): {@code anyelement} and its family must all mean one
 * type, {@code anycompatible} and its family the common type of what is given.
 */
record Polymorphism(List<PgType> arguments, PgType result) {

    /** Actual types of declared ones, or null where they cannot be reconciled. The result is void if none was asked for. */
    static @Nullable Polymorphism settle(List<PgType> declared, List<PgType> given, @Nullable PgType result) {
        PgType element = null;
        List<PgRelType> compatible = new ArrayList<>();
        boolean polymorphic = false;
        for (int i = 0; i < given.size(); i++) {
            PgType type = declared.get(i);
            if (!Coercions.isPolymorphic(type)) {
                continue;
            }
            polymorphic = true;
            PgType actual = given.get(i);
            boolean array = isArrayKind(type);
            if (actual != PgType.UNKNOWN) {
                if (array) {
                    actual = actual.elementType().orElse(null);
                    if (actual == null) {
                        return null;
                    }
                } else if (type.name().endsWith("nonarray") && Coercions.isTrueArray(actual)) {
                    return null;
                }
            }
            if (type.name().startsWith("anycompatible")) {
                compatible.add(PgRelType.of(actual));
            } else if (actual != PgType.UNKNOWN) {
                if (element != null && element.oid() != actual.oid()) {
                    return null;
                }
                element = actual;
            }
        }
        PgType wanted = result == null ? PgType.VOID : result;
        if (!polymorphic) {
            return new Polymorphism(declared, wanted);
        }
        PgRelType common = compatible.isEmpty() ? null : CommonType.select(compatible);
        if (!compatible.isEmpty() && common == null) {
            return null;
        }
        PgType shared = element == null ? PgType.TEXT : element;
        PgType joint = common == null ? PgType.TEXT : common.pgType();
        List<PgType> arguments = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            PgType type = actual(declared.get(i), shared, joint);
            if (type == null || !reaches(given.get(i), type)) {
                return null;
            }
            arguments.add(type);
        }
        PgType answer = actual(wanted, shared, joint);
        return answer == null ? null : new Polymorphism(arguments, answer);
    }

    private static boolean reaches(PgType from, PgType to) {
        return from == PgType.UNKNOWN
                || to == PgType.ANY
                || from.oid() == to.oid()
                || !from.isArray()
                || ImplicitCasts.exists(from, to)
                || from == PgType.INT2VECTOR
                || from == PgType.OIDVECTOR;
    }

    private static @Nullable PgType actual(PgType declared, PgType element, PgType joint) {
        if (!Coercions.isPolymorphic(declared)) {
            return declared;
        }
        PgType base = declared.name().startsWith("anycompatible") ? joint : element;
        return isArrayKind(declared) ? base.arrayType().orElse(null) : base;
    }

    private static boolean isArrayKind(PgType type) {
        return type.name().endsWith("array") && !type.name().endsWith("nonarray");
    }
}
