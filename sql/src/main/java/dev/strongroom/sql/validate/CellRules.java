package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.common.cell.Cells;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeNames;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.validate.CellParameter.Usage;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/**
 * What may be done with encrypted values (reference, section 7). An expression is plain, a cell of a scheme, or an open
 * parameter; {@code =} and assignment unify them, everything else is refused. The scheme is the modifier of the type.
 */
final class CellRules {
    private static final String HOW_TO_ENCRYPT =
            "Values for encrypted columns are parameters of a connection with column encryption enabled.";

    /** Modifiers below this one are those of rows with cells in them. */
    private static final int ROW_OF_CELLS = -2;

    private final Analysis analysis;
    private final CellUse use;
    private boolean used;

    CellRules(Analysis analysis, CellUse use) {
        this.analysis = analysis;
        this.use = use;
    }

    static boolean encrypted(RexNode node) {
        return encrypted(Coercions.typeOf(node));
    }

    static boolean encrypted(PgRelType type) {
        return EncryptionScheme.encrypts(type.pgType());
    }

    /** Whether the statement has to do with the schemes of cells. */
    boolean used() {
        return used;
    }

    private EncryptionScheme scheme(PgRelType type) {
        used = true;
        return analysis.catalog
                .columnKeys()
                .scheme(type.typmod())
                .orElseThrow(() -> NumberedError.STALE_ENCRYPTION_METADATA.exception(
                        "the encryption scheme of an expression is gone"));
    }

    // ---- rows

    /**
     * The type of a row of these fields. One that holds cells says so in its modifier, by the scheme of one of them, a
     * randomized one before others: a row can be compared and ordered where its fields can.
     */
    PgRelType rowOf(List<RexNode> fields) {
        PgRelType strongest = null;
        for (RexNode field : fields) {
            PgRelType cell = cellIn(Coercions.typeOf(field));
            if (cell != null && (strongest == null || cell.is(PgType.ENCRYPTED_RND))) {
                strongest = cell;
            }
        }
        if (strongest == null) {
            return PgRelType.of(PgType.RECORD);
        }
        used = true;
        return PgRelType.of(PgType.RECORD, ROW_OF_CELLS - strongest.typmod());
    }

    /** Whether a type is that of rows with cells in them. */
    static boolean rowOfCells(PgRelType type) {
        return type.is(PgType.RECORD) && type.typmod() < ROW_OF_CELLS;
    }

    /** The type itself if it is one of cells, that of a cell in it if it is a row with cells, else null. */
    private @Nullable PgRelType cellIn(PgRelType type) {
        if (rowOfCells(type)) {
            EncryptionScheme scheme = scheme(type.withTypmod(ROW_OF_CELLS - type.typmod()));
            return PgRelType.of(scheme.cellType(), scheme.oid());
        }
        return encrypted(type) ? type : null;
    }

    private @Nullable PgRelType rowAmong(List<RexNode> nodes) {
        for (RexNode node : nodes) {
            if (rowOfCells(Coercions.typeOf(node))) {
                return cellIn(Coercions.typeOf(node));
            }
        }
        return null;
    }

    // ---- operators

    /**
     * Operands of an operator, open parameters bound to the scheme they meet.
     *
     * @throws DatabaseException where the operator cannot be computed on cells
     */
    List<RexNode> operands(String symbol, List<RexNode> operands, @Nullable SqlNode at) {
        RexNode cell = firstCell(operands);
        if (cell == null) {
            checkRows(symbol, operands, at);
            return operands;
        }
        if (symbol.equals("=") || symbol.equals("<>") || symbol.equals("!=")) {
            return operands.size() == 2 ? compared(symbol, cell, operands, at) : operands;
        }
        throw switch (symbol) {
            case "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*" ->
                mismatch("operator " + symbol, Coercions.typeOf(cell), at);
            default -> clash("operator " + symbol, Coercions.typeOf(cell), at);
        };
    }

