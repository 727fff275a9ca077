package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnDefault;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.Persistence;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ColumnDefinition;
import dev.strongroom.sql.parse.statement.Option;
import dev.strongroom.sql.parse.statement.TableConstraint;
import dev.strongroom.sql.parse.statement.TableStatement.CreateTable;
import dev.strongroom.sql.parse.statement.TableStatement.Like;
import dev.strongroom.sql.parse.statement.TableStatement.LikeOption;
import dev.strongroom.sql.parse.statement.TableStatement.OnCommit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** CREATE TABLE. */
final class CreateTableCommand {
    private static final int MAX_COLUMNS = 1_600;

    private final CommandSession session;

    CreateTableCommand(CommandSession session) {
        this.session = session;
    }

    String run(CreateTable create) {
        refuse(create);
        boolean temporary =
                create.persistence() == dev.strongroom.sql.parse.statement.TableStatement.Persistence.TEMPORARY;
        if (!temporary) {
            Commands.refuseReadOnly(session, "CREATE TABLE");
        }
        Schema schema = Names.target(create.name(), temporary, session);
        String name = create.name().name();
        if (exists(schema, name, create.ifNotExists())) {
            return "CREATE TABLE";
        }
        int oid = session.ddl().allocateOid();
        int arrayType = session.ddl().allocateOid();
        int rowType = session.ddl().allocateOid();
        Persistence persistence = schema.name().startsWith("pg_temp_") ? Persistence.TEMPORARY : Persistence.PERMANENT;
        ColumnBuilder builder = new ColumnBuilder(session, schema, name, oid, persistence);
        List<TableConstraint> constraints = new ArrayList<>();
        List<Column> columns = columns(create, builder);
        constraints.addAll(builder.constraints());
        constraints.addAll(create.constraints());
        TableConstraint.@Nullable Key primary = primaryKey(constraints, name);
        if (primary != null) {
            columns = notNull(columns, primary);
        }
        long tree = session.ddl().createTree();
        int cluster = primary == null ? 0 : session.ddl().allocateOid();
        TableDefinition table = new TableDefinition(
                oid,
                schema.oid(),
                name,
                session.currentUserOid(),
                persistence,
                columns,
                tree,
                cluster,
                0,
                rowType,
                arrayType,
                options(create.options()),
                null);
        session.ddl().create(table);
        onCommit(create.onCommit(), table, session);
        builder.sequences().forEach(session.ddl()::create);
        ConstraintCommands commands = new ConstraintCommands(session);
        if (primary != null) {
            commands.addClustered(table, primary, cluster);
        }
        for (TableConstraint constraint : constraints) {
            if (constraint != primary) {
                commands.add(oid, constraint, false);
            }
        }
        create.likes().forEach(like -> copyLike(like, oid, commands));
        ExpressionCheck.table(Names.current(oid, session), session);
        return "CREATE TABLE";
    }

    /** ON COMMIT of a new table; only temporary ones can have it. */
    static void onCommit(OnCommit what, TableDefinition table, CommandSession session) {
        if (what != OnCommit.PRESERVE_ROWS) {
            if (table.persistence() != Persistence.TEMPORARY) {
                throw ErrorReport.error(
                                ErrorCode.INVALID_TABLE_DEFINITION, "ON COMMIT can only be used on temporary tables")
                        .exception();
            }
            session.onCommit(table.oid(), what);
        }
    }

    private static void refuse(CreateTable create) {
        if (!create.inherits().isEmpty()) {
            throw Commands.unsupported("INHERITS");
        }
    }

    /** True, after a notice, if it exists and IF NOT EXISTS was said. */
    boolean exists(Schema schema, String name, boolean ifNotExists) {
        boolean exists = session.snapshot().relation(schema.oid(), name).isPresent();
        if (exists && ifNotExists) {
            session.notice(ErrorReport.of(
                    dev.strongroom.common.error.Severity.NOTICE,
                    ErrorCode.DUPLICATE_TABLE,
                    "relation \"" + name + "\" already exists, skipping"));
        }
        return exists && ifNotExists;
    }

    static List<String> options(List<Option> options) {
        List<String> texts = new ArrayList<>();
        for (Option option : options) {
            texts.add(option.name() + "=" + (option.value() == null ? "true" : option.value()));
        }
        return texts;
    }

