package dev.strongroom.sql.execute;

import dev.strongroom.common.type.PgType;
import org.apache.calcite.rel.type.RelDataType;

/** Reads our types from Calcite's. */
public interface RexTypes {
    PgType type(RelDataType type);

    /** {@code atttypmod} of a type, -1 for none. */
    int modifier(RelDataType type);
}
