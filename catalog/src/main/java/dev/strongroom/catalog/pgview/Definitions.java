package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.catalog.store.SearchPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Objects as SQL text: what {@code pg_get_constraintdef}, {@code pg_get_indexdef} and their like return. */
public final class Definitions {
    private final CatalogSnapshot snapshot;
    private final SearchPath path;
    private final boolean pretty;

    /**
     * Definitions as a session sees them.
     *
     * @param path relations it finds are named without their schema
     */
    public Definitions(CatalogSnapshot snapshot, SearchPath path) {
        this(snapshot, path, false);
    }

    /**
     * Definitions as a session sees them.
     *
     * @param pretty leaves out parentheses nobody needs
     */
    Definitions(CatalogSnapshot snapshot, SearchPath path, boolean pretty) {
        this.snapshot = snapshot;
        this.path = path;
        this.pretty = pretty;
    }

    private String shown(String expression) {
        return pretty ? PrettyExpression.of(expression) : expression;
    }

    /** {@code pg_get_constraintdef}. */
    public Optional<String> constraint(int oid) {
        return snapshot.object(ObjectRef.of(dev.strongroom.catalog.object.ObjectClass.CONSTRAINT, oid))
                .map(object -> constraint((Constraint) object));
    }

    public String constraint(Constraint constraint) {
        return switch (constraint) {
            case Constraint.Key key -> key(key);
            case Constraint.Check check ->
                "CHECK (" + shown(check.expression()) + ")" + (check.noInherit() ? " NO INHERIT" : "")
                        + (check.validated() ? "" : " NOT VALID");
            case Constraint.ForeignKey key -> foreignKey(key);
        };
    }

    private String key(Constraint.Key key) {
        StringBuilder text = new StringBuilder(key.primary() ? "PRIMARY KEY" : "UNIQUE");
        Relation index = snapshot.relation(key.indexOid()).orElse(null);
        boolean nullsNotDistinct = index instanceof IndexDefinition definition && definition.nullsNotDistinct();
        text.append(nullsNotDistinct ? " NULLS NOT DISTINCT (" : " (");
        text.append(columnNames(key.tableOid(), key.columns())).append(')');
        if (index instanceof IndexDefinition definition
                && !definition.included().isEmpty()) {
            text.append(" INCLUDE (")
                    .append(columnNames(key.tableOid(), definition.included()))
                    .append(')');
        }
        return text.append(deferrability(key)).toString();
    }

    private String foreignKey(Constraint.ForeignKey key) {
        StringBuilder text = new StringBuilder("FOREIGN KEY (");
        text.append(columnNames(key.tableOid(), key.columns())).append(") REFERENCES ");
        text.append(snapshot.relation(key.referencedTableOid()).map(this::name).orElse("?"));
        text.append('(')
                .append(columnNames(key.referencedTableOid(), key.referencedColumns()))
                .append(')');
        if (key.matchFull()) {
            text.append(" MATCH FULL");
        }
        if (key.onUpdate() != Constraint.Action.NO_ACTION) {
            text.append(" ON UPDATE ").append(key.onUpdate().sqlName());
        }
        if (key.onDelete() != Constraint.Action.NO_ACTION) {
            text.append(" ON DELETE ").append(key.onDelete().sqlName());
        }
        if (!key.deleteSetColumns().isEmpty()) {
            text.append(" (")
                    .append(columnNames(key.tableOid(), key.deleteSetColumns()))
                    .append(')');
        }
        text.append(deferrability(key));
        return text.append(key.validated() ? "" : " NOT VALID").toString();
    }

    private static String deferrability(Constraint constraint) {
        if (!constraint.deferrable()) {
            return "";
        }
        return constraint.initiallyDeferred() ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
    }

    private String columnNames(int relationOid, List<Integer> numbers) {
        Relation relation = snapshot.relation(relationOid).orElseThrow();
        List<String> names = new ArrayList<>();
        numbers.forEach(
                number -> names.add(Identifiers.quote(relation.column(number).name())));
        return String.join(", ", names);
    }