    /** Rows that hold cells are compared with the fields written out, each by its own rule. */
    private void checkRows(String symbol, List<RexNode> operands, @Nullable SqlNode at) {
        PgRelType cell = rowAmong(operands);
        if (cell == null) {
            return;
        }
        switch (symbol) {
            case "=", "<>", "!=" -> {
                requireDeterministic("operator " + symbol, cell, at);
                throw clash("operator " + symbol + " on a whole row", cell, at);
            }
            case "<", "<=", ">", ">=" -> throw mismatch("operator " + symbol, cell, at);
            default -> throw clash("operator " + symbol, cell, at);
        }
    }

    /** An operand that settles the scheme: a column before a parameter that met one earlier. */
    private static @Nullable RexNode firstCell(List<RexNode> operands) {
        RexNode found = null;
        for (RexNode operand : operands) {
            if (encrypted(operand) && (found == null || found instanceof RexDynamicParam)) {
                found = operand;
            }
        }
        return found;
    }

    private List<RexNode> compared(String symbol, RexNode cell, List<RexNode> operands, @Nullable SqlNode at) {
        PgRelType type = Coercions.typeOf(cell);
        requireDeterministic("operator " + symbol, type, at);
        List<RexNode> unified = new ArrayList<>();
        for (RexNode operand : operands) {
            unified.add(operand == cell && !(cell instanceof RexDynamicParam) ? operand : compared(operand, cell, at));
        }
        return unified;
    }

    private RexNode compared(RexNode operand, RexNode cell, @Nullable SqlNode at) {
        PgRelType type = Coercions.typeOf(cell);
        if (operand instanceof RexDynamicParam parameter) {
            return bind(parameter, scheme(type), Usage.COMPARE, null, at);
        }
        if (isNull(operand)) {
            return analysis.rex.makeNullLiteral(type);
        }
        if (!encrypted(operand)) {
            return bareCell(operand, type, at);
        }
        EncryptionScheme one = scheme(type);
        EncryptionScheme other = scheme(Coercions.typeOf(operand));
        if (!one.comparable(other)) {
            throw conflict(one, other, at);
        }
        return operand;
    }

    // ---- functions

    /** Refuses a function call over cells; counting them is all that can be done, and showing rows of them as JSON. */
    void checkFunction(String name, List<RexNode> arguments, @Nullable SqlNode at) {
        if (name.equals("count") && arguments.size() == 1) {
            return;
        }
        RexNode cell = firstCell(arguments);
        if (cell == null) {
            PgRelType row = name.contains("json") ? null : rowAmong(arguments);
            if (row != null) {
                throw clash("function " + name, row, at);
            }
            return;
        }
        PgRelType type = Coercions.typeOf(cell);
        throw name.equals("min") || name.equals("max")
                ? mismatch("function " + name, type, at)
                : clash("function " + name, type, at);
    }

    /** Refuses something no cell may be part of. */
    void refuse(String what, List<RexNode> nodes, @Nullable SqlNode at) {
        for (RexNode node : nodes) {
            PgRelType cell = cellIn(Coercions.typeOf(node));
            if (cell != null) {
                throw clash(what, cell, at);
            }
        }
    }

    /** ORDER BY: cells have no order that means anything. */
    void checkOrder(RexNode node, @Nullable SqlNode at) {
        PgRelType cell = cellIn(Coercions.typeOf(node));
        if (cell != null) {
            throw mismatch("ORDER BY", cell, at);
        }
    }

    /** GROUP BY, DISTINCT, PARTITION BY and set operations need cells that can be compared. */
    void checkEquality(String what, PgRelType type, @Nullable SqlNode at) {
        PgRelType cell = cellIn(type);
        if (cell != null) {
            requireDeterministic(what, cell, at);
        }
    }

    private void requireDeterministic(String what, PgRelType type, @Nullable SqlNode at) {
        if (type.is(PgType.ENCRYPTED_RND)) {
            throw at(
                    NumberedError.ENCRYPTION_TYPE_TOO_STRONG
                            .report("encryption scheme mismatch: " + what
                                    + " needs the encryption type DETERMINISTIC or weaker, found RANDOMIZED")
                            .withHint("Randomized cells of equal values differ: filter by another column, or encrypt"
                                    + " this one with ENCRYPTION_TYPE = DETERMINISTIC."),
                    type,
                    at);
        }
    }

    // ---- conversions

    boolean concerns(PgRelType source, PgRelType target) {
        return encrypted(source) || encrypted(target);
    }

