package dev.strongroom.server.listen;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.time.CancelFlag;
import dev.strongroom.common.time.Completion;
import dev.strongroom.common.time.NoWait;
import dev.strongroom.common.type.BinaryInput;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.protocol.port.ColumnDescription;
import dev.strongroom.protocol.port.CopySource;
import dev.strongroom.protocol.port.PreparedDescription;
import dev.strongroom.protocol.port.ResultSink;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.port.StartupRequest;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A session that knows a handful of statements: {@code rows N}, {@code echo $1}, {@code fail}, {@code bug}, {@code wait},
 * {@code copy in}, {@code copy out}, {@code notice}; everything else completes without rows.
 */
final class TestingSession implements SessionPort {
    private static final List<ColumnDescription> NUMBER = List.of(
            new ColumnDescription("n", 0, 0, PgType.INT4, -1), new ColumnDescription("t", 0, 0, PgType.TEXT, -1));
    private static final List<ColumnDescription> ECHO = List.of(new ColumnDescription("echo", 0, 0, PgType.INT8, -1));

    /** Row before which {@code rows N} would have to wait. */
    static final int ROWS_WITHOUT_WAITING = 50;

    /** Commits of {@code durable} that were left behind, to be completed by the test. */
    static final LinkedBlockingQueue<Completion> COMMITS = new LinkedBlockingQueue<>();

    /** Tries that went wrong. */
    static final AtomicInteger TAKEN_BACK = new AtomicInteger();

    /** One permit for each {@code wait} that has begun. */
    static final Semaphore WAITING = new Semaphore(0);

    private final Map<String, String> statements = new HashMap<>();
    private final Map<String, Portal> portals = new HashMap<>();
    private final CancelFlag cancel = new CancelFlag();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Map<Portal, Integer> positions = new HashMap<>();
    private char status = 'I';

    private static final class Portal {
        private final String text;
        private final byte[] @Nullable [] values;
        private final short[] formats;
        private int position;

        Portal(String text, short[] formats, byte[] @Nullable [] values) {
            this.text = text;
            this.formats = formats;
            this.values = values;
        }
    }

    static SessionPort open(StartupRequest request, ResultSink sink) {
        if (request.database().equals("nowhere")) {
            throw ErrorReport.fatal(ErrorCode.INVALID_CATALOG_NAME, "database \"nowhere\" does not exist")
                    .exception();
        }
        sink.parameterStatus("server_version", "15.14 (Strongroom test)");
        sink.parameterStatus("server_encoding", "UTF8");
        sink.parameterStatus("client_encoding", "UTF8");
        sink.parameterStatus("DateStyle", "ISO, MDY");
        sink.parameterStatus("TimeZone", "UTC");
        sink.parameterStatus("integer_datetimes", "on");
        sink.parameterStatus("standard_conforming_strings", "on");
        return new TestingSession();
    }

    @Override
    public void simpleQuery(String text, ResultSink sink) {
        String statement = text.strip();
        if (statement.endsWith(";")) {
            statement = statement.substring(0, statement.length() - 1);
        }
        if (statement.isEmpty()) {
            sink.emptyQuery();
            return;
        }
        Portal portal = new Portal(statement, new short[0], new byte[0][]);
        List<ColumnDescription> columns = columns(statement);
        if (columns != null) {
            sink.rowDescription(columns);
        }
        run(portal, 0, sink);
    }

    private static @Nullable List<ColumnDescription> columns(String text) {
        if (text.startsWith("rows ") || text.equalsIgnoreCase("select 1")) {
            return NUMBER;
        }
        return text.startsWith("echo") ? ECHO : null;
    }