    /** {@code pg_get_indexdef(oid)}: the whole CREATE INDEX, its table always qualified. */
    public String index(IndexDefinition index) {
        Relation table = snapshot.relation(index.tableOid()).orElseThrow();
        StringBuilder text = new StringBuilder(index.unique() ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
        text.append(Identifiers.quote(index.name())).append(" ON ");
        text.append(pretty ? name(table) : Identifiers.qualified(snapshot.schemaName(table.schemaOid()), table.name()));
        text.append(" USING btree (");
        List<String> parts = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            parts.add(part(table, part) + order(part));
        }
        text.append(String.join(", ", parts)).append(')');
        if (!index.included().isEmpty()) {
            text.append(" INCLUDE (")
                    .append(columnNames(table.oid(), index.included()))
                    .append(')');
        }
        if (index.nullsNotDistinct()) {
            text.append(" NULLS NOT DISTINCT");
        }
        if (!index.options().isEmpty()) {
            text.append(" WITH (").append(options(index.options())).append(')');
        }
        if (index.predicate() != null) {
            text.append(" WHERE ").append(shown(index.predicate()));
        }
        return text.toString();
    }

    /** {@code pg_get_indexdef(oid, column, …)}: one column, empty where there is none. */
    public String indexColumn(IndexDefinition index, int number) {
        Relation table = snapshot.relation(index.tableOid()).orElseThrow();
        if (number <= index.parts().size()) {
            return part(table, index.parts().get(number - 1));
        }
        int included = number - index.parts().size() - 1;
        return included < index.included().size()
                ? Identifiers.quote(table.column(index.included().get(included)).name())
                : "";
    }

    private String part(Relation table, IndexDefinition.Part part) {
        String expression = part.expression();
        if (expression != null) {
            return isCall(expression) ? shown(expression) : "(" + shown(expression) + ")";
        }
        return Identifiers.quote(table.column(part.column()).name());
    }

    private static String order(IndexDefinition.Part part) {
        if (part.descending()) {
            return part.nullsFirst() ? " DESC" : " DESC NULLS LAST";
        }
        return part.nullsFirst() ? " NULLS FIRST" : "";
    }

    private static String options(List<String> options) {
        List<String> quoted = new ArrayList<>();
        for (String option : options) {
            int equals = option.indexOf('=');
            quoted.add(option.substring(0, equals) + "='" + option.substring(equals + 1) + "'");
        }
        return String.join(", ", quoted);
    }

    /** Default or generation expression as {@code pg_get_expr} prints it: sequences by their present names. */
    public String expression(ColumnDefault value) {
        boolean nextval =
                value.expression().startsWith("nextval('") && value.expression().endsWith("'::regclass)");
        if (nextval && value.references().size() == 1) {
            Relation sequence =
                    snapshot.relation(value.references().getFirst().oid()).orElse(null);
            if (sequence instanceof SequenceDefinition) {
                return "nextval('" + name(sequence).replace("'", "''") + "'::regclass)";
            }
        }
        return value.expression();
    }

    /** Default of a column, null where it has none. */
    public @Nullable String expression(Column column) {
        ColumnDefault value = column.defaultValue();
        return value == null ? null : expression(value);
    }

    /** {@code pg_get_viewdef}. */
    public String view(ViewDefinition view) {
        String query = view.query().strip();
        return (query.startsWith("SELECT") || query.startsWith("WITH") ? " " : "")
                + query
                + (query.endsWith(";") ? "" : ";");
    }

    /** Name of a relation, qualified where the path does not find it ({@code regclass} output). */
    public String name(Relation relation) {
        return snapshot.visible(relation, path)
                ? Identifiers.quote(relation.name())
                : Identifiers.qualified(snapshot.schemaName(relation.schemaOid()), relation.name());
    }

    /** A function call and nothing after it. */
    private static boolean isCall(String expression) {
        int open = expression.indexOf('(');
        boolean named = open > 0
                && expression
                        .substring(0, open)
                        .chars()
                        .allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '.');
        return named && closesAt(expression, open) == expression.length() - 1;
    }

    /** Position of the parenthesis that closes the one at {@code open}, -1 if there is none. */
    private static int closesAt(String text, int open) {
        if (text.isEmpty() || text.charAt(open) != '(') {
            return -1;
        }
        int depth = 0;
        char quote = 0;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }
}
