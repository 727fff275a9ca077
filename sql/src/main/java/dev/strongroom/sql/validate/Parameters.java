package dev.strongroom.sql.validate;

import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Types of {@code $n}: what the client declared, else what the first context that needs a type says. A parameter that meets no
 * such context is text where it is a result, else 42P18.
 */
public final class Parameters {
    private final List<@Nullable PgType> types = new ArrayList<>();

    Parameters(List<@Nullable PgType> declared) {
        for (PgType type : declared) {
            types.add(type == PgType.UNKNOWN ? null : type);
        }
    }

    /** Type of a parameter (0-based), null while unknown; mentions it. */
    @Nullable
    PgType mention(int index) {
        while (types.size() <= index) {
            types.add(null);
        }
        return types.get(index);
    }

    /** Fixes the type of a parameter that was unknown. */
    void infer(int index, PgType type, int position) {
        PgType known = mention(index);
        if (known != null && known != type) {
            throw ErrorReport.error(
                            ErrorCode.AMBIGUOUS_PARAMETER, "inconsistent types deduced for parameter $" + (index + 1))
                    .withDetail(TypeNames.of(known) + " versus " + TypeNames.of(type))
                    .withPosition(position)
                    .exception();
        }
        types.set(index, type);
    }

    /** Types of all parameters up to the highest mentioned. */
    public List<PgType> resolved() {
        List<PgType> resolved = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            PgType type = types.get(i);
            if (type == null) {
                throw ErrorReport.error(
                                ErrorCode.INDETERMINATE_DATATYPE,
                                "could not determine data type of parameter $" + (i + 1))
                        .exception();
            }
            resolved.add(type);
        }
        return resolved;
    }
}
