package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.type.PgType;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.type.PgConstant;
import dev.strongroom.sql.type.PgRelType;
import dev.strongroom.sql.type.PgSpecial;
import dev.strongroom.sql.type.SubqueryOperator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNodeList;
import org.jspecify.annotations.Nullable;

/**
 * Where column names are looked up: the FROM item of one query, then the scopes around it. A name found further out becomes a
 * field of that scope's correlation variable.
 */
final class Scope implements SubqueryOperator.Surroundings {
    /** PostgreSQL's number for rows older than any transaction. */
    private static final long FROZEN = 2;

    private final Analysis analysis;
    private final @Nullable Scope outer;
    private final Ctes ctes;
    private FromItem from;
    private @Nullable CorrelationId correlation;
    private final Set<Integer> ownCorrelations = new HashSet<>();

    /** Aggregates found in this query, null where none are allowed now. */
    @Nullable
    CallStage aggregates;

    /** Window functions found in this query, null where none are allowed now. */
    @Nullable
    CallStage windows;

    /** Definitions of the WINDOW clause. */
    SqlNodeList namedWindows = SqlNodeList.EMPTY;

    /** Clause being analysed, for messages. */
    String clause = "";

    Scope(Analysis analysis, @Nullable Scope outer, Ctes ctes, FromItem from) {
        this.analysis = analysis;
        this.outer = outer;
        this.ctes = ctes;
        this.from = from;
    }

    Analysis analysis() {
        return analysis;
    }

    @Nullable
    Scope outer() {
        return outer;
    }

    Ctes ctes() {
        return ctes;
    }

    FromItem from() {
        return from;
    }

    /** Puts rows of the same shape under the scope, as WHERE does. */
    void replaceFrom(FromItem item) {
        from = item;
    }

    /** Another variable that stands for this query's rows, once they are aggregated. */
    void addCorrelation(CorrelationId id) {
        ownCorrelations.add(id.getId());
    }

    @Override
    public Set<Integer> own() {
        return ownCorrelations;
    }

    @Override
    public Set<Integer> visible() {
        Set<Integer> all = new HashSet<>(ownCorrelations);
        if (outer != null) {
            all.addAll(outer.visible());
        }
        return all;
    }

    /** Whether anything inside refers to this scope's rows. */
    boolean isCorrelated() {
        return correlation != null;
    }

    CorrelationId correlation() {
        if (correlation == null) {
            correlation = analysis.newCorrelation();
            ownCorrelations.add(correlation.getId());
        }
        return correlation;
    }

    /** Resolves a column name, or 42703, 42702, 42P01. */
    FromItem.Visible column(SqlIdentifier name) {
        return switch (name.names.size()) {
            case 1 -> bare(name);
            case 2 -> qualified(null, name.names.get(0), name.names.get(1), name);
            case 3 -> qualified(name.names.get(0), name.names.get(1), name.names.get(2), name);
            default -> qualified(name.names.get(1), name.names.get(2), name.names.get(3), name);
        };
    }

    private FromItem.Visible bare(SqlIdentifier name) {
        String column = name.names.getFirst();
        for (Scope scope = this; scope != null; scope = scope.outer) {
            FromItem.Visible found = scope.bareHere(column, name);
            if (found != null) {
                analysis.read(found);
                return seenFrom(scope, found);
            }
        }
        for (Scope scope = this; scope != null; scope = scope.outer) {
            FromItem.Entry entry = scope.entry(null, column);
            if (entry != null) {
                entry.columns().forEach(analysis::read);
                return seenFrom(scope, scope.wholeRow(entry));
            }
        }
        throw Analysis.error(ErrorCode.UNDEFINED_COLUMN, "column \"" + column + "\" does not exist", name)
                .exception();
    }

    private FromItem.@Nullable Visible bareHere(String column, SqlIdentifier name) {
        FromItem.Visible found = null;
        for (FromItem.Visible visible : from.columns()) {
            if (visible.name().equals(column)) {
                if (found != null) {
                    throw ambiguous(column, name);
                }
                found = visible;
            }
        }
        if (found != null) {
            return found;
        }
        for (FromItem.Entry entry : from.relations()) {
            FromItem.Visible system = systemColumn(entry, column);
            if (system != null) {
                if (found != null) {
                    throw ambiguous(column, name);
                }
                found = system;
            }
        }
        return found;
    }

    private static RuntimeException ambiguous(String column, SqlIdentifier name) {
        return Analysis.error(ErrorCode.AMBIGUOUS_COLUMN, "column reference \"" + column + "\" is ambiguous", name)
                .exception();
    }

