package dev.strongroom.sql.validate;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.Modification;
import dev.strongroom.sql.parse.statement.Modification.Assignment;
import dev.strongroom.sql.parse.statement.Modification.Delete;
import dev.strongroom.sql.parse.statement.Modification.Insert;
import dev.strongroom.sql.parse.statement.Modification.TargetColumn;
import dev.strongroom.sql.parse.statement.Modification.Update;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.rel.RowsRel;
import dev.strongroom.sql.rel.ScanRel;
import dev.strongroom.sql.rel.TransientRel;
import dev.strongroom.sql.type.SubqueryOperator;
import dev.strongroom.sql.validate.AnalyzedModification.Returning;
import dev.strongroom.sql.validate.FromItem.Entry;
import dev.strongroom.sql.validate.FromItem.Visible;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/** INSERT, UPDATE and DELETE, each as a source query plus what is done with its rows (decision P-5). */
public final class ModifyAnalyzer {
    private static final String SHADOW_PREFIX = "sr_shadow_";

    private final Analysis analysis;
    private final Ctes ctes = new Ctes(null);
    private final List<QueryAnalyzer.Definition> definitions = new ArrayList<>();

    public ModifyAnalyzer(Analysis analysis) {
        this.analysis = analysis;
    }

    /** Makes the rows a data-modifying CTE returns readable under its name. */
    public int define(String name, List<String> columnNames, AnalyzedModification modification) {
        int id = analysis.newRelationId();
        List<String> names = new ArrayList<>(modification.returning().columns().stream()
                .map(AnalyzedQuery.Output::name)
                .toList());
        for (int i = 0; i < Math.min(names.size(), columnNames.size()); i++) {
            names.set(i, columnNames.get(i));
        }
        List<RelDataType> types =
                modification.returning().values().stream().map(RexNode::getType).toList();
        RelDataType rowType = Analysis.rowType(names, types);
        ctes.define(name, new Ctes.Cte(names, () -> new TransientRel(analysis.cluster, id, name, rowType)));
        return id;
    }

    /** A query that may read what was defined. */
    public AnalyzedQuery query(SqlNode node) {
        return new QueryAnalyzer(analysis, null, ctes).query(node);
    }

    /**
     * A WITH query beside data-modifying ones: its rows are kept for all parts of the statement.
     *
     * @param id under which its rows are kept
     */
    public record Sibling(int id, String name, RelNode rel) {}

    /** Makes the rows of a WITH query readable under its name, by later data-modifying queries too. */
    public Sibling define(SqlWithItem item) {
        QueryAnalyzer.Definition definition = new QueryAnalyzer(analysis, null, ctes)
                .define(List.of(item), ctes)
                .getFirst();
        return new Sibling(definition.id(), definition.name(), definition.rel());
    }

    /** Analyses a statement whose WITH queries are its own. */
    public AnalyzedModification analyze(Modification statement) {
        QueryAnalyzer queries = new QueryAnalyzer(analysis, null, ctes);
        definitions.addAll(queries.define(new ArrayList<>(statement.with().items()), ctes));
        return analyzeBody(statement);
    }

    /** Analyses a statement whose WITH queries were defined before, one by one. */
    public AnalyzedModification analyzeBody(Modification statement) {
        return switch (statement) {
            case Insert insert -> new InsertAnalyzer(this, analysis, ctes).analyze(insert);
            case Update update -> update(update);
            case Delete delete -> delete(delete);
        };
    }

    /** Puts the WITH queries the statement uses around its source. */
    RelNode withDefinitions(RelNode source) {
        return new QueryAnalyzer(analysis, null, ctes).attach(definitions, source);
    }