    private List<Column> columns(CreateTable create, ColumnBuilder builder) {
        List<Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int next = 0;
        for (int i = 0; i <= create.columns().size(); i++) {
            for (Like like : create.likes()) {
                if (like.beforeColumn() == i) {
                    likeColumns(like, columns, names, builder);
                }
            }
            if (next < create.columns().size() && i < create.columns().size()) {
                ColumnDefinition definition = create.columns().get(next++);
                if (!names.add(definition.name())) {
                    throw ErrorReport.error(
                                    ErrorCode.DUPLICATE_COLUMN,
                                    "column \"" + definition.name() + "\" specified more than once")
                            .exception();
                }
                checkName(definition);
                columns.add(builder.build(definition, columns.size() + 1));
            }
        }
        if (columns.size() > MAX_COLUMNS) {
            throw ErrorReport.error(ErrorCode.TOO_MANY_COLUMNS, "tables can have at most " + MAX_COLUMNS + " columns")
                    .exception();
        }
        return columns;
    }

    static void checkName(ColumnDefinition definition) {
        switch (definition.name()) {
            case "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid" ->
                throw ErrorReport.error(
                                ErrorCode.DUPLICATE_COLUMN,
                                "column name \"" + definition.name() + "\" conflicts with a system column name")
                        .exception();
            default -> {}
        }
    }

    private void likeColumns(Like like, List<Column> columns, Set<String> names, ColumnBuilder builder) {
        Relation source = Names.relation(like.source(), session);
        for (Column column : source.liveColumns()) {
            if (!names.add(column.name())) {
                throw ErrorReport.error(
                                ErrorCode.DUPLICATE_COLUMN, "column \"" + column.name() + "\" specified more than once")
                        .exception();
            }
            int number = columns.size() + 1;
            Column copy = Column.of(number, column.name(), column.type(), column.notNull());
            ColumnDefault value = column.defaultValue();
            boolean wanted = like.including().contains(column.generated() ? LikeOption.GENERATED : LikeOption.DEFAULTS);
            if (value != null && wanted) {
                ColumnDefault again =
                        new ColumnDefault(session.ddl().allocateOid(), value.expression(), value.references());
                copy = column.generated() ? copy.withGenerated(again) : copy.withDefault(again);
            }
            if (column.identity() != Column.Identity.NONE && like.including().contains(LikeOption.IDENTITY)) {
                copy = builder.withIdentity(copy, column.identity() == Column.Identity.ALWAYS, List.of());
            }
            columns.add(copy);
        }
    }

    private void copyLike(Like like, int tableOid, ConstraintCommands commands) {
        Relation source = Names.relation(like.source(), session);
        if (like.including().contains(LikeOption.CONSTRAINTS)) {
            for (Constraint constraint : session.snapshot().constraints(source.oid())) {
                if (constraint instanceof Constraint.Check check) {
                    commands.addCheck(Names.current(tableOid, session), check.name(), check.expression(), true);
                }
            }
        }
        if (like.including().contains(LikeOption.INDEXES)) {
            for (IndexDefinition index : session.snapshot().indexes(source.oid())) {
                IndexCommands.copy(index, source, Names.current(tableOid, session), session);
            }
        }
    }

    private static TableConstraint.@Nullable Key primaryKey(List<TableConstraint> constraints, String table) {
        TableConstraint.Key found = null;
        for (TableConstraint constraint : constraints) {
            if (constraint instanceof TableConstraint.Key key && key.primary()) {
                if (found != null) {
                    throw ErrorReport.error(
                                    ErrorCode.INVALID_TABLE_DEFINITION,
                                    "multiple primary keys for table \"" + table + "\" are not allowed")
                            .withPosition(key.position())
                            .exception();
                }
                found = key;
            }
        }
        return found;
    }

    /** Columns of a primary key are NOT NULL. */
    private static List<Column> notNull(List<Column> columns, TableConstraint.Key key) {
        List<Column> changed = new ArrayList<>(columns);
        for (String name : key.columns()) {
            boolean known = false;
            for (int i = 0; i < changed.size(); i++) {
                if (changed.get(i).name().equals(name)) {
                    changed.set(i, changed.get(i).withNotNull(true));
                    known = true;
                }
            }
            if (!known) {
                throw ErrorReport.error(
                                ErrorCode.UNDEFINED_COLUMN, "column \"" + name + "\" named in key does not exist")
                        .withPosition(key.position())
                        .exception();
            }
        }
        return changed;
    }
}
