package dev.strongroom.catalog.object;

import java.util.List;

/** A constraint of a table ({@code pg_constraint}); its schema is the table's. NOT NULL is a property of the column. */
public sealed interface Constraint extends CatalogObject {
    int tableOid();

    /** {@code contype}: p, u, f, c. */
    char contype();

    /** Constrained columns ({@code conkey}). */
    List<Integer> columns();

    default boolean deferrable() {
        return false;
    }

    default boolean initiallyDeferred() {
        return false;
    }

    default boolean validated() {
        return true;
    }

    @Override
    Constraint withName(String name);

    @Override
    default ObjectClass objectClass() {
        return ObjectClass.CONSTRAINT;
    }

    /**
     * PRIMARY KEY or UNIQUE, kept by an index of the same name.
     *
     * @param indexOid the index
     */
    record Key(
            int oid,
            String name,
            int tableOid,
            boolean primary,
            List<Integer> columns,
            int indexOid,
            boolean deferrable,
            boolean initiallyDeferred)
            implements Constraint {
        public Key {
            columns = List.copyOf(columns);
        }

        @Override
        public char contype() {
            return primary ? 'p' : 'u';
        }

        @Override
        public Key withName(String name) {
            return new Key(oid, name, tableOid, primary, columns, indexOid, deferrable, initiallyDeferred);
        }
    }

    /**
     * CHECK.
     *
     * @param expression SQL text without the outer parentheses of CHECK (…)
     * @param columns columns the expression names
     */
    record Check(
            int oid,
            String name,
            int tableOid,
            String expression,
            List<Integer> columns,
            List<ObjectRef> references,
            boolean validated,
            boolean noInherit)
            implements Constraint {
        public Check {
            columns = List.copyOf(columns);
            references = List.copyOf(references);
        }

        @Override
        public char contype() {
            return 'c';
        }

        @Override
        public Check withName(String name) {
            return new Check(oid, name, tableOid, expression, columns, references, validated, noInherit);
        }

        public Check withExpression(String expression) {
            return new Check(oid, name, tableOid, expression, columns, references, validated, noInherit);
        }

        public Check withValidated(boolean validated) {
            return new Check(oid, name, tableOid, expression, columns, references, validated, noInherit);
        }
    }

    /** What a foreign key does when the referenced key changes or goes. */
    enum Action {
        NO_ACTION('a', "NO ACTION"),
        RESTRICT('r', "RESTRICT"),
        CASCADE('c', "CASCADE"),
        SET_NULL('n', "SET NULL"),
        SET_DEFAULT('d', "SET DEFAULT");

        private final char letter;
        private final String sqlName;

        Action(char letter, String sqlName) {
            this.letter = letter;
            this.sqlName = sqlName;
        }

        public char letter() {
            return letter;
        }

        public String sqlName() {
            return sqlName;
        }
    }

    /**
     * FOREIGN KEY.
     *
     * @param referencedIndexOid unique index on the referenced columns
     * @param matchFull MATCH FULL rather than SIMPLE
     * @param deleteSetColumns columns of ON DELETE SET NULL (…), empty for all
     */
    record ForeignKey(
            int oid,
            String name,
            int tableOid,
            List<Integer> columns,
            int referencedTableOid,
            List<Integer> referencedColumns,
            int referencedIndexOid,
            Action onUpdate,
            Action onDelete,
            List<Integer> deleteSetColumns,
            boolean matchFull,
            boolean deferrable,
            boolean initiallyDeferred,
            boolean validated)
            implements Constraint {
        public ForeignKey {
            columns = List.copyOf(columns);
            referencedColumns = List.copyOf(referencedColumns);
            deleteSetColumns = List.copyOf(deleteSetColumns);
        }

        @Override
        public char contype() {
            return 'f';
        }

        @Override
        public ForeignKey withName(String newName) {
            return with(newName, deferrable, initiallyDeferred, validated);
        }

        public ForeignKey withValidated(boolean newValidated) {
            return with(name, deferrable, initiallyDeferred, newValidated);
        }

        public ForeignKey withDeferrable(boolean newDeferrable, boolean newInitiallyDeferred) {
            return with(name, newDeferrable, newInitiallyDeferred, validated);
        }

        private ForeignKey with(
                String newName, boolean newDeferrable, boolean newInitiallyDeferred, boolean newValidated) {
            return new ForeignKey(
                    oid,
                    newName,
                    tableOid,
                    columns,
                    referencedTableOid,
                    referencedColumns,
                    referencedIndexOid,
                    onUpdate,
                    onDelete,
                    deleteSetColumns,
                    matchFull,
                    newDeferrable,
                    newInitiallyDeferred,
                    newValidated);
        }
    }
}
