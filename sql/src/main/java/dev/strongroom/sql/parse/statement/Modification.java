package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.jspecify.annotations.Nullable;

/** INSERT, UPDATE and DELETE. Select items of RETURNING are as in a select list; the list is empty without RETURNING. */
public sealed interface Modification extends Statement {
    WithClause with();

    ObjectName table();

    /** Alias of the target table, null without one. */
    @Nullable
    String alias();

    SqlNodeList returning();

    /**
     * INSERT.
     *
     * @param columns target columns, empty where none were written
     * @param source VALUES (a call of SqlStdOperatorTable.VALUES over ROWs, where DEFAULT may stand) or a query; null for
     *     DEFAULT VALUES
     */
    record Insert(
            WithClause with,
            ObjectName table,
            @Nullable String alias,
            List<TargetColumn> columns,
            Overriding overriding,
            @Nullable SqlNode source,
            @Nullable OnConflict onConflict,
            SqlNodeList returning)
            implements Modification {
        public Insert {
            columns = List.copyOf(columns);
        }
    }

    /**
     * UPDATE.
     *
     * @param from tables of the FROM clause, null without one
     */
    record Update(
            WithClause with,
            ObjectName table,
            @Nullable String alias,
            List<Assignment> assignments,
            @Nullable SqlNode from,
            @Nullable SqlNode where,
            SqlNodeList returning)
            implements Modification {
        public Update {
            assignments = List.copyOf(assignments);
        }
    }

    /**
     * DELETE.
     *
     * @param using tables of the USING clause, null without one
     */
    record Delete(
            WithClause with,
            ObjectName table,
            @Nullable String alias,
            @Nullable SqlNode using,
            @Nullable SqlNode where,
            SqlNodeList returning)
            implements Modification {}

    /** A column named as target, with its position for errors. */
    record TargetColumn(String name, int position) {}

    /**
     * {@code column = value}, or {@code (c1, c2) = value}.
     *
     * @param columns one or more targets
     * @param value for one column an expression or DEFAULT; for more a ROW (DEFAULT may stand inside) or a query
     */
    record Assignment(List<TargetColumn> columns, SqlNode value) {
        public Assignment {
            columns = List.copyOf(columns);
        }
    }

    /** OVERRIDING SYSTEM VALUE or USER VALUE. */
    enum Overriding {
        NONE,
        SYSTEM_VALUE,
        USER_VALUE
    }

    /**
     * ON CONFLICT.
     *
     * @param targets index expressions of the arbiter, empty for any or where a constraint is named
     * @param targetWhere predicate of a partial arbiter index
     * @param constraint name after ON CONSTRAINT
     * @param assignments of DO UPDATE; empty for DO NOTHING
     */
    record OnConflict(
            List<SqlNode> targets,
            @Nullable SqlNode targetWhere,
            @Nullable String constraint,
            boolean update,
            List<Assignment> assignments,
            @Nullable SqlNode where,
            int position) {
        public OnConflict {
            targets = List.copyOf(targets);
            assignments = List.copyOf(assignments);
        }
    }
}
