package dev.strongroom.catalog.object;

import java.util.List;

/**
 * A default or generation expression ({@code pg_attrdef}).
 *
 * @param expression SQL text as {@code pg_get_expr} shows it
 * @param references what the expression needs: sequences (nextval), columns of the table
 */
public record ColumnDefault(int oid, String expression, List<ObjectRef> references) {
    public ColumnDefault {
        references = List.copyOf(references);
    }

    public ObjectRef ref() {
        return ObjectRef.of(ObjectClass.DEFAULT, oid);
    }
}
