package dev.strongroom.catalog.object;

import dev.strongroom.common.type.PgType;

/**
 * A type as a column has it.
 *
 * @param typmod {@code atttypmod} in PostgreSQL's encoding, -1 for none
 * @param collationOid 0 where the type has none, 100 the default, 950 {@code C}
 */
public record ColumnType(PgType type, int typmod, int collationOid) {
    /** The default collation. */
    public static final int DEFAULT_COLLATION = 100;

    public static final int C_COLLATION = 950;

    public static ColumnType of(PgType type) {
        return of(type, -1);
    }

    /** With the type's own collation. */
    public static ColumnType of(PgType type, int typmod) {
        return new ColumnType(type, typmod, defaultCollation(type));
    }

    /** {@code pg_type.typcollation}. */
    public static int defaultCollation(PgType type) {
        PgType scalar = type.elementType().orElse(type);
        return switch (scalar.name()) {
            case "text", "varchar", "bpchar" -> DEFAULT_COLLATION;
            case "name", "pg_node_tree" -> scalar.name().equals("name") ? C_COLLATION : DEFAULT_COLLATION;
            default -> 0;
        };
    }
}
