package dev.strongroom.sql.command;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.HeapSink;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.sql.execute.PlanCursor;
import dev.strongroom.sql.parse.SqlTextParser;
import dev.strongroom.sql.parse.statement.Copy;
import dev.strongroom.sql.parse.statement.Statement;
import dev.strongroom.sql.plan.PreparedPlan;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.validate.CellUse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** COPY … TO STDOUT. */
final class CopyTo {
    private static final int FLUSH_BYTES = 16_384;

    private final CommandSession session;
    private final CopyOptions options;
    private final List<ResultColumn> columns;
    private final TypeCodec[] codecs;
    private final boolean[] forceQuote;
    private final TypeContext context;
    private final HeapSink out = new HeapSink(FLUSH_BYTES * 2);
    private final HeapSink field = new HeapSink(256);

    private CopyTo(CommandSession session, CopyOptions options, List<ResultColumn> columns) {
        this.session = session;
        this.options = options;
        this.columns = columns;
        this.context = session.settings().typeContext();
        this.codecs =
                columns.stream().map(column -> TypeCodecs.of(column.type())).toArray(TypeCodec[]::new);
        this.forceQuote = new boolean[columns.size()];
        for (int i = 0; i < forceQuote.length; i++) {
            forceQuote[i] = options.forceQuote().contains("*")
                    || options.forceQuote().contains(columns.get(i).name());
        }
    }

    static String run(Copy copy, CopyOptions options, String text, CommandSession session) {
        PreparedPlan plan;
        // Bare cells keep their own type: they are hex whatever bytea_output says (decision A-8).
        CellUse client = session.settings().cellUse();
        CellUse use = client.results() == CellUse.Results.ENVELOPES ? client : CellUse.INTERNAL;
        Statement query = copy.query();
        if (query != null) {
            plan = session.planToRun(() -> session.plan(query, text, use));
            if (plan.columns() == null) {
                throw new DatabaseException(ErrorCode.FEATURE_NOT_SUPPORTED, "COPY query must have a RETURNING clause");
            }
        } else {
            String select = select(copy, session);
            plan = session.planToRun(() -> session.plan(SqlTextParser.parseQuery(select), select, use));
        }
        List<ResultColumn> columns = plan.columns() == null ? List.of() : plan.columns();
        return "COPY " + new CopyTo(session, options, columns).send(plan);
    }

    private static String select(Copy copy, CommandSession session) {
        if (copy.table() == null) {
            throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "COPY needs a table or a query");
        }
        Relation relation = Names.relation(copy.table(), session);
        if (!(relation instanceof TableDefinition) && relation.relkind() != 'r') {
            throw ErrorReport.error(
                            ErrorCode.WRONG_OBJECT_TYPE,
                            "cannot copy from " + relation.kindName() + " \"" + relation.name() + "\"")
                    .withHint("Try the COPY (SELECT ...) TO variant.")
                    .exception();
        }
        StringBuilder items = new StringBuilder();
        for (Column column : CopyCommand.columns(relation, copy.columns(), false)) {
            items.append(items.isEmpty() ? "" : ", ").append(Identifiers.quote(column.name()));
        }
        return "SELECT " + items + " FROM " + Names.sql(relation, session.snapshot());
    }

    private long send(PreparedPlan plan) {
        boolean binary = options.format() == CopyOptions.Format.BINARY;
        session.sink().copiedColumns(columns);
        session.sink().copyOut(binary, columns.size());
        if (binary) {
            out.writeBytes("PGCOPY\n".getBytes(StandardCharsets.US_ASCII), 0, 7);
            out.writeByte(0xFF);
            out.writeAscii("\r\n");
            out.writeByte(0);
            out.writeInt(0);
            out.writeInt(0);
        } else if (options.header()) {
            header();
        }
        long rows = 0;
        try (PlanCursor cursor = InternalQuery.open(plan, session)) {
            while (cursor.next()) {
                Row row = cursor.row();
                if (binary) {
                    binary(row);
                } else {
                    line(row);
                }
                rows++;
                if (out.position() >= FLUSH_BYTES || !binary) {
                    flush();
                }
            }
        }
        if (binary) {
            out.writeShort(-1);
        }
        flush();
        session.sink().copyDone();
        return rows;
    }

    private void flush() {
        if (out.position() > 0) {
            session.sink().copyData(out.array(), 0, out.position());
            out.reset();
        }
    }

    private void header() {
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                out.writeByte(options.delimiter());
            }
            byte[] name = columns.get(i).name().getBytes(StandardCharsets.UTF_8);
            if (options.format() == CopyOptions.Format.CSV) {
                csv(name, name.length, false);
            } else {
                escape(name, name.length);
            }
        }
        out.writeByte('\n');
    }

    private void line(Row row) {
        for (int i = 0; i < codecs.length; i++) {
            if (i > 0) {
                out.writeByte(options.delimiter());
            }
            if (row.isNull(i)) {
                out.writeUtf8(options.nullText());
                continue;
            }
            field.reset();
            codecs[i].writeText(row, i, context, field);
            if (options.format() == CopyOptions.Format.CSV) {
                csv(field.array(), field.position(), forceQuote[i]);
            } else {
                escape(field.array(), field.position());
            }
        }
        out.writeByte('\n');
    }

    private void escape(byte[] bytes, int length) {
        for (int i = 0; i < length; i++) {
            byte c = bytes[i];
            int letter = switch (c) {
                case '\b' -> 'b';
                case '\f' -> 'f';
                case '\n' -> 'n';
                case '\r' -> 'r';
                case '\t' -> 't';
                case 11 -> 'v';
                case '\\' -> '\\';
                default -> c == options.delimiter() ? c : 0;
            };
            if (letter != 0) {
                out.writeByte('\\');
                out.writeByte(letter);
            } else {
                out.writeByte(c);
            }
        }
    }

    private void csv(byte[] bytes, int length, boolean force) {
        boolean quote = force || isNullText(bytes, length);
        for (int i = 0; i < length && !quote; i++) {
            byte c = bytes[i];
            quote = c == options.delimiter() || c == options.quote() || c == '\n' || c == '\r';
        }
        if (!quote && columns.size() == 1 && length == 2 && bytes[0] == '\\' && bytes[1] == '.') {
            quote = true;
        }
        if (!quote) {
            out.writeBytes(bytes, 0, length);
            return;
        }
        out.writeByte(options.quote());
        for (int i = 0; i < length; i++) {
            if (bytes[i] == options.quote() || bytes[i] == options.escape()) {
                out.writeByte(options.escape());
            }
            out.writeByte(bytes[i]);
        }
        out.writeByte(options.quote());
    }

    private boolean isNullText(byte[] bytes, int length) {
        return new String(bytes, 0, length, StandardCharsets.UTF_8).equals(options.nullText());
    }

    private void binary(Row row) {
        out.writeShort(codecs.length);
        for (int i = 0; i < codecs.length; i++) {
            if (row.isNull(i)) {
                out.writeInt(-1);
                continue;
            }
            int length = out.position();
            out.writeInt(0);
            codecs[i].writeBinary(row, i, context, out);
            out.setInt(length, out.position() - length - 4);
        }
    }
}
