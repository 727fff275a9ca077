package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.parse.node.PgCast;
import dev.strongroom.sql.parse.node.PgSelect;
import dev.strongroom.sql.parse.statement.ColumnKeyStatement;
import dev.strongroom.sql.parse.statement.Copy;
import dev.strongroom.sql.parse.statement.DatabaseStatement;
import dev.strongroom.sql.parse.statement.Explain;
import dev.strongroom.sql.parse.statement.MaintenanceStatement;
import dev.strongroom.sql.parse.statement.ObjectStatement;
import dev.strongroom.sql.parse.statement.Query;
import dev.strongroom.sql.parse.statement.RoleStatement;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.parse.statement.TableStatement;
import dev.strongroom.sql.parse.statement.TypeName;
import dev.strongroom.sql.parse.statement.Unsupported;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.validate.TypeResolver;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Dispatches utility statements. A transaction is open around each. */
public final class Commands {
    private Commands() {}

    /**
     * Runs one.
     *
     * @param text whole text the statement's positions count in
     */
    public static CommandResult run(Statement statement, String text, CommandSession session) {
        return switch (statement) {
            case TableStatement table -> CommandResult.of(table(table, text, session));
            case ObjectStatement object -> CommandResult.of(object(object, text, session));
            case DatabaseStatement database -> CommandResult.of(DatabaseCommands.run(database, session));
            case RoleStatement role -> CommandResult.of(RoleCommands.run(role, session));
            case MaintenanceStatement maintenance -> CommandResult.of(MaintenanceCommands.run(maintenance, session));
            case ColumnKeyStatement key -> CommandResult.of(ColumnKeyCommands.run(key, session));
            case Copy copy -> CommandResult.of(CopyCommand.run(copy, text, session));
            case Explain explain -> ExplainCommand.run(explain, text, session);
            case Unsupported unsupported -> throw unsupported(unsupported.what());
            default -> throw unsupported(statement.getClass().getSimpleName());
        };
    }

    private static String table(TableStatement statement, String text, CommandSession session) {
        return switch (statement) {
            case TableStatement.CreateTable create -> new CreateTableCommand(session).run(create);
            case TableStatement.CreateTableAs create -> CreateTableAsCommand.run(create, text, session);
            case TableStatement.CreateIndex create -> IndexCommands.create(create, session);
            case TableStatement.Truncate truncate -> TruncateCommand.run(truncate, session);
            case TableStatement.AlterTable alter -> new AlterTableCommand(session).run(alter);
            case TableStatement.Lock lock -> MaintenanceCommands.lock(lock, session);
        };
    }

    private static String object(ObjectStatement statement, String text, CommandSession session) {
        refuseReadOnly(session, "DDL");
        return switch (statement) {
            case ObjectStatement.CreateSchema create -> SchemaCommands.create(create, text, session);
            case ObjectStatement.RenameSchema rename -> SchemaCommands.rename(rename, session);
            case ObjectStatement.SchemaOwner owner -> SchemaCommands.owner(owner, session);
            case ObjectStatement.CreateView create -> ViewCommands.create(create, text, session);
            case ObjectStatement.RefreshView ignored -> throw unsupported("REFRESH MATERIALIZED VIEW");
            case ObjectStatement.CreateSequence create -> SequenceCommands.create(create, session);
            case ObjectStatement.Drop drop -> DropCommand.run(drop, session);
            case ObjectStatement.Comment comment -> CommentCommand.run(comment, session);
            case ObjectStatement.CreateExtension create -> SchemaCommands.extension(create, session);
        };
    }

    static RuntimeException unsupported(String what) {
        return ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported yet")
                .exception();
    }

    static void refuseReadOnly(CommandSession session, String what) {
        if (session.settings().bool("transaction_read_only")) {
            throw ErrorReport.error(
                            ErrorCode.READ_ONLY_SQL_TRANSACTION,
                            "cannot execute " + what + " in a read-only transaction")
                    .exception();
        }
    }

    /** The type a name stands for. */
    public static ColumnType type(TypeName name) {
        ColumnType type = TypeResolver.columnType(name);
        PgType scalar = type.type().elementType().orElse(type.type());
        if (EncryptionScheme.encrypts(scalar)) {
            throw ErrorReport.error(
                            ErrorCode.INVALID_TABLE_DEFINITION,
                            "type " + scalar.name() + " is what encrypted columns have: it cannot be declared")
                    .withHint("Declare the plain type with ENCRYPTED WITH (...).")
                    .withPosition(name.position())
                    .exception();
        }
        if (type.type().category() == 'P') {
            throw ErrorReport.error(
                            ErrorCode.INVALID_TABLE_DEFINITION,
                            "column has pseudo-type " + type.type().name())
                    .withPosition(name.position())
                    .exception();
        }
        return type;
    }

    /** Columns of EXPLAIN's answer. */
    public static List<ResultColumn> explainColumns(Explain explain) {
        boolean json = explain.options().stream()
                .anyMatch(option -> option.name().equals("format") && "json".equalsIgnoreCase(option.value()));
        return List.of(ResultColumn.of("QUERY PLAN", json ? PgType.JSON : PgType.TEXT));
    }

    /** Evaluates expressions that read no table, each cast to its type. */
    public static Row evaluate(List<SqlNode> nodes, List<PgType> types, CommandSession session) {
        List<SqlNode> items = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            SqlParserPos pos = nodes.get(i).getParserPosition();
            items.add(
                    new PgCast(TypeName.system(types.get(i).name(), pos.getColumnNum())).createCall(pos, nodes.get(i)));
        }
        return InternalQuery.single(select(items), session);
    }

    static Query select(List<SqlNode> items) {
        SqlNodeList list = new SqlNodeList(items, SqlParserPos.ZERO);
        PgSelect.Clauses clauses = new PgSelect.Clauses(null, list, null, null, null, null, SqlNodeList.EMPTY);
        return new Query(new PgSelect(SqlParserPos.ZERO, clauses, List.of(), List.of()), List.of());
    }
}
