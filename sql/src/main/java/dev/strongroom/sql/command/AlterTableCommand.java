package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogTransaction;
import dev.strongroom.catalog.store.DropBehavior;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.error.Severity;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.Expression;
import dev.strongroom.sql.parse.statement.ObjectKind;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.SequenceOption;
import dev.strongroom.sql.parse.statement.TableStatement.AlterTable;
import dev.strongroom.sql.parse.statement.TableStatement.TableAction;
import dev.strongroom.storage.table.TableLockMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** ALTER TABLE, INDEX, VIEW and SEQUENCE. */
final class AlterTableCommand {
    private static final int MAX_SCHEMA_STEP = 255;

    private final CommandSession session;
    private final ConstraintCommands constraints;

    AlterTableCommand(CommandSession session) {
        this.session = session;
        this.constraints = new ConstraintCommands(session);
    }

    String run(AlterTable alter) {
        String tag = "ALTER " + alter.kind().tag();
        ObjectName name = alter.name();
        Optional<Relation> found = session.snapshot().relation(name.schema(), name.name(), session.path());
        if (found.isEmpty()) {
            if (!alter.ifExists()) {
                throw Names.undefined(name);
            }
            session.notice(ErrorReport.notice("relation \"" + Names.shown(name) + "\" does not exist, skipping"));
            return tag;
        }
        Relation relation = found.get();
        checkKind(alter.kind(), relation);
        if (!relation.temporary()) {
            Commands.refuseReadOnly(session, tag);
        }
        requireOwner(relation);
        if (relation instanceof TableDefinition table) {
            relation = Names.lock(table, TableLockMode.ACCESS_EXCLUSIVE, session);
        }
        for (TableAction action : alter.actions()) {
            Relation now = session.snapshot().relation(relation.oid()).orElseThrow();
            if (!common(now, action)) {
                if (now instanceof TableDefinition table) {
                    apply(table, action);
                } else if (now instanceof SequenceDefinition sequence
                        && action instanceof TableAction.AlterSequence options) {
                    session.ddl().replace(SequenceCommands.alter(sequence, options.options(), session));
                } else if (!(action instanceof TableAction.SetOptions || action instanceof TableAction.ResetOptions)) {
                    throw ErrorReport.error(
                                    ErrorCode.WRONG_OBJECT_TYPE,
                                    "ALTER action cannot be performed on relation \"" + now.name() + "\"")
                            .withDetail("This operation is not supported for " + now.kindName()
                                    + (now.relkind() == 'i' ? "es." : "s."))
                            .exception();
                }
            }
        }
        return tag;
    }

    private void requireOwner(Relation relation) {
        if (relation instanceof IndexDefinition index) {
            session.snapshot().relation(index.tableOid()).ifPresent(session.rights()::requireOwner);
        } else {
            session.rights().requireOwner(relation);
        }
    }

    private static void checkKind(ObjectKind kind, Relation relation) {
        boolean right = switch (kind) {
            case INDEX -> relation.relkind() == 'i';
            case VIEW -> relation.relkind() == 'v';
            case MATERIALIZED_VIEW -> relation.relkind() == 'm';
            case SEQUENCE -> relation.relkind() == 'S';
            default -> true;
        };
        if (!right) {
            String article = kind == ObjectKind.INDEX ? "an " : "a ";
            throw ErrorReport.error(
                            ErrorCode.WRONG_OBJECT_TYPE, "\"" + relation.name() + "\" is not " + article + kind.word())
                    .exception();
        }
    }

