package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements about schemas, views, sequences and other named objects. */
public sealed interface ObjectStatement extends Statement {
    /**
     * CREATE SCHEMA.
     *
     * @param name null where only AUTHORIZATION is given
     * @param elements statements inside it
     */
    record CreateSchema(@Nullable String name, @Nullable RoleName owner, boolean ifNotExists, List<Statement> elements)
            implements ObjectStatement {
        public CreateSchema {
            elements = List.copyOf(elements);
        }
    }

    /**
     * CREATE VIEW and CREATE MATERIALIZED VIEW.
     *
     * @param text source text of the query
     * @param checkOption LOCAL, CASCADED or null
     */
    record CreateView(
            ObjectName name,
            boolean replace,
            boolean temporary,
            boolean materialized,
            boolean ifNotExists,
            List<String> columns,
            List<Option> options,
            Query query,
            String text,
            @Nullable String checkOption,
            boolean withData)
            implements ObjectStatement {
        public CreateView {
            columns = List.copyOf(columns);
            options = List.copyOf(options);
        }
    }

    record RefreshView(ObjectName name, boolean concurrently, boolean withData) implements ObjectStatement {}

    record CreateSequence(ObjectName name, boolean temporary, boolean ifNotExists, List<SequenceOption> options)
            implements ObjectStatement {
        public CreateSequence {
            options = List.copyOf(options);
        }
    }

    /** DROP of tables, views, sequences, indexes, schemas and other named objects; roles and databases have their own. */
    record Drop(ObjectKind kind, List<ObjectName> names, boolean ifExists, boolean concurrently, boolean cascade)
            implements ObjectStatement {
        public Drop {
            names = List.copyOf(names);
        }
    }

    /** ALTER SCHEMA … RENAME TO. */
    record RenameSchema(String name, String newName) implements ObjectStatement {}

    /** ALTER SCHEMA … OWNER TO. */
    record SchemaOwner(String name, RoleName owner) implements ObjectStatement {}

    /**
     * COMMENT ON.
     *
     * @param name of the object; for a column the table with the column as last part; for a constraint its own name
     * @param table table of a constraint, trigger, policy or rule
     * @param text null removes the comment
     */
    record Comment(
            ObjectKind kind,
            ObjectName name,
            @Nullable ObjectName table,
            @Nullable String text) implements ObjectStatement {}

    /** CREATE EXTENSION; accepted for those that are built in. */
    record CreateExtension(String name, boolean ifNotExists) implements ObjectStatement {}
}