    /**
     * A value as something of the target's scheme (or, where the target is plain, an error).
     *
     * @param target an encrypted type without modifier takes cells of any scheme
     */
    RexNode coerce(RexNode node, PgRelType target, @Nullable String column, @Nullable SqlNode at) {
        PgRelType source = Coercions.typeOf(node);
        if (!encrypted(target)) {
            throw clash("a value of type " + TypeNames.of(target.pgType(), target.typmod()), source, at);
        }
        if (target.typmod() == -1 && encrypted(source)) {
            return node;
        }
        if (isNull(node)) {
            return analysis.rex.makeNullLiteral(target);
        }
        EncryptionScheme wanted = scheme(target);
        if (node instanceof RexDynamicParam parameter) {
            return bind(parameter, wanted, Usage.ASSIGN, column, at);
        }
        if (!encrypted(source)) {
            return bareCell(node, target, at);
        }
        EncryptionScheme given = scheme(source);
        if (!given.same(wanted) && use.values() != CellUse.Values.CELLS) {
            throw NumberedError.ENCRYPTION_TYPE_CLASH
                    .report("operand type clash: " + shown(given) + " is incompatible with " + shown(wanted))
                    .withPosition(Analysis.position(at))
                    .withHint("Cells move between columns of the same key, encryption type and data type only.")
                    .exception();
        }
        return node;
    }

    /** A literal cell, where they may be loaded as they are. */
    private RexNode bareCell(RexNode node, PgRelType target, @Nullable SqlNode at) {
        Object value = PgConstant.valueOf(node);
        if (use.values() == CellUse.Values.CELLS && value instanceof String text && Coercions.isUnknown(node)) {
            byte[] cell = (byte[]) TypeCodecs.of(PgType.BYTEA).parseBoxed(text, analysis.types);
            if (cell != null && Cells.wellFormed(cell)) {
                return PgConstant.of(analysis.rex, target, cell);
            }
        }
        throw plain(node, target, at);
    }

    /** The one type that expressions of a CASE, UNION and the like have together, null where none of them is a cell. */
    @Nullable
    PgRelType merged(List<PgRelType> types, String context, @Nullable SqlNode at) {
        PgRelType cell = types.stream().filter(CellRules::encrypted).findFirst().orElse(null);
        if (cell == null) {
            return mergedRows(types, context, at);
        }
        EncryptionScheme scheme = scheme(cell);
        for (PgRelType type : types) {
            if (type.is(PgType.UNKNOWN)) {
                continue;
            }
            if (!encrypted(type)) {
                throw at(
                        NumberedError.ENCRYPTION_TYPE_CLASH.report("operand type clash in " + context + ": "
                                + TypeNames.of(type.pgType(), type.typmod()) + " is incompatible with "
                                + shown(scheme)),
                        cell,
                        at);
            }
            EncryptionScheme other = scheme(type);
            if (!other.same(scheme)) {
                throw conflict(scheme, other, at);
            }
        }
        return cell;
    }

    private @Nullable PgRelType mergedRows(List<PgRelType> types, String context, @Nullable SqlNode at) {
        PgRelType row = types.stream().filter(CellRules::rowOfCells).findFirst().orElse(null);
        PgRelType cell = row == null ? null : cellIn(row);
        if (row == null || cell == null) {
            return null;
        }
        for (PgRelType type : types) {
            if (!type.is(PgType.UNKNOWN) && type.typmod() != row.typmod()) {
                throw clash(context + " with a row of other fields", cell, at);
            }
        }
        return row;
    }

    // ---- parameters

    private RexNode bind(
            RexDynamicParam parameter,
            EncryptionScheme scheme,
            Usage usage,
            @Nullable String target,
            @Nullable SqlNode at) {
        int index = parameter.getIndex();
        CellParameter known = analysis.parameters.cell(index);
        if (known == null) {
            requireOpen(parameter, scheme, at);
            analysis.parameters.encrypt(new CellParameter(index, scheme, usage, target));
        } else {
            EncryptionScheme have = known.scheme();
            boolean fits = usage == Usage.COMPARE || known.usage() == Usage.COMPARE
                    ? have.comparable(scheme)
                    : have.same(scheme);
            if (!fits) {
                throw conflict(have, scheme, at);
            }
            boolean assignment = usage == Usage.ASSIGN;
            analysis.parameters.encrypt(new CellParameter(
                    index,
                    assignment ? scheme : have,
                    known.usage().and(usage),
                    assignment || known.target() == null ? target : known.target()));
        }
        return analysis.rex.makeDynamicParam(analysis.parameters.type(index), index);
    }