    /** Actions that every relation has; false if this is none. */
    private boolean common(Relation relation, TableAction action) {
        CatalogTransaction ddl = session.ddl();
        switch (action) {
            case TableAction.Rename rename -> ddl.rename(relation, rename.newName());
            case TableAction.RenameColumn rename -> renameColumn(relation, rename);
            case TableAction.SetSchema set -> setSchema(relation, set.schema());
            case TableAction.OwnerTo owner -> {
                int role = Names.role(owner.role(), session);
                setOwner(relation, role);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void renameColumn(Relation relation, TableAction.RenameColumn rename) {
        Column column = Names.column(relation, rename.column());
        if (relation.column(rename.newName()).isPresent()) {
            throw ErrorReport.error(
                            ErrorCode.DUPLICATE_COLUMN,
                            "column \"" + rename.newName() + "\" of relation \"" + relation.name()
                                    + "\" already exists")
                    .exception();
        }
        if (!(relation instanceof TableDefinition table)) {
            throw Commands.unsupported("renaming a column of a " + relation.kindName());
        }
        for (Constraint constraint : session.snapshot().constraints(table.oid())) {
            if (constraint instanceof Constraint.Check check && check.columns().contains(column.number())) {
                session.ddl()
                        .replace(check.withExpression(
                                ExpressionText.renameColumn(check.expression(), column.name(), rename.newName())));
            }
        }
        for (IndexDefinition index : session.snapshot().indexes(table.oid())) {
            if (index.mentioned().contains(column.number())) {
                renameIn(index, column.name(), rename.newName());
            }
        }
        session.ddl().replace(table.withColumn(column.withName(rename.newName())));
    }

    private void renameIn(IndexDefinition index, String from, String to) {
        List<IndexDefinition.Part> parts = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            String expression = part.expression();
            parts.add(
                    expression == null
                            ? part
                            : part.with(ExpressionText.renameColumn(expression, from, to), part.type()));
        }
        String predicate = index.predicate();
        session.ddl()
                .replace(index.withTexts(
                        parts, predicate == null ? null : ExpressionText.renameColumn(predicate, from, to)));
    }

    private void setSchema(Relation relation, String name) {
        Schema schema = session.snapshot().requireSchema(name);
        session.rights().require(schema, Privilege.CREATE);
        session.ddl().replace(relation.withSchema(schema.oid()));
        session.snapshot()
                .indexes(relation.oid())
                .forEach(index -> session.ddl().replace(index.withSchema(schema.oid())));
        session.snapshot()
                .ownedSequences(relation.oid())
                .forEach(sequence -> session.ddl().replace(sequence.withSchema(schema.oid())));
    }

    private void setOwner(Relation relation, int role) {
        session.ddl().replace(relation.withOwner(role));
        session.snapshot()
                .indexes(relation.oid())
                .forEach(index -> session.ddl().replace(index.withOwner(role)));
        session.snapshot()
                .ownedSequences(relation.oid())
                .forEach(sequence -> session.ddl().replace(sequence.withOwner(role)));
    }

    private void apply(TableDefinition table, TableAction action) {
        switch (action) {
            case TableAction.AddColumn add -> addColumn(table, add);
            case TableAction.DropColumn drop -> dropColumn(table, drop);
            case TableAction.SetType set -> setType(table, set);
            case TableAction.EncryptInPlace encrypt ->
                throw NumberedError.ENCRYPTION_SCHEME_MISMATCH
                        .report("column \""
                                + Names.column(table, encrypt.column()).name()
                                + "\" cannot be encrypted in place: that needs an enclave, and the server has no key")
                        .withHint("`strongroom keys column encrypt` does it from the client's side.")
                        .exception();
            case TableAction.SetDefault set -> setDefault(table, set);
            case TableAction.DropDefault drop -> {
                Column column = Names.column(table, drop.column());
                refuseGenerated(table, column);
                session.ddl().replace(table.withColumn(column.withDefault(null)));
            }
            case TableAction.SetNotNull set -> {
                Column column = Names.column(table, set.column());
                if (!column.notNull()) {
                    constraints.refuseNulls(table, column);
                    session.ddl().replace(table.withColumn(column.withNotNull(true)));
                }
            }
            case TableAction.DropNotNull drop -> dropNotNull(table, Names.column(table, drop.column()));
            case TableAction.DropExpression drop -> {
                Column column = Names.column(table, drop.column());
                if (column.generated()) {
                    session.ddl().replace(table.withColumn(column.withGenerated(null)));
                } else if (!drop.ifExists()) {
                    throw notInState("column \"" + column.name() + "\" of relation \"" + table.name()
                            + "\" is not a stored generated column");
                }
            }
            case TableAction.AddIdentity add -> addIdentity(table, add);
            case TableAction.AlterIdentity alter -> alterIdentity(table, alter);
            case TableAction.DropIdentity drop -> dropIdentity(table, drop);
            case TableAction.AddConstraint add -> constraints.add(table.oid(), add.constraint(), true);
            case TableAction.DropConstraint drop -> dropConstraint(table, drop);
            case TableAction.ValidateConstraint validate -> validate(table, validate.name());
            case TableAction.AlterConstraint alter -> {
                if (!(constraint(table, alter.name()) instanceof Constraint.ForeignKey key)) {
                    throw notForeignKey(table, alter.name());
                }
                session.ddl()
                        .replace(key.withDeferrable(
                                alter.timing().deferrable(), alter.timing().initiallyDeferred()));
            }
            case TableAction.RenameConstraint rename ->
                session.ddl().rename(constraint(table, rename.name()), rename.newName());
            case TableAction.SetOptions set ->
                session.ddl().replace(table.withOptions(CreateTableCommand.options(set.options())));
            case TableAction.ResetOptions ignored -> session.ddl().replace(table.withOptions(List.of()));
            case TableAction.SetColumnOption option -> {
                Column column = Names.column(table, option.column());
                if (option.option().equals("statistics") && option.value() != null) {
                    int target = Integer.parseInt(option.value());
                    session.ddl().replace(table.withColumn(column.withStatisticsTarget(target)));
                }
            }
            case TableAction.Other other -> other(table, other.what());
            default -> throw Commands.unsupported("this action of ALTER TABLE");
        }
    }

    private void other(TableDefinition table, String what) {
        boolean harmless = what.startsWith("CLUSTER")
                || what.startsWith("REPLICA")
                || what.startsWith("SET without")
                || what.startsWith("SET logged")
                || what.startsWith("SET unlogged")
                || what.contains("trigger");
        if (!harmless) {
            throw Commands.unsupported("ALTER TABLE " + what);
        }
        session.notice(ErrorReport.notice("ALTER TABLE " + what + " has no effect on \"" + table.name() + "\" here"));
    }

    // ---- columns

    private void addColumn(TableDefinition table, TableAction.AddColumn add) {
        String name = add.column().name();
        if (table.column(name).isPresent()) {
            String message = "column \"" + name + "\" of relation \"" + table.name() + "\" already exists";
            if (add.ifNotExists()) {
                session.notice(ErrorReport.of(Severity.NOTICE, ErrorCode.DUPLICATE_COLUMN, message + ", skipping"));
                return;
            }
            throw ErrorReport.error(ErrorCode.DUPLICATE_COLUMN, message).exception();
        }
        CreateTableCommand.checkName(add.column());
        int number = table.columns().size() + 1;
        Schema schema = session.snapshot().schema(table.schemaOid()).orElseThrow();
        ColumnBuilder builder = new ColumnBuilder(session, schema, table.name(), table.oid(), table.persistence());
        Column column = builder.build(add.column(), number);
        String value = newValue(column, builder);
        boolean rewrite = value != null
                && (column.generated() || !builder.sequences().isEmpty() || ExpressionCheck.isVolatile(value));
        builder.sequences().forEach(session.ddl()::create);
        List<Column> columns = new ArrayList<>(table.columns());
        if (rewrite || table.schemaStep() == MAX_SCHEMA_STEP) {
            columns.add(column);
            String cast = value == null ? "NULL" : ExpressionCheck.cast(value, column);
            new TableRewriter(session).rewrite(table, table.withColumns(columns, 0), Map.of(number, cast));
        } else {
            int step = table.schemaStep() + 1;
            Object missing = null;
            if (value != null) {
                Row row = InternalQuery.first("SELECT " + ExpressionCheck.cast(value, column), session);
                missing = row == null ? null : TypeCodecs.of(column.pgType()).box(row, 0);
            }
            columns.add(column.withMissing(step, missing));
            session.ddl().replace(table.withColumns(columns, step));
        }
        if (column.notNull() && value == null) {
            constraints.refuseNulls(Names.current(table.oid(), session), column);
        }
        ExpressionCheck.table(Names.current(table.oid(), session), session);
        builder.constraints().forEach(constraint -> constraints.add(table.oid(), constraint, true));
    }

    /** What old rows get: the default, the generated value or the identity's next value. */
    private @Nullable String newValue(Column column, ColumnBuilder builder) {
        if (column.identity() != Column.Identity.NONE) {
            SequenceDefinition sequence = builder.sequences().getLast();
            String name = Names.sql(sequence, session.snapshot());
            return "nextval('" + name.replace("'", "''") + "'::regclass)";
        }
        return column.defaultValue() == null ? null : column.defaultValue().expression();
    }

    private void dropColumn(TableDefinition table, TableAction.DropColumn drop) {
        Optional<Column> column = table.column(drop.column());
        if (column.isEmpty()) {
            String message = "column \"" + drop.column() + "\" of relation \"" + table.name() + "\" does not exist";
            if (drop.ifExists()) {
                session.notice(ErrorReport.notice(message + ", skipping"));
                return;
            }
            throw ErrorReport.error(ErrorCode.UNDEFINED_COLUMN, message).exception();
        }
        if (clusters(table, column.get())) {
            // Rows are organised by the key that goes: they move under a hidden row id first.
            uncluster(table);
        }
        DropCommand.report(
                session.ddl()
                        .drop(
                                List.of(ObjectRef.column(
                                        table.oid(), column.get().number())),
                                drop.cascade() ? DropBehavior.CASCADE : DropBehavior.RESTRICT,
                                session.path()),
                session);
    }

    private boolean clusters(TableDefinition table, Column column) {
        return session.snapshot().indexes(table.oid()).stream()
                .anyMatch(index -> index.oid() == table.clusterIndexOid()
                        && index.parts().stream().anyMatch(part -> part.column() == column.number()));
    }

    private void uncluster(TableDefinition table) {
        new TableRewriter(session).uncluster(table);
    }

    private void setType(TableDefinition table, TableAction.SetType set) {
        Column column = Names.column(table, set.column());
        if (EncryptedColumns.encrypted(column)) {
            throw NumberedError.ENCRYPTION_SCHEME_MISMATCH
                    .report("the type of encrypted column \"" + column.name() + "\" cannot be altered in place")
                    .withHint("The server has no key for it. `strongroom keys column decrypt` or `reencrypt` does it.")
                    .exception();
        }
        ColumnType type = Commands.type(set.type());
        if (type.equals(column.type()) && set.using() == null) {
            return;
        }
        for (IndexDefinition index : session.snapshot().indexes(table.oid())) {
            if (index.parts().stream().anyMatch(part -> part.column() == column.number())) {
                IndexCommands.requireOrder(type.type());
            }
        }
        Expression using = set.using();
        Column changed = column.withType(type);
        String source = using == null ? Identifiers.quote(column.name()) : using.text();
        List<Column> columns = new ArrayList<>(table.columns());
        columns.set(column.slot(), changed);
        TableDefinition next = table.withColumns(columns, table.schemaStep());
        for (IndexDefinition index : session.snapshot().indexes(table.oid())) {
            retype(index, next, column.number(), type);
        }
        new TableRewriter(session).rewrite(table, next, Map.of(column.number(), ExpressionCheck.cast(source, changed)));
        ExpressionCheck.table(Names.current(table.oid(), session), session);
    }

    private void retype(IndexDefinition index, TableDefinition next, int column, ColumnType type) {
        IndexTexts texts = new IndexTexts(next, session);
        boolean changed = index.mentioned().contains(column);
        List<IndexDefinition.Part> parts = new ArrayList<>();
        for (IndexDefinition.Part part : index.parts()) {
            String expression = part.expression();
            if (part.column() == column) {
                changed = true;
                parts.add(part.with(null, type));
            } else if (expression != null && index.mentioned().contains(column)) {
                IndexTexts.Key key = texts.key(SqlTextParser.parseExpression(expression));
                parts.add(part.with(key.expression(), key.type()));
            } else {
                parts.add(part);
            }
        }
        String predicate = index.predicate();
        if (changed) {
            session.ddl()
                    .replace(index.withTexts(
                            parts,
                            predicate == null ? null : texts.predicate(SqlTextParser.parseExpression(predicate))));
        }
    }

    private void setDefault(TableDefinition table, TableAction.SetDefault set) {
        Column column = Names.column(table, set.column());
        refuseGenerated(table, column);
        Schema schema = session.snapshot().schema(table.schemaOid()).orElseThrow();
        ColumnBuilder builder = new ColumnBuilder(session, schema, table.name(), table.oid(), table.persistence());
        session.ddl().replace(table.withColumn(builder.withDefault(column, set.value())));
        ExpressionCheck.table(Names.current(table.oid(), session), session);
    }

    private static void refuseGenerated(TableDefinition table, Column column) {
        String what = column.identity() != Column.Identity.NONE
                ? "an identity column"
                : column.generated() ? "a generated column" : null;
        if (what != null) {
            throw ErrorReport.error(
                            ErrorCode.SYNTAX_ERROR,
                            "column \"" + column.name() + "\" of relation \"" + table.name() + "\" is " + what)
                    .exception();
        }
    }

    private void dropNotNull(TableDefinition table, Column column) {
        boolean primary = session.snapshot()
                .primaryKey(table.oid())
                .filter(key -> key.columns().contains(column.number()))
                .isPresent();
        if (primary) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_TABLE_DEFINITION, "column \"" + column.name() + "\" is in a primary key")
                    .exception();
        }
        if (column.identity() != Column.Identity.NONE) {
            throw notInState(
                    "column \"" + column.name() + "\" of relation \"" + table.name() + "\" is an identity column");
        }
        session.ddl().replace(table.withColumn(column.withNotNull(false)));
    }

