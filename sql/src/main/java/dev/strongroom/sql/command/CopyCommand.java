package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.common.type.BinaryInput;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.change.RowInserter;
import dev.strongroom.sql.change.TargetTable;
import dev.strongroom.sql.change.TargetTables;
import dev.strongroom.sql.execute.ExecutionContext;
import dev.strongroom.sql.execute.Expr;
import dev.strongroom.sql.parse.statement.Copy;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.plan.TableExpressionCompiler;
import dev.strongroom.sql.session.CellInput;
import dev.strongroom.sql.session.CopyInput;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.validate.CellParameter.Usage;
import dev.strongroom.sql.validate.CellUse;
import dev.strongroom.storage.table.TableLockMode;
import dev.strongroom.storage.table.WaitPolicy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/** COPY FROM STDIN; COPY TO is handed on. */
final class CopyCommand {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int MAX_SHOWN = 100;
    private static final int MAX_CELL_SHOWN = 8;

    private final CommandSession session;
    private final CopyOptions options;
    private final TableDefinition table;
    private final List<Column> columns;
    private final TypeCodec[] codecs;
    private final TypeContext context;
    private final @Nullable EncryptionScheme[] schemes;
    private final CellInput cells;

    private CopyCommand(CommandSession session, CopyOptions options, TableDefinition table, List<Column> columns) {
        this.session = session;
        this.options = options;
        this.table = table;
        this.columns = columns;
        this.context = session.settings().typeContext();
        this.codecs =
                columns.stream().map(column -> TypeCodecs.of(column.pgType())).toArray(TypeCodec[]::new);
        this.schemes = schemes();
        this.cells = new CellInput(
                session.snapshot().columnKeys(), session.settings().cellUse().values() == CellUse.Values.CELLS);
    }

    /** Schemes of the columns, null where they are plain; refused where the session may not send cells. */
    private @Nullable EncryptionScheme[] schemes() {
        @Nullable EncryptionScheme[] found = new EncryptionScheme[columns.size()];
        for (int i = 0; i < found.length; i++) {
            Column column = columns.get(i);
            if (!EncryptedColumns.encrypted(column)) {
                continue;
            }
            session.rights().requireColumnKeyDefinitions();
            if (session.settings().cellUse().values() == CellUse.Values.NONE) {
                throw NumberedError.ENCRYPTION_TYPE_CLASH
                        .report("COPY FROM cannot fill encrypted column \"" + column.name() + "\" in this session")
                        .withHint("Encrypt with a driver, or, to load cells as they are, be a user with"
                                + " ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = ON.")
                        .exception();
            }
            found[i] = session.snapshot()
                    .columnKeys()
                    .scheme(column.type().typmod())
                    .orElseThrow();
        }
        return found;
    }

    private List<ResultColumn> described() {
        return columns.stream()
                .map(column -> new ResultColumn(
                        column.name(),
                        table.oid(),
                        column.number(),
                        column.pgType(),
                        column.type().typmod()))
                .toList();
    }

    private void openCell(Row row, int column) {
        EncryptionScheme scheme = schemes[column];
        if (scheme != null) {
            byte[] value = row.getRef(column);
            row.setRef(
                    column,
                    cells.open(
                            value,
                            scheme,
                            Usage.ASSIGN,
                            "column \"" + columns.get(column).name() + "\""));
        }
    }