    /** Columns every table has and {@code *} does not show. Row versions have no numbers here: xmin and its kin are constant. */
    private FromItem.@Nullable Visible systemColumn(FromItem.Entry entry, String column) {
        ScanRel scan = entry.scan();
        if (scan == null) {
            return null;
        }
        RexNode value = switch (column) {
            case "tableoid" ->
                scan.relation() instanceof SystemTable system
                        ? PgConstant.of(
                                analysis.rex, PgRelType.of(PgType.OID), (long) SystemTable.plainOid(system.oid()))
                        : RexInputRef.of(
                                entry.offset() + scan.hiddenField(ScanRel.TABLE_OID),
                                from.rel().getRowType());
            case "xmin" -> PgConstant.of(analysis.rex, PgRelType.of(PgType.XID), FROZEN);
            case "xmax" -> PgConstant.of(analysis.rex, PgRelType.of(PgType.XID), 0L);
            case "cmin", "cmax" -> PgConstant.of(analysis.rex, PgRelType.of(PgType.CID), 0L);
            default -> null;
        };
        return value == null ? null : new FromItem.Visible(column, value, 0, 0);
    }

    private FromItem.Visible qualified(@Nullable String schema, String table, String column, SqlIdentifier name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            FromItem.Entry entry = scope.entry(schema, table);
            if (entry == null) {
                continue;
            }
            FromItem.Visible found = null;
            for (FromItem.Visible visible : entry.columns()) {
                if (visible.name().equals(column)) {
                    if (found != null) {
                        throw ambiguous(column, name);
                    }
                    found = visible;
                }
            }
            if (found == null) {
                found = scope.systemColumn(entry, column);
            }
            if (found == null) {
                throw Analysis.error(
                                ErrorCode.UNDEFINED_COLUMN, "column " + table + "." + column + " does not exist", name)
                        .exception();
            }
            analysis.read(found);
            return seenFrom(scope, found);
        }
        throw missingTable(table, name);
    }

    RuntimeException missingTable(String table, SqlIdentifier name) {
        for (FromItem.Entry entry : from.relations()) {
            ScanRel scan = entry.scan();
            if (scan != null && scan.relation().name().equals(table)) {
                return Analysis.error(
                                ErrorCode.UNDEFINED_TABLE,
                                "invalid reference to FROM-clause entry for table \"" + table + "\"",
                                name)
                        .withHint("Perhaps you meant to reference the table alias \"" + entry.alias() + "\".")
                        .exception();
            }
        }
        return Analysis.error(ErrorCode.UNDEFINED_TABLE, "missing FROM-clause entry for table \"" + table + "\"", name)
                .exception();
    }

    /** The relation of this scope with a name; a schema must match where both are given. */
    FromItem.@Nullable Entry entry(@Nullable String schema, String table) {
        for (FromItem.Entry entry : from.relations()) {
            if (entry.alias().equals(table) && (schema == null || schema.equals(entry.schema()))) {
                return entry;
            }
        }
        return null;
    }

    /** A relation by name here or further out, its columns as seen from here. */
    @Nullable
    List<FromItem.Visible> relationColumns(@Nullable String schema, String table) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            FromItem.Entry entry = scope.entry(schema, table);
            if (entry != null) {
                List<FromItem.Visible> columns = new ArrayList<>();
                for (FromItem.Visible column : entry.columns()) {
                    columns.add(seenFrom(scope, column));
                }
                return columns;
            }
        }
        return null;
    }

    /** A relation's name used as a value: its one column if it is a function's, else its row. */
    private FromItem.Visible wholeRow(FromItem.Entry entry) {
        List<RexNode> fields = new ArrayList<>();
        entry.columns().forEach(column -> fields.add(column.expression()));
        List<String> names =
                entry.columns().stream().map(FromItem.Visible::name).toList();
        RexNode row = PgSpecial.row(analysis.rex, analysis.cells.rowOf(fields), fields, names);
        return new FromItem.Visible(entry.alias(), row, 0, 0);
    }

    private FromItem.Visible seenFrom(Scope scope, FromItem.Visible column) {
        if (scope == this) {
            return column;
        }
        return new FromItem.Visible(
                column.name(), scope.correlated(column.expression()), column.tableOid(), column.columnNumber());
    }

    /** An expression over this scope's row as an inner query sees it. */
    RexNode correlated(RexNode expression) {
        RexNode variable = analysis.rex.makeCorrel(from.rel().getRowType(), correlation());
        return expression.accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef reference) {
                return analysis.rex.makeFieldAccess(variable, reference.getIndex());
            }
        });
    }
}