    // ---- identity

    private void addIdentity(TableDefinition table, TableAction.AddIdentity add) {
        Column column = Names.column(table, add.column());
        if (column.identity() != Column.Identity.NONE) {
            throw notInState("column \"" + column.name() + "\" of relation \"" + table.name()
                    + "\" is already an identity column");
        }
        if (!column.notNull()) {
            throw notInState("column \"" + column.name() + "\" of relation \"" + table.name()
                    + "\" must be declared NOT NULL before identity can be added");
        }
        Schema schema = session.snapshot().schema(table.schemaOid()).orElseThrow();
        ColumnBuilder builder = new ColumnBuilder(session, schema, table.name(), table.oid(), table.persistence());
        session.ddl().replace(table.withColumn(builder.withIdentity(column, add.always(), add.options())));
        builder.sequences().forEach(session.ddl()::create);
    }

    private void alterIdentity(TableDefinition table, TableAction.AlterIdentity alter) {
        Column column = Names.column(table, alter.column());
        SequenceDefinition sequence = identitySequence(table, column);
        if (alter.always() != null) {
            Column.Identity identity = alter.always() ? Column.Identity.ALWAYS : Column.Identity.BY_DEFAULT;
            session.ddl().replace(table.withColumn(column.withIdentity(identity)));
        }
        List<SequenceOption> options = alter.options();
        if (!options.isEmpty()) {
            session.ddl().replace(SequenceCommands.alter(sequence, options, session));
        }
    }

