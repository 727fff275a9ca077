package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.sql.parse.SqlTextParser;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/** Changes names inside stored SQL texts, by the positions the parser kept. */
final class ExpressionText {
    private ExpressionText() {}

    /** Renames a column in an expression over one table. */
    static String renameColumn(String expression, String from, String to) {
        Map<Integer, int[]> places = new TreeMap<>();
        SqlTextParser.parseExpression(expression).node().accept(new SqlBasicVisitor<Void>() {
            @Override
            public Void visit(SqlIdentifier id) {
                int last = id.names.size() - 1;
                if (id.names.get(last).equals(from)) {
                    var pos = id.getComponentParserPosition(last);
                    places.put(pos.getColumnNum() - 1, new int[] {pos.getColumnNum() - 1, pos.getEndColumnNum()});
                }
                return super.visit(id);
            }
        });
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (int[] place : places.values()) {
            text.append(expression, at, place[0]).append(Identifiers.quote(to));
            at = place[1];
        }
        return text.append(expression.substring(at)).toString();
    }

    /** Finds the relation of a table name. */
    @FunctionalInterface
    interface Resolver {
        @Nullable
        Relation find(String name);
    }

    /**
     * A query's text with every bare table name qualified, so that it means the same under any search path.
     *
     * @param start offset of the text in what the positions count in
     */
    static String qualifyTables(String text, int start, SqlNode query, Resolver resolver, SchemaNames schemas) {
        TableFinder finder = new TableFinder();
        finder.visitQuery(query);
        StringBuilder qualified = new StringBuilder();
        int at = 0;
        for (Map.Entry<Integer, String> place : finder.places.entrySet()) {
            int offset = place.getKey() - start;
            Relation relation = resolver.find(place.getValue());
            if (relation != null && offset >= at && offset < text.length()) {
                qualified
                        .append(text, at, offset)
                        .append(Identifiers.quote(schemas.name(relation.schemaOid())))
                        .append('.');
                at = offset;
            }
        }
        return qualified.append(text.substring(at)).toString();
    }

    /** Name of a schema. */
    @FunctionalInterface
    interface SchemaNames {
        String name(int schemaOid);
    }

    /** Collects the offsets of bare names in FROM clauses that no WITH item defines. */
    private static final class TableFinder extends SqlBasicVisitor<Void> {
        final Map<Integer, String> places = new TreeMap<>();
        private final Set<String> withNames = new HashSet<>();

        void visitQuery(SqlNode node) {
            node.accept(this);
        }

        @Override
        public Void visit(SqlCall call) {
            if (call instanceof SqlWith with) {
                with.withList.forEach(item -> withNames.add(((SqlWithItem) item).name.getSimple()));
            }
            if (call instanceof SqlSelect select) {
                from(select.getFrom());
                for (SqlNode operand : select.getOperandList()) {
                    if (operand != null && operand != select.getFrom()) {
                        operand.accept(this);
                    }
                }
                return null;
            }
            for (SqlNode operand : call.getOperandList()) {
                if (operand != null) {
                    operand.accept(this);
                }
            }
            return null;
        }

        private void from(@Nullable SqlNode node) {
            switch (node) {
                case null -> {}
                case SqlIdentifier id -> {
                    if (id.isSimple() && !withNames.contains(id.getSimple())) {
                        places.put(id.getParserPosition().getColumnNum() - 1, id.getSimple());
                    }
                }
                case SqlJoin join -> {
                    from(join.getLeft());
                    from(join.getRight());
                    if (join.getCondition() != null) {
                        join.getCondition().accept(this);
                    }
                }
                case SqlCall call
                when call.getKind() == SqlKind.AS || call.getKind() == SqlKind.LATERAL -> from(call.operand(0));
                default -> node.accept(this);
            }
        }
    }
}
