package dev.strongroom.sql.validate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.calcite.rel.RelNode;
import org.jspecify.annotations.Nullable;

/** Names a WITH clause has defined, then those of the clauses around it. */
final class Ctes {
    private final @Nullable Ctes outer;
    private final Map<String, Cte> named = new HashMap<>();

    Ctes(@Nullable Ctes outer) {
        this.outer = outer;
    }

    /** One WITH item: its columns, and a rel that reads its rows, fresh for every use. */
    static final class Cte {
        final List<String> columns;
        final Supplier<RelNode> rows;
        int references;

        Cte(List<String> columns, Supplier<RelNode> rows) {
            this.columns = List.copyOf(columns);
            this.rows = rows;
        }

        RelNode reference() {
            references++;
            return rows.get();
        }
    }

    void define(String name, Cte cte) {
        named.put(name, cte);
    }

    boolean definesHere(String name) {
        return named.containsKey(name);
    }

    @Nullable
    Cte find(String name) {
        for (Ctes level = this; level != null; level = level.outer) {
            Cte found = level.named.get(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
