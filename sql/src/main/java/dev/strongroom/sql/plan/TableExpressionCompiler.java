package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.sql.change.TableExpressions;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.sql.validate.TableText;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** Compiles the expressions a table's definition keeps as text. Names in them are looked up in {@code pg_catalog} only. */
public final class TableExpressionCompiler implements TableExpressions {
    private final CatalogSnapshot catalog;
    private final TypeContext types;

    public TableExpressionCompiler(CatalogSnapshot catalog, TypeContext types) {
        this.catalog = catalog;
        this.types = types;
    }

    @Override
    public Expr check(TableDefinition table, Constraint.Check check) {
        Analysis analysis = analysis();
        return compile(new TableText(analysis).condition(table, check.expression()), analysis, table);
    }

    @Override
    public Expr generated(TableDefinition table, Column column) {
        Analysis analysis = analysis();
        return compile(new TableText(analysis).generated(table, column), analysis, table);
    }

    @Override
    public @Nullable Expr columnDefault(TableDefinition table, Column column) {
        Analysis analysis = analysis();
        RexNode value = new TableText(analysis).columnDefault(table, column);
        return value == null ? null : compile(value, analysis, table);
    }

    /** The condition of COPY … FROM … WHERE. */
    public Expr copyCondition(TableDefinition table, SqlNode condition) {
        Analysis analysis = analysis();
        RexNode node = new TableText(analysis).condition(table, condition);
        if (IndexText.hasQuery(node)) {
            throw ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, "cannot use subquery in COPY FROM WHERE condition")
                    .exception();
        }
        return compile(node, analysis, table);
    }

    private Analysis analysis() {
        return new Analysis(catalog, catalog.searchPath(List.of(), "", 0), types, List.of());
    }

    private static Expr compile(RexNode node, Analysis analysis, TableDefinition table) {
        return NodeBuilder.detached(analysis)
                .expressions()
                .compile(node, NodeBuilder.identity(table.columns().size()));
    }
}