    private SequenceDefinition identitySequence(TableDefinition table, Column column) {
        SequenceDefinition sequence = SequenceCommands.ofColumn(table, column, session);
        if (column.identity() == Column.Identity.NONE || sequence == null) {
            throw notInState(
                    "column \"" + column.name() + "\" of relation \"" + table.name() + "\" is not an identity column");
        }
        return sequence;
    }

    private void dropIdentity(TableDefinition table, TableAction.DropIdentity drop) {
        Column column = Names.column(table, drop.column());
        if (column.identity() == Column.Identity.NONE && drop.ifExists()) {
            session.notice(ErrorReport.notice("column \"" + column.name() + "\" of relation \"" + table.name()
                    + "\" is not an identity column, skipping"));
            return;
        }
        SequenceDefinition sequence = identitySequence(table, column);
        session.ddl().replace(table.withColumn(column.withIdentity(Column.Identity.NONE)));
        session.ddl().remove(sequence);
    }

    // ---- constraints

    private Constraint constraint(TableDefinition table, String name) {
        return session.snapshot()
                .constraint(table.oid(), name)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_OBJECT,
                                "constraint \"" + name + "\" of relation \"" + table.name() + "\" does not exist")
                        .exception());
    }

    private void dropConstraint(TableDefinition table, TableAction.DropConstraint drop) {
        Optional<Constraint> found = session.snapshot().constraint(table.oid(), drop.name());
        if (found.isEmpty() && drop.ifExists()) {
            session.notice(ErrorReport.notice("constraint \"" + drop.name() + "\" of relation \"" + table.name()
                    + "\" does not exist, skipping"));
            return;
        }
        Constraint constraint = constraint(table, drop.name());
        if (constraint instanceof Constraint.Key key && key.indexOid() == table.clusterIndexOid()) {
            uncluster(table);
        }
        DropCommand.report(
                session.ddl()
                        .drop(
                                List.of(constraint.ref()),
                                drop.cascade() ? DropBehavior.CASCADE : DropBehavior.RESTRICT,
                                session.path()),
                session);
    }

    private void validate(TableDefinition table, String name) {
        switch (constraint(table, name)) {
            case Constraint.Check check -> {
                constraints.validateCheck(table, name, check.expression());
                session.ddl().replace(check.withValidated(true));
            }
            case Constraint.ForeignKey key -> {
                constraints.validateForeignKey(key);
                session.ddl().replace(key.withValidated(true));
            }
            case Constraint.Key ignored ->
                throw ErrorReport.error(
                                ErrorCode.WRONG_OBJECT_TYPE,
                                "constraint \"" + name + "\" of relation \"" + table.name()
                                        + "\" is not a foreign key or check constraint")
                        .exception();
        }
    }

    private static RuntimeException notForeignKey(TableDefinition table, String name) {
        return ErrorReport.error(
                        ErrorCode.WRONG_OBJECT_TYPE,
                        "constraint \"" + name + "\" of relation \"" + table.name()
                                + "\" is not a foreign key constraint")
                .exception();
    }

    private static RuntimeException notInState(String message) {
        return ErrorReport.error(ErrorCode.OBJECT_NOT_IN_PREREQUISITE_STATE, message)
                .exception();
    }
}