    TableDefinition table(ObjectName name, Privilege privilege, String verb) {
        Relation relation = analysis.catalog
                .relation(name.schema(), name.name(), analysis.path)
                .orElseThrow(
                        () -> ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "relation \"" + name + "\" does not exist")
                                .withPosition(name.position())
                                .exception());
        if (relation instanceof TableDefinition table) {
            analysis.use(table.oid(), privilege, name.schema() != null);
            return table;
        }
        if (relation instanceof SystemTable) {
            throw new DatabaseException(
                    ErrorCode.INSUFFICIENT_PRIVILEGE, "permission denied: \"" + name.name() + "\" is a system catalog");
        }
        if (relation.relkind() == 'v') {
            throw new DatabaseException(
                    ErrorCode.FEATURE_NOT_SUPPORTED, verb + " view \"" + name.name() + "\" is not supported yet");
        }
        throw new DatabaseException(
                ErrorCode.WRONG_OBJECT_TYPE, "cannot change " + relation.kindName() + " \"" + name.name() + "\"");
    }

    // ---- UPDATE and DELETE

    private AnalyzedModification update(Update update) {
        TableDefinition table = table(update.table(), Privilege.UPDATE, "updating");
        Source source = source(table, update.alias(), update.from(), update.where());
        List<Integer> slots = new ArrayList<>();
        List<RexNode> values = new ArrayList<>();
        assign(table, update.assignments(), source.expressions(), slots, values);
        Returning returning = returning(update.returning(), table, update.alias(), source.item());
        return new AnalyzedModification.Update(
                table, withDefinitions(source.rel()), slots, values, source.condition(), returning);
    }

    private AnalyzedModification delete(Delete delete) {
        TableDefinition table = table(delete.table(), Privilege.DELETE, "deleting from");
        Source source = source(table, delete.alias(), delete.using(), delete.where());
        Returning returning = returning(delete.returning(), table, delete.alias(), source.item());
        return new AnalyzedModification.Delete(table, withDefinitions(source.rel()), source.condition(), returning);
    }

    private record Source(
            RelNode rel,
            FromItem item,
            ExpressionAnalyzer expressions,
            @Nullable RexNode condition) {}

    private Source source(
            TableDefinition table, @Nullable String alias, @Nullable SqlNode from, @Nullable SqlNode where) {
        String shown = alias == null ? table.name() : alias;
        ScanRel scan = FromAnalyzer.scan(analysis, table, shown);
        FromItem item = FromItem.of(scan, shown, schemaOf(analysis, table, alias), FromAnalyzer.columns(scan));
        if (from != null) {
            item = beside(item, new FromAnalyzer(analysis, null, ctes).analyze(from));
        }
        Scope scope = new Scope(analysis, null, ctes, item);
        ExpressionAnalyzer expressions = new ExpressionAnalyzer(scope);
        RexNode condition = where == null ? null : expressions.condition(where, "WHERE");
        RelNode rel = condition == null ? item.rel() : Rels.filter(item.rel(), condition);
        return new Source(rel, item, expressions, condition);
    }

    private FromItem beside(FromItem left, FromItem right) {
        List<Visible> columns = new ArrayList<>(left.columns());
        right.columns().forEach(column -> columns.add(column.shift(left.width())));
        List<Entry> relations = new ArrayList<>(left.relations());
        for (Entry entry : right.relations()) {
            if (entry.alias().equals(left.relations().getFirst().alias())) {
                throw new DatabaseException(
                        ErrorCode.DUPLICATE_ALIAS, "table name \"" + entry.alias() + "\" specified more than once");
            }
            relations.add(entry.shift(left.width()));
        }
        RelNode rel = Rels.join(left.rel(), right.rel(), analysis.rex.makeLiteral(true), JoinRelType.INNER);
        return new FromItem(rel, columns, relations);
    }

    /** Assignments as slots and values of the columns' types. */
    void assign(
            TableDefinition table,
            List<Assignment> assignments,
            ExpressionAnalyzer expressions,
            List<Integer> slots,
            List<RexNode> values) {
        for (Assignment assignment : assignments) {
            List<TargetColumn> targets = assignment.columns();
            SqlNode node = assignment.value();
            boolean row = node.getKind() == SqlKind.ROW && targets.size() > 1
                    || node.getKind() == SqlKind.ROW && ((SqlCall) node).operandCount() == targets.size();
            AnalyzedQuery query = targets.size() > 1 && !row
                    ? new QueryAnalyzer(analysis, expressions.scope(), ctes).query(node)
                    : null;
            if (query != null && query.columns().size() != targets.size()) {
                throw Analysis.error(ErrorCode.SYNTAX_ERROR, "number of columns does not match number of values", node)
                        .exception();
            }
            for (int i = 0; i < targets.size(); i++) {
                Column column = target(table, targets.get(i));
                analysis.useColumn(table.oid(), Privilege.UPDATE, column.number());
                SqlNode value = row ? ((SqlCall) node).operand(i) : node;
                if (slots.contains(column.slot())) {
                    throw ErrorReport.error(
                                    ErrorCode.SYNTAX_ERROR,
                                    "multiple assignments to same column \"" + column.name() + "\"")
                            .withPosition(targets.get(i).position())
                            .exception();
                }
                if (column.generated() && value.getKind() == SqlKind.DEFAULT) {
                    continue;
                }
                slots.add(column.slot());
                values.add(
                        query == null
                                ? value(table, column, value, expressions)
                                : column(query, i, table, column, expressions.scope(), node));
            }
        }
        emptyShadows(table, slots, values);
    }

    /**
     * While a column's encryption is being changed, a column {@code sr_shadow_<name>} beside it holds its values under the
     * new scheme (AE-151). The server cannot compute them, so whoever writes the column empties the shadow, and an empty
     * shadow is what the key tool looks for.
     */
    private void emptyShadows(TableDefinition table, List<Integer> slots, List<RexNode> values) {
        for (Column column : table.liveColumns()) {
            Column shadow = slots.contains(column.slot())
                    ? table.column(SHADOW_PREFIX + column.name()).orElse(null)
                    : null;
            if (shadow != null && !slots.contains(shadow.slot()) && (isEncrypted(column) || isEncrypted(shadow))) {
                slots.add(shadow.slot());
                values.add(analysis.rex.makeNullLiteral(FromAnalyzer.type(shadow)));
            }
        }
    }

    private static boolean isEncrypted(Column column) {
        return EncryptionScheme.encrypts(column.pgType());
    }

    /** A value as one of a column of the table. */
    RexNode assigned(RexNode value, TableDefinition table, Column column, SqlNode at) {
        String origin = analysis.catalog.schemaName(table.schemaOid()) + "." + table.name() + "." + column.name();
        return analysis.coercions.assign(value, FromAnalyzer.type(column), column.name(), origin, at);
    }

    private RexNode column(AnalyzedQuery query, int i, TableDefinition table, Column column, Scope scope, SqlNode at) {
        RelNode single =
                Rels.project(query.rel(), List.of(RexInputRef.of(i, query.rel().getRowType())));
        RexNode value = SubqueryOperator.call(
                analysis.rex, SubqueryOperator.Form.SCALAR, single, List.of(), query.type(i), List.of(), scope);
        return assigned(value, table, column, at);
    }

    private RexNode value(TableDefinition table, Column column, SqlNode node, ExpressionAnalyzer expressions) {
        if (node.getKind() == SqlKind.DEFAULT) {
            return defaultValue(table, column);
        }
        if (column.generated() || column.identity() == Column.Identity.ALWAYS) {
            String what = column.generated() ? "generated" : "identity";
            throw Analysis.error(
                            ErrorCode.GENERATED_ALWAYS,
                            "column \"" + column.name() + "\" can only be updated to DEFAULT",
                            node)
                    .withDetail("Column \"" + column.name() + "\" is "
                            + (column.generated()
                                    ? "a " + what + " column."
                                    : "an " + what + " column defined as GENERATED ALWAYS."))
                    .exception();
        }
        expressions.scope().clause = "UPDATE";
        return assigned(expressions.analyze(node), table, column, node);
    }

    RexNode defaultValue(TableDefinition table, Column column) {
        RexNode value = new TableText(analysis).columnDefault(table, column);
        return value == null ? analysis.rex.makeNullLiteral(FromAnalyzer.type(column)) : value;
    }

    static Column target(TableDefinition table, TargetColumn target) {
        return table.column(target.name())
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_COLUMN,
                                "column \"" + target.name() + "\" of relation \"" + table.name() + "\" does not exist")
                        .withPosition(target.position())
                        .exception());
    }

    // ---- RETURNING

    /** RETURNING over the target's new (or deleted) row, then the source's row. */
    Returning returning(SqlNodeList list, TableDefinition table, @Nullable String alias, @Nullable FromItem source) {
        if (list.isEmpty()) {
            return Returning.NOTHING;
        }
        int width = table.columns().size();
        List<RelDataType> types = new ArrayList<>();
        table.columns().forEach(column -> types.add(FromAnalyzer.type(column)));
        if (source != null) {
            source.rel().getRowType().getFieldList().forEach(field -> types.add(field.getType()));
        }
        RowsRel row = new RowsRel(analysis.cluster, List.of(), Analysis.rowType(types));
        List<Visible> own = new ArrayList<>();
        for (Column column : table.liveColumns()) {
            own.add(new Visible(
                    column.name(), RexInputRef.of(column.slot(), row.getRowType()), table.oid(), column.number()));
        }
        List<Visible> columns = new ArrayList<>(own);
        List<Entry> relations = new ArrayList<>();
        relations.add(target(analysis, table, alias, own));
        if (source != null) {
            int first = source.relations().getFirst().columns().size();
            source.columns()
                    .subList(first, source.columns().size())
                    .forEach(column -> columns.add(column.shift(width)));
            source.relations()
                    .subList(1, source.relations().size())
                    .forEach(entry -> relations.add(entry.shift(width)));
        }
        Scope scope = new Scope(analysis, null, ctes, new FromItem(row, columns, relations));
        scope.clause = "RETURNING";
        List<RexNode> values = new ArrayList<>();
        List<AnalyzedQuery.Output> outputs = new ArrayList<>();
        for (SelectAnalyzer.Item item : SelectAnalyzer.items(list, new ExpressionAnalyzer(scope))) {
            values.add(analysis.coercions.resolveUnknown(item.expression(), item.node()));
            outputs.add(item.output());
        }
        return new Returning(values, outputs);
    }

    /** The changed table as expressions name it: by its alias, else by its name, with or without the schema. */
    private static Entry target(
            Analysis analysis, TableDefinition table, @Nullable String alias, List<Visible> columns) {
        String name = alias == null ? table.name() : alias;
        return new Entry(name, schemaOf(analysis, table, alias), columns, null, 0, false);
    }

    private static @Nullable String schemaOf(Analysis analysis, TableDefinition table, @Nullable String alias) {
        return alias == null ? analysis.catalog.schemaName(table.schemaOid()) : null;
    }

    /** The relation's row as a rel with two such rows side by side: the existing one and the excluded one. */
    static FromItem existingAndExcluded(Analysis analysis, TableDefinition table, @Nullable String alias) {
        List<RelDataType> types = new ArrayList<>();
        for (int side = 0; side < 2; side++) {
            table.columns().forEach(column -> types.add(FromAnalyzer.type(column)));
        }
        RowsRel row = new RowsRel(analysis.cluster, List.of(), Analysis.rowType(types));
        List<Visible> existing = new ArrayList<>();
        for (Column column : table.liveColumns()) {
            existing.add(new Visible(
                    column.name(), RexInputRef.of(column.slot(), row.getRowType()), table.oid(), column.number()));
        }
        int width = table.columns().size();
        List<Visible> excluded = existing.stream()
                .map(column -> new Visible(column.name(), RexUtil.shift(column.expression(), width), 0, 0))
                .toList();
        List<Visible> all = new ArrayList<>(existing);
        all.addAll(excluded);
        return new FromItem(
                row,
                all,
                List.of(
                        target(analysis, table, alias, existing),
                        new Entry("excluded", null, excluded, null, width, false)));
    }
}