    private void run(Portal portal, long maxRows, ResultSink sink) {
        String text = portal.text;
        if (text.startsWith("rows ")) {
            rows(portal, Integer.parseInt(text.substring(5)), maxRows, sink);
        } else if (text.equalsIgnoreCase("select 1")) {
            rows(portal, 1, maxRows, sink);
        } else if (text.startsWith("echo")) {
            echo(portal, sink);
        } else if (text.equals("fail")) {
            throw ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "relation \"x\" does not exist")
                    .withPosition(5)
                    .withHint("try another")
                    .exception();
        } else if (text.equals("bug")) {
            throw new IllegalStateException("a bug");
        } else if (text.equals("durable")) {
            durable(sink);
        } else if (text.equals("durable, then wait")) {
            durable(sink);
            NoWait.check();
        } else if (text.equals("wait")) {
            NoWait.check();
            await();
        } else if (text.equals("copy in")) {
            copyIn(sink);
        } else if (text.equals("copy out")) {
            byte[] line = "1\tone\n".getBytes(StandardCharsets.UTF_8);
            sink.copyOut(false, 2);
            sink.copyData(line, 0, line.length);
            sink.copyDone();
            sink.commandComplete("COPY 1");
        } else if (text.equals("notice")) {
            sink.notice(ErrorReport.notice("look"));
            sink.commandComplete("NOTICE");
        } else {
            status = text.equalsIgnoreCase("begin") ? 'T' : text.equalsIgnoreCase("commit") ? 'I' : status;
            sink.commandComplete(text.toUpperCase(Locale.ROOT));
        }
    }

    private static void durable(ResultSink sink) {
        NoWait trying = NoWait.current();
        if (trying != null) {
            Completion later = new Completion();
            trying.defer(later);
            COMMITS.add(later);
        }
        sink.commandComplete("DURABLE");
    }

    private void await() {
        WAITING.release();
        try {
            if (!cancelled.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody cancelled");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        cancel.check();
    }

    private static void copyIn(ResultSink sink) {
        NoWait.check();
        CopySource source = sink.copyIn(false, 1);
        int lines = 0;
        for (byte[] data = source.next(); data.length > 0; data = source.next()) {
            for (byte b : data) {
                lines += b == '\n' ? 1 : 0;
            }
        }
        sink.commandComplete("COPY " + lines);
    }

    private void rows(Portal portal, int count, long maxRows, ResultSink sink) {
        Row row = new Row(2);
        long sent = 0;
        while (portal.position < count) {
            if (maxRows > 0 && sent == maxRows) {
                sink.portalSuspended();
                return;
            }
            cancel.check();
            if (portal.position == ROWS_WITHOUT_WAITING) {
                if (NoWait.current() != null) {
                    TAKEN_BACK.incrementAndGet();
                }
                NoWait.check();
            }
            portal.position++;
            sent++;
            row.setLong(0, portal.position);
            row.setRef(1, portal.position % 3 == 0 ? null : "row " + portal.position);
            sink.row(row);
        }
        sink.commandComplete("SELECT " + sent);
    }

    private void echo(Portal portal, ResultSink sink) {
        Row row = new Row(1);
        byte[] value = portal.values.length == 0 ? null : portal.values[0];
        if (value != null) {
            boolean binary = portal.formats.length > 0 && portal.formats[0] == 1;
            if (binary) {
                TypeCodecs.of(PgType.INT8)
                        .readBinary(new BinaryInput(value, 0, value.length), row, 0, TypeContext.DEFAULT);
            } else {
                TypeCodecs.of(PgType.INT8).parseUtf8(value, 0, value.length, row, 0, TypeContext.DEFAULT);
            }
        }
        sink.row(row);
        sink.commandComplete("SELECT 1");
    }

    @Override
    public void parse(String statement, String text, int[] parameterOids) {
        if (text.equals("syntax error")) {
            throw new DatabaseException(ErrorCode.SYNTAX_ERROR, "syntax error at or near \"syntax\"");
        }
        if (text.contains("slow")) {
            NoWait.check();
        }
        statements.put(statement, text);
    }

    private String statement(String name) {
        String text = statements.get(name);
        if (text == null) {
            throw new DatabaseException(
                    ErrorCode.INVALID_SQL_STATEMENT_NAME, "prepared statement \"" + name + "\" does not exist");
        }
        return text;
    }

    @Override
    public void bind(String portal, String statement, short[] formats, byte[] @Nullable [] values) {
        portals.put(portal, new Portal(statement(statement), formats, values));
    }

    @Override
    public PreparedDescription describeStatement(String name) {
        String text = statement(name);
        return new PreparedDescription(text.startsWith("echo") ? List.of(20) : List.of(), columns(text));
    }

    private Portal portal(String name) {
        Portal portal = portals.get(name);
        if (portal == null) {
            throw new DatabaseException(ErrorCode.INVALID_CURSOR_NAME, "portal \"" + name + "\" does not exist");
        }
        return portal;
    }

    @Override
    public @Nullable List<ColumnDescription> describePortal(String name) {
        return columns(portal(name).text);
    }

    @Override
    public void execute(String portal, long maxRows, ResultSink sink) {
        run(portal(portal), maxRows, sink);
    }

    @Override
    public void closeStatement(String name) {
        statements.remove(name);
    }

    @Override
    public void closePortal(String name) {
        portals.remove(name);
    }

    @Override
    public void beginTry() {
        positions.clear();
        portals.forEach((name, portal) -> positions.put(portal, portal.position));
    }

    @Override
    public void keepTry() {}

    @Override
    public void undoTry() {
        positions.forEach((portal, position) -> portal.position = position);
    }

    @Override
    public void sync() {}

    @Override
    public long idleLimitMillis() {
        return 0;
    }

    @Override
    public char status() {
        return status;
    }

    @Override
    public TypeContext typeContext() {
        return TypeContext.DEFAULT;
    }

    @Override
    public void beforeReady(ResultSink sink) {}

    @Override
    public void onNews(Runnable wake) {}

    @Override
    public void tellNews(ResultSink sink) {}

    @Override
    public void cancel(DatabaseException reason) {
        cancel.cancel(reason);
        cancelled.countDown();
    }

    @Override
    public void close() {}
}