    private void requireOpen(RexDynamicParam parameter, EncryptionScheme scheme, @Nullable SqlNode at) {
        int index = parameter.getIndex();
        PgType type = analysis.parameters.mention(index);
        PgType declared = analysis.parameters.declared(index);
        boolean open = type == null
                || (type == declared
                        && (use.values() == CellUse.Values.DESCRIBED
                                || type == PgType.BYTEA
                                || type == scheme.cellType()));
        if (use.values() != CellUse.Values.NONE && open) {
            return;
        }
        String given = type == null ? "a plaintext parameter" : "a parameter of type " + TypeNames.of(type);
        throw NumberedError.ENCRYPTION_TYPE_CLASH
                .report("operand type clash: $" + (index + 1) + ", " + given + ", is incompatible with "
                        + shown(scheme))
                .withPosition(Analysis.position(at))
                .withHint(HOW_TO_ENCRYPT)
                .exception();
    }

    // ---- messages

    private static boolean isNull(RexNode node) {
        return node instanceof RexLiteral literal && literal.isNull();
    }

    private DatabaseException plain(RexNode node, PgRelType cell, @Nullable SqlNode at) {
        PgRelType type = Coercions.typeOf(node);
        String given = PgConstant.valueOf(node) != null || node instanceof RexLiteral
                ? "a literal"
                : TypeNames.of(type.pgType(), type.typmod());
        return at(
                NumberedError.ENCRYPTION_TYPE_CLASH
                        .report("operand type clash: " + given + " is incompatible with " + shown(scheme(cell)))
                        .withHint(HOW_TO_ENCRYPT),
                cell,
                at);
    }

    private DatabaseException clash(String what, PgRelType cell, @Nullable SqlNode at) {
        return at(
                NumberedError.ENCRYPTION_TYPE_CLASH
                        .report("operand type clash: " + shown(cell) + " is incompatible with " + what)
                        .withHint("The server does not know the plain value: compute it in the application."),
                cell,
                at);
    }

    private DatabaseException mismatch(String what, PgRelType cell, @Nullable SqlNode at) {
        return at(
                NumberedError.ENCRYPTION_SCHEME_MISMATCH
                        .report("encryption scheme mismatch: " + what + " expects a plaintext value, found "
                                + shown(cell))
                        .withHint("Cells can be compared with = and <> only, and only deterministic ones."),
                cell,
                at);
    }

    private DatabaseException conflict(EncryptionScheme one, EncryptionScheme other, @Nullable SqlNode at) {
        return NumberedError.ENCRYPTION_SCHEMES_CONFLICT
                .report("cannot assign the same encryption scheme to two expressions")
                .withDetail("error 33278, severity 16, state 1; the first is " + shown(one) + ", the second "
                        + shown(other))
                .withPosition(Analysis.position(at))
                .exception();
    }

    /** With number and scheme in the detail (AE-140), and the position. */
    private DatabaseException at(ErrorReport report, PgRelType cell, @Nullable SqlNode at) {
        String scheme = analysis.catalog
                .columnKeys()
                .scheme(cell.typmod())
                .map(found -> "; scheme " + analysis.catalog.columnKeys().describe(found))
                .orElse("");
        return report.withDetail(report.detail() + scheme)
                .withPosition(Analysis.position(at))
                .exception();
    }

    private String shown(PgRelType cell) {
        return analysis.catalog
                .columnKeys()
                .scheme(cell.typmod())
                .map(this::shown)
                .orElse("an encrypted value");
    }

    private String shown(EncryptionScheme scheme) {
        return TypeNames.of(scheme.baseType(), scheme.baseTypmod()) + " encrypted with "
                + analysis.catalog.columnKeys().describe(scheme);
    }
}