    static String run(Copy copy, String text, CommandSession session) {
        if (copy.file() != null) {
            throw ErrorReport.error(
                            ErrorCode.FEATURE_NOT_SUPPORTED, "COPY with a file of the server is not supported yet")
                    .withHint("psql's \\copy reads and writes files of the client.")
                    .exception();
        }
        CopyOptions options = CopyOptions.of(copy);
        if (!copy.from()) {
            return CopyTo.run(copy, options, text, session);
        }
        ObjectName name = copy.table();
        if (name == null) {
            throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "COPY FROM needs a table");
        }
        Relation relation = Names.relation(name, session);
        if (!(relation instanceof TableDefinition table)) {
            throw ErrorReport.error(
                            ErrorCode.WRONG_OBJECT_TYPE,
                            "cannot copy to " + relation.kindName() + " \"" + relation.name() + "\"")
                    .exception();
        }
        if (!table.temporary()) {
            Commands.refuseReadOnly(session, "COPY FROM");
        }
        CopyCommand command = new CopyCommand(session, options, table, columns(table, copy.columns(), true));
        return "COPY " + command.insertAll(copy.where());
    }

    /** Columns to copy: those named, or all that are not generated. */
    static List<Column> columns(Relation relation, List<String> names, boolean from) {
        List<Column> columns = new ArrayList<>();
        if (names.isEmpty()) {
            relation.liveColumns().stream()
                    .filter(column -> !column.generated())
                    .forEach(columns::add);
            return columns;
        }
        for (String name : names) {
            Column column = Names.column(relation, name);
            if (column.generated() && from) {
                throw ErrorReport.error(
                                ErrorCode.INVALID_COLUMN_REFERENCE, "column \"" + name + "\" is a generated column")
                        .withDetail("Generated columns cannot be used in COPY.")
                        .exception();
            }
            if (columns.contains(column)) {
                throw ErrorReport.error(ErrorCode.DUPLICATE_COLUMN, "column \"" + name + "\" specified more than once")
                        .exception();
            }
            columns.add(column);
        }
        return columns;
    }

    private long insertAll(@Nullable SqlNode where) {
        session.rights()
                .requireColumns(
                        table, columns.stream().map(Column::number).collect(Collectors.toSet()), Privilege.INSERT);
        session.ddl().storage().lockTable(table.treeId(), TableLockMode.ROW_EXCLUSIVE, WaitPolicy.WAIT);
        session.catalog().settled();
        CatalogSnapshot snapshot = session.snapshot();
        TableExpressionCompiler expressions = new TableExpressionCompiler(snapshot, context);
        TargetTable target = new TargetTables(snapshot, expressions).target(table.oid());
        Row row = new Row(columns.size());
        ExecutionContext execution = session.execution(new Row(0));
        int[] slots = columns.stream().mapToInt(Column::slot).toArray();
        session.sink().copiedColumns(described());
        CopyInput input = session.sink().copyIn(options.format() == CopyOptions.Format.BINARY, columns.size());
        CopyReader reader = new CopyReader(input, options);
        Expr condition = where == null ? null : expressions.copyCondition(table, where);
        try (RowInserter inserter = new RowInserter(execution, target, slots, null, List.of())) {
            if (condition == null) {
                inserter.many();
            } else {
                inserter.onlyIf(condition);
            }
            if (options.format() == CopyOptions.Format.BINARY) {
                binary(reader, inserter, row);
            } else {
                lines(reader, inserter, row);
            }
            return finish(inserter);
        } catch (DatabaseException e) {
            if (e.code() != ErrorCode.QUERY_CANCELED) {
                reader.drain();
            }
            throw e;
        }
    }

    private long finish(RowInserter inserter) {
        try {
            return inserter.finish().changedRows();
        } catch (DatabaseException e) {
            throw inserter.failedRow() < 0 ? e : refused(e, inserter);
        }
    }

    /** A row of the data collides with another; it may have been read long ago. */
    private DatabaseException refused(DatabaseException error, RowInserter inserter) {
        long line = inserter.failedRow() + (options.header() ? 2 : 1);
        return error.report()
                .withWhere("COPY " + table.name() + ", line " + line)
                .exception(error);
    }

    private void lines(CopyReader reader, RowInserter inserter, Row row) {
        boolean[] notNull = named(options.forceNotNull());
        boolean[] asNull = named(options.forceNull());
        if (options.header() && reader.nextLine() && options.matchHeader()) {
            checkHeader(reader.fields(notNull, asNull));
        }
        while (reader.nextLine()) {
            int column = -1;
            try {
                List<@Nullable String> fields = reader.fields(notNull, asNull);
                if (fields.size() > columns.size() && !(columns.isEmpty() && fields.size() == 1)) {
                    throw new DatabaseException(
                            ErrorCode.BAD_COPY_FILE_FORMAT, "extra data after last expected column");
                }
                for (column = 0; column < columns.size(); column++) {
                    if (column >= fields.size()) {
                        throw new DatabaseException(
                                ErrorCode.BAD_COPY_FILE_FORMAT,
                                "missing data for column \""
                                        + columns.get(column).name() + "\"");
                    }
                    String value = fields.get(column);
                    if (value == null) {
                        row.setNull(column);
                    } else {
                        parse(value, row, column, reader.lineNumber());
                    }
                }
                column = -1;
                inserter.add(row);
            } catch (DatabaseException e) {
                throw inserter.failedRow() < 0 ? located(e, reader) : refused(e, inserter);
            }
        }
    }

    private void parse(String value, Row row, int column, long line) {
        try {
            codecs[column].parse(value, row, column, context);
            Typmods.apply(
                    columns.get(column).pgType(), columns.get(column).type().typmod(), row, column, false);
            openCell(row, column);
        } catch (DatabaseException e) {
            String shown = shown(value, column);
            throw e.report()
                    .withWhere("COPY " + table.name() + ", line " + line + ", column "
                            + columns.get(column).name() + ": \"" + shown + "\"")
                    .exception(e);
        }
    }

    /** Cells, or what should have been one, show at most their first bytes (AE-144). */
    private String shown(String value, int column) {
        int limit = schemes[column] == null ? MAX_SHOWN : MAX_CELL_SHOWN;
        return value.length() > limit ? value.substring(0, limit) + "..." : value;
    }

    private DatabaseException located(DatabaseException error, CopyReader reader) {
        if (error.report().where() != null || error.code() == ErrorCode.QUERY_CANCELED) {
            return error;
        }
        String where = "COPY " + table.name() + ", line " + reader.lineNumber();
        boolean plain = Arrays.stream(schemes).allMatch(Objects::isNull);
        if (options.format() != CopyOptions.Format.BINARY && plain) {
            String line = reader.lineText();
            where += ": \"" + (line.length() > MAX_SHOWN ? line.substring(0, MAX_SHOWN) + "..." : line) + "\"";
        }
        return error.report().withWhere(where).exception(error);
    }

    private boolean[] named(List<String> names) {
        boolean[] flags = new boolean[columns.size()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = names.contains("*") || names.contains(columns.get(i).name());
        }
        for (String name : names) {
            if (!name.equals("*")) {
                Names.column(table, name);
            }
        }
        return flags;
    }

    private void checkHeader(List<@Nullable String> fields) {
        if (fields.size() != columns.size()) {
            throw new DatabaseException(
                    ErrorCode.BAD_COPY_FILE_FORMAT,
                    "wrong number of fields in header line: got " + fields.size() + ", expected " + columns.size());
        }
        for (int i = 0; i < fields.size(); i++) {
            if (!columns.get(i).name().equals(fields.get(i))) {
                throw new DatabaseException(
                        ErrorCode.BAD_COPY_FILE_FORMAT,
                        "column name mismatch in header line field " + (i + 1) + ": got \"" + fields.get(i)
                                + "\", expected \"" + columns.get(i).name() + "\"");
            }
        }
    }

    // ---- binary

    private void binary(CopyReader reader, RowInserter inserter, Row row) {
        byte[] signature = new byte[SIGNATURE.length];
        if (!reader.readFully(signature) || !Arrays.equals(signature, SIGNATURE)) {
            throw new DatabaseException(ErrorCode.BAD_COPY_FILE_FORMAT, "COPY file signature not recognized");
        }
        byte[] word = new byte[4];
        reader.readFully(word);
        reader.readFully(word);
        reader.readFully(new byte[ByteBuffer.wrap(word).getInt()]);
        byte[] half = new byte[2];
        while (reader.readFully(half)) {
            short fields = ByteBuffer.wrap(half).getShort();
            if (fields == -1) {
                break;
            }
            reader.countTuple();
            try {
                if (fields != columns.size()) {
                    throw new DatabaseException(
                            ErrorCode.BAD_COPY_FILE_FORMAT,
                            "row field count is " + fields + ", expected " + columns.size());
                }
                for (int i = 0; i < fields; i++) {
                    binaryField(reader, row, i);
                }
                inserter.add(row);
            } catch (DatabaseException e) {
                throw inserter.failedRow() < 0 ? located(e, reader) : refused(e, inserter);
            }
        }
        reader.drain();
    }

    private void binaryField(CopyReader reader, Row row, int column) {
        byte[] word = new byte[4];
        reader.readFully(word);
        int size = ByteBuffer.wrap(word).getInt();
        if (size == -1) {
            row.setNull(column);
            return;
        }
        if (size < 0) {
            throw new DatabaseException(ErrorCode.BAD_COPY_FILE_FORMAT, "invalid field size");
        }
        byte[] value = new byte[size];
        reader.readFully(value);
        BinaryInput input = new BinaryInput(value, 0, size);
        codecs[column].readBinary(input, row, column, context);
        Typmods.apply(columns.get(column).pgType(), columns.get(column).type().typmod(), row, column, false);
        openCell(row, column);
        if (input.remaining() != 0) {
            throw new DatabaseException(ErrorCode.INVALID_BINARY_REPRESENTATION, "incorrect binary data format");
        }
    }
}
