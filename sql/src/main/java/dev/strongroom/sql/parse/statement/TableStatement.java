package dev.strongroom.sql.parse.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements about tables and indexes. */
public sealed interface TableStatement extends Statement {
    /** CREATE TABLE (…). */
    record CreateTable(
            ObjectName name,
            Persistence persistence,
            boolean ifNotExists,
            List<ColumnDefinition> columns,
            List<TableConstraint> constraints,
            List<Like> likes,
            List<ObjectName> inherits,
            List<Option> options,
            OnCommit onCommit,
            @Nullable String tablespace)
            implements TableStatement {
        public CreateTable {
            columns = List.copyOf(columns);
            constraints = List.copyOf(constraints);
            likes = List.copyOf(likes);
            inherits = List.copyOf(inherits);
            options = List.copyOf(options);
        }
    }

    /**
     * CREATE TABLE … AS, and SELECT … INTO.
     *
     * @param source the query or an EXECUTE
     * @param columns names for the query's columns, empty for its own
     */
    record CreateTableAs(
            ObjectName name,
            Persistence persistence,
            boolean ifNotExists,
            List<String> columns,
            List<Option> options,
            OnCommit onCommit,
            Statement source,
            boolean withData)
            implements TableStatement {
        public CreateTableAs {
            columns = List.copyOf(columns);
            options = List.copyOf(options);
        }
    }

    /**
     * {@code LIKE source INCLUDING …} in CREATE TABLE.
     *
     * @param beforeColumn how many column definitions precede it
     */
    record Like(ObjectName source, List<LikeOption> including, int beforeColumn) {
        public Like {
            including = List.copyOf(including);
        }
    }

    /** What LIKE copies besides names, types and NOT NULL. */
    enum LikeOption {
        COMMENTS,
        COMPRESSION,
        CONSTRAINTS,
        DEFAULTS,
        GENERATED,
        IDENTITY,
        INDEXES,
        STATISTICS,
        STORAGE
    }

    /** Life of a table. */
    enum Persistence {
        PERMANENT,
        TEMPORARY,
        UNLOGGED
    }

    /** ON COMMIT of a temporary table. */
    enum OnCommit {
        PRESERVE_ROWS,
        DELETE_ROWS,
        DROP
    }

    /**
     * CREATE INDEX.
     *
     * @param name null where PostgreSQL chooses one
     * @param method access method, lower-cased, null without USING
     */
    record CreateIndex(
            @Nullable String name,
            ObjectName table,
            boolean unique,
            boolean concurrently,
            boolean ifNotExists,
            @Nullable String method,
            List<IndexKey> keys,
            List<String> include,
            boolean nullsNotDistinct,
            List<Option> options,
            @Nullable Expression where)
            implements TableStatement {
        public CreateIndex {
            keys = List.copyOf(keys);
            include = List.copyOf(include);
            options = List.copyOf(options);
        }
    }

    /**
     * One key of an index.
     *
     * @param column column name, null where {@code expression} is given
     * @param nullsFirst as written or implied by the direction
     */
    record IndexKey(
            @Nullable String column,
            @Nullable Expression expression,
            @Nullable ObjectName collation,
            @Nullable ObjectName operatorClass,
            boolean descending,
            boolean nullsFirst,
            int position) {}

    /** TRUNCATE. */
    record Truncate(List<ObjectName> tables, boolean restartIdentity, boolean cascade) implements TableStatement {
        public Truncate {
            tables = List.copyOf(tables);
        }
    }

    /**
     * ALTER TABLE, ALTER INDEX, ALTER VIEW, ALTER SEQUENCE with a list of actions.
     *
     * @param kind what the statement said it alters
     */
    record AlterTable(ObjectKind kind, ObjectName name, boolean ifExists, List<TableAction> actions)
            implements TableStatement {
        public AlterTable {
            actions = List.copyOf(actions);
        }
    }

    /** LOCK TABLE. */
    record Lock(List<ObjectName> tables, LockMode mode, boolean noWait) implements TableStatement {
        public Lock {
            tables = List.copyOf(tables);
        }
    }

    /** Mode of LOCK TABLE. */
    enum LockMode {
        ACCESS_SHARE,
        ROW_SHARE,
        ROW_EXCLUSIVE,
        SHARE_UPDATE_EXCLUSIVE,
        SHARE,
        SHARE_ROW_EXCLUSIVE,
        EXCLUSIVE,
        ACCESS_EXCLUSIVE
    }

    /** One action of ALTER TABLE. */
    sealed interface TableAction {
        record AddColumn(ColumnDefinition column, boolean ifNotExists) implements TableAction {}

        record DropColumn(String column, boolean ifExists, boolean cascade) implements TableAction {}

        /** ALTER COLUMN … TYPE … ENCRYPTED WITH (…): only an enclave could do it (AE-176). */
        record EncryptInPlace(String column) implements TableAction {}

        record SetType(
                String column,
                TypeName type,
                @Nullable ObjectName collation,
                @Nullable Expression using) implements TableAction {}

        record SetDefault(String column, Expression value) implements TableAction {}

        record DropDefault(String column) implements TableAction {}

        record SetNotNull(String column) implements TableAction {}

        record DropNotNull(String column) implements TableAction {}

        record DropExpression(String column, boolean ifExists) implements TableAction {}

        record AddIdentity(String column, boolean always, List<SequenceOption> options) implements TableAction {}

        /** ALTER COLUMN … SET GENERATED / SET sequence option / RESTART. */
        record AlterIdentity(String column, @Nullable Boolean always, List<SequenceOption> options)
                implements TableAction {}

        record DropIdentity(String column, boolean ifExists) implements TableAction {}

        /** SET STATISTICS, SET STORAGE, SET (…), SET COMPRESSION: kept for scripts, no effect. */
        record SetColumnOption(
                String column, String option, @Nullable String value) implements TableAction {}

        record AddConstraint(TableConstraint constraint) implements TableAction {}

        record DropConstraint(String name, boolean ifExists, boolean cascade) implements TableAction {}

        record ValidateConstraint(String name) implements TableAction {}

        record AlterConstraint(String name, TableConstraint.Timing timing) implements TableAction {}

        record RenameColumn(String column, String newName) implements TableAction {}

        record RenameConstraint(String name, String newName) implements TableAction {}

        record Rename(String newName) implements TableAction {}

        record SetSchema(String schema) implements TableAction {}

        record OwnerTo(RoleName role) implements TableAction {}

        record SetOptions(List<Option> options) implements TableAction {}

        record ResetOptions(List<Option> options) implements TableAction {}

        /** Options of ALTER SEQUENCE. */
        record AlterSequence(List<SequenceOption> options) implements TableAction {}

        /** REPLICA IDENTITY, CLUSTER ON, SET WITHOUT CLUSTER, SET TABLESPACE, ENABLE TRIGGER …: named only. */
        record Other(String what) implements TableAction {}
    }
}
