package dev.strongroom.sql.execute;

import dev.strongroom.sql.function.FunctionSignature;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Implemented by those Calcite operators of {@code sql.validate} that stand for a {@link SpecialForm}. */
public interface SpecialOperator {
    SpecialForm form();

    /** The comparison of NULLIF, ANY, ALL and IS DISTINCT FROM; null means equality by type. */
    @Nullable
    FunctionSignature comparison();

    /** Names of a ROW's fields, empty where they have none. */
    List<String> names();
}
