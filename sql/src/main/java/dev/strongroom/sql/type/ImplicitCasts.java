package dev.strongroom.sql.type;

import dev.strongroom.common.type.PgType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which built-in types become which without being asked: the rows of PostgreSQL 15's {@code pg_cast} with context i. */
public final class ImplicitCasts {
    private static final String TABLE = """
            char: text
            name: text
            int8: regproc oid float4 float8 numeric regprocedure regoper regoperator regclass regtype regnamespace \
            regrole regcollation
            int2: int8 int4 regproc oid float4 float8 numeric regprocedure regoper regoperator regclass regtype \
            regnamespace regrole regcollation
            int4: int8 regproc oid float4 float8 numeric regprocedure regoper regoperator regclass regtype \
            regnamespace regrole regcollation
            regproc: oid regprocedure
            text: name bpchar varchar regclass
            oid: regproc regprocedure regoper regoperator regclass regtype regnamespace regrole regcollation
            pg_node_tree: text
            float4: float8
            bpchar: name text varchar
            varchar: name text bpchar regclass
            date: timestamp timestamptz
            time: interval timetz
            timestamp: timestamptz
            numeric: float4 float8
            regprocedure: regproc oid
            regoper: oid regoperator
            regoperator: oid regoper
            regclass: oid
            regtype: oid
            regnamespace: oid
            regrole: oid
            regcollation: oid
            """;

    private static final Map<Integer, Set<Integer>> TARGETS = read();

    private ImplicitCasts() {}

    /** Whether a value of one type is accepted where another is wanted; a type is always accepted as itself. */
    public static boolean exists(PgType from, PgType to) {
        if (from.oid() == to.oid() || from.oid() == PgType.UNKNOWN.oid()) {
            return true;
        }
        if (from.isArray() && to.isArray() && from.category() == 'A' && to.category() == 'A') {
            if (isVector(from)) {
                return !isVector(to) && from.elementOid() == to.elementOid();
            }
            return from.elementType().isPresent()
                    && to.elementType().isPresent()
                    && !isVector(to)
                    && exists(from.elementType().get(), to.elementType().get());
        }
        return TARGETS.getOrDefault(from.oid(), Set.of()).contains(to.oid());
    }

    private static boolean isVector(PgType type) {
        return type == PgType.INT2VECTOR || type == PgType.OIDVECTOR;
    }

    private static Map<Integer, Set<Integer>> read() {
        Map<Integer, Set<Integer>> targets = new HashMap<>();
        for (String line : TABLE.split("\n")) {
            int colon = line.indexOf(':');
            Set<Integer> to = new HashSet<>();
            for (String name : line.substring(colon + 1).trim().split(" +")) {
                to.add(oid(name));
            }
            targets.put(oid(line.substring(0, colon)), to);
        }
        return targets;
    }

    private static int oid(String name) {
        return PgType.byName(name).orElseThrow().oid();
    }
}
