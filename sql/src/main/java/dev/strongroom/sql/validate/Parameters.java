package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.type.PgRelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Types of {@code $n}: what the client declared, else what the first context that needs a type says. A parameter that meets no
 * such context is text where it is a result, else 42P18. One that meets an encrypted column takes that column's scheme.
 */
public final class Parameters {
    private final List<@Nullable PgType> types = new ArrayList<>();
    private final List<@Nullable PgType> declared;
    private final Map<Integer, CellParameter> cells = new TreeMap<>();

    Parameters(List<@Nullable PgType> declared) {
        this.declared = declared;
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

    /** Type of a parameter as an expression has it; mentions it. */
    PgRelType type(int index) {
        CellParameter cell = cells.get(index);
        if (cell != null) {
            return PgRelType.of(cell.scheme().cellType(), cell.scheme().oid());
        }
        PgType known = mention(index);
        return known == null ? Analysis.UNKNOWN : PgRelType.of(known);
    }

    /** What the client declared, null where it left the type open. */
    @Nullable
    PgType declared(int index) {
        return index < declared.size() ? declared.get(index) : null;
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

    /** What a parameter is as a cell, null where it is none so far. */
    @Nullable
    CellParameter cell(int index) {
        return cells.get(index);
    }

    /** Gives a parameter the scheme of a column. */
    void encrypt(CellParameter cell) {
        mention(cell.index());
        EncryptionScheme scheme = cell.scheme();
        types.set(cell.index(), scheme.cellType());
        cells.put(cell.index(), cell);
    }

    /** Parameters that are cells, by position. */
    public List<CellParameter> cells() {
        return List.copyOf(cells.values());
    }

    /** Types of all parameters up to the highest mentioned, null where no context says. */
    public List<@Nullable PgType> known() {
        return new ArrayList<>(types);
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
