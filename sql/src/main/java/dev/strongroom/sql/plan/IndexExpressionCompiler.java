package dev.strongroom.sql.plan;

import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.pgview.CatalogFunctions;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.IndexExpressions;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.execute.Frame;
import dev.strongroom.sql.validate.Analysis;
import dev.strongroom.sql.validate.IndexText;
import dev.strongroom.storage.table.IndexDerivation;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/** Compiles the expressions and predicates of indexes for storage. Stateless and thread-safe. */
public final class IndexExpressionCompiler implements IndexExpressions {
    @Override
    public IndexDerivation derivation(CatalogSnapshot catalog, TableDefinition table, IndexDefinition index) {
        return new Derivation(catalog, table, index);
    }

    /** An index's expressions compiled, over the slots of the table's rows. */
    private record Compiled(List<Expr> keys, @Nullable Expr predicate) {}

    private static final class Derivation implements IndexDerivation {
        private final CatalogSnapshot catalog;
        private final TableDefinition table;
        private final IndexDefinition index;
        private volatile @Nullable Compiled compiled;

        Derivation(CatalogSnapshot catalog, TableDefinition table, IndexDefinition index) {
            this.catalog = catalog;
            this.table = table;
            this.index = index;
        }

        @Override
        public int[] slots() {
            return IntStream.concat(
                            index.parts().stream()
                                    .mapToInt(IndexDefinition.Part::column)
                                    .filter(column -> column > 0),
                            index.mentioned().stream().mapToInt(Integer::intValue))
                    .map(column -> column - 1)
                    .distinct()
                    .toArray();
        }

        @Override
        public List<PgType> types() {
            return index.parts().stream().map(part -> part.type().type()).toList();
        }

        @Override
        public List<String> labels() {
            return index.parts().stream()
                    .map(part -> part.expression() == null
                            ? table.column(part.column()).name()
                            : CatalogFunctions.expression(part.expression(), true))
                    .toList();
        }

        @Override
        public boolean derive(Row row, Row into) {
            Compiled expressions = compiled();
            Frame frame = new Frame(ExecutionContext.detached()).on(row);
            Expr predicate = expressions.predicate();
            if (predicate != null && !predicate.isTrue(frame)) {
                return false;
            }
            for (int i = 0; i < expressions.keys().size(); i++) {
                expressions.keys().get(i).evalInto(frame, into, i);
            }
            return true;
        }

        private Compiled compiled() {
            Compiled known = compiled;
            if (known == null) {
                Analysis analysis =
                        new Analysis(catalog, catalog.searchPath(List.of(), "", 0), TypeContext.DEFAULT, List.of());
                IndexText analyzed = IndexText.of(analysis, table, index);
                Expressions expressions = NodeBuilder.detached(analysis).expressions();
                int[] slots = NodeBuilder.identity(table.columns().size());
                RexNode predicate = analyzed.predicate();
                known = new Compiled(
                        expressions.compileAll(analyzed.keys(), slots),
                        predicate == null ? null : expressions.compile(predicate, slots));
                compiled = known;
            }
            return known;
        }
    }
}
