package dev.strongroom.catalog.object;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What shares the name space of tables in a schema ({@code pg_class}). */
public sealed interface Relation extends CatalogObject, Owned
        permits TableDefinition, ViewDefinition, SequenceDefinition, IndexDefinition, SystemTable {
    int schemaOid();

    /** {@code relkind}: r table, v view, S sequence, i index. */
    char relkind();

    /** All columns in order, dropped ones included; column n is element n - 1. */
    List<Column> columns();

    Relation withSchema(int schemaOid);

    @Override
    Relation withName(String name);

    @Override
    Relation withOwner(int ownerOid);

    @Override
    Relation withAcl(@Nullable Acl acl);

    @Override
    default ObjectClass objectClass() {
        return ObjectClass.RELATION;
    }

    /** Type OID of the relation's rows ({@code reltype}), 0 where it has none. */
    default int rowTypeOid() {
        return 0;
    }

    default Persistence persistence() {
        return Persistence.PERMANENT;
    }

    default boolean temporary() {
        return persistence() == Persistence.TEMPORARY;
    }

    /** A live column by name. */
    default Optional<Column> column(String name) {
        for (Column column : columns()) {
            if (!column.dropped() && column.name().equals(name)) {
                return Optional.of(column);
            }
        }
        return Optional.empty();
    }

    /** The column with this number (1-based). */
    default Column column(int number) {
        return columns().get(number - 1);
    }

    /** Live columns in order. */
    default List<Column> liveColumns() {
        return columns().stream().filter(column -> !column.dropped()).toList();
    }

    /** PostgreSQL's word for the kind in messages. */
    default String kindName() {
        return switch (relkind()) {
            case 'v' -> "view";
            case 'S' -> "sequence";
            case 'i' -> "index";
            case 'm' -> "materialized view";
            default -> "table";
        };
    }
}
