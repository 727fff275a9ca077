package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** PREPARE, EXECUTE, DEALLOCATE. */
public sealed interface PreparedStatement extends Statement {
    /**
     * PREPARE.
     *
     * @param text source text of the inner statement
     */
    record Prepare(String name, List<TypeName> parameterTypes, Statement statement, String text)
            implements PreparedStatement {
        public Prepare {
            parameterTypes = List.copyOf(parameterTypes);
        }
    }

    record Execute(String name, List<SqlNode> arguments) implements PreparedStatement {
        public Execute {
            arguments = List.copyOf(arguments);
        }
    }

    /** DEALLOCATE; null is ALL. */
    record Deallocate(@Nullable String name) implements PreparedStatement {}
}
