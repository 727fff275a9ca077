package dev.strongroom.protocol.wire;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.Severity;
import dev.strongroom.common.type.HeapSink;
import dev.strongroom.common.type.TypeCodec;
import dev.strongroom.common.type.TypeCodecs;
import dev.strongroom.common.type.TypeContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.protocol.port.ColumnCell;
import dev.strongroom.protocol.port.ColumnDescription;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes server messages: the only place that does. Messages gather in one buffer that leaves when it is full or at
 * {@link #flush}. One thread at a time.
 *
 * ```
 * byte type   int32 length (with itself)   body
 * ```
 */
public final class BackendWriter {
    private static final int CHUNK_BYTES = 32 << 10;
    private static final int KEEP_BYTES = 256 << 10;

    private final Outbound out;
    private HeapSink buffer = new HeapSink(1024);
    private int start;
    private boolean open;
    private boolean held;
    private boolean unpushed;
    private int mark;
    private final SentKeys sentKeys = new SentKeys();
    private boolean columnEncryption;

    private TypeCodec[] codecs = new TypeCodec[0];
    private boolean[] binary = new boolean[0];

    public BackendWriter(Outbound out) {
        this.out = out;
    }

    /** Sends what has gathered. */
    public void flush() {
        assert !held;
        drain(true);
    }

    /** Sends what has gathered, unless it is held: then whoever holds it does. */
    public void flushSoon() {
        if (!held) {
            drain(true);
        }
    }

    /** Keeps back all that is written from here on, until {@link #keep} or {@link #forget}. */
    public void hold() {
        sentKeys.mark();
        held = true;
        mark = buffer.position();
    }

    /** What was written since {@link #hold} counts. */
    public void keep() {
        held = false;
    }

    /** Sends what has gathered if it is much, without pushing it. */
    public void drainMuch() {
        if (buffer.position() >= CHUNK_BYTES) {
            drain(false);
        }
    }

    /** What was written since the last {@link #hold} was never written. */
    public void forget() {
        buffer.truncate(mark);
        sentKeys.forget();
        open = false;
        held = false;
    }

    public void authenticationOk() {
        begin('R');
        buffer.writeInt(0);
        end();
    }

    public void authenticationSasl(List<String> mechanisms) {
        begin('R');
        buffer.writeInt(10);
        for (String mechanism : mechanisms) {
            string(mechanism);
        }
        buffer.writeByte(0);
        end();
    }

    public void authenticationSaslContinue(String data) {
        begin('R');
        buffer.writeInt(11);
        buffer.writeUtf8(data);
        end();
    }

    public void authenticationSaslFinal(String data) {
        begin('R');
        buffer.writeInt(12);
        buffer.writeUtf8(data);
        end();
    }

    /** Newest minor version this server speaks, and options it does not know. */
    public void negotiateProtocolVersion(int version, List<String> unknownOptions) {
        begin('v');
        buffer.writeInt(version);
        buffer.writeInt(unknownOptions.size());
        for (String option : unknownOptions) {
            string(option);
        }
        end();
    }

    public void backendKeyData(int processId, int secretKey) {
        begin('K');
        buffer.writeInt(processId);
        buffer.writeInt(secretKey);
        end();
    }

    public void parameterStatus(String name, String value) {
        begin('S');
        string(name);
        string(value);
        end();
    }

    public void readyForQuery(char status) {
        begin('Z');
        buffer.writeByte(status);
        end();
    }

    public void parseComplete() {
        empty('1');
    }

    public void bindComplete() {
        empty('2');
    }

    public void closeComplete() {
        empty('3');
    }

    public void noData() {
        empty('n');
    }

    public void emptyQueryResponse() {
        empty('I');
    }

    public void portalSuspended() {
        empty('s');
    }

    public void commandComplete(String tag) {
        begin('C');
        string(tag);
        end();
    }

    /** From here on descriptions say how columns and parameters are encrypted, and keys come before them (AE-116, AE-117). */
    public void describeColumnEncryption() {
        columnEncryption = true;
    }

    /**
     * Describes the parameters of a statement.
     *
     * @param cells those that are encrypted, by index
     */
    public void parameterDescription(List<Integer> oids, Map<Integer, ColumnCell> cells) {
        if (columnEncryption) {
            cells.values().forEach(this::keys);
        }
        begin('t');
        buffer.writeShort(oids.size());
        for (int i = 0; i < oids.size(); i++) {
            ColumnCell cell = columnEncryption ? cells.get(i) : null;
            buffer.writeInt(cell == null ? oids.get(i) : cell.baseOid());
            if (columnEncryption) {
                encryption(cell);
                buffer.writeInt(cell == null ? -1 : cell.baseTypmod());
            }
        }
        end();
    }

    /** Keys of columns that nothing describes, where the client does not have them yet. */
    public void columnKeys(List<ColumnCell> cells) {
        if (columnEncryption) {
            cells.forEach(this::keys);
        }
    }

    private void encryption(@Nullable ColumnCell cell) {
        buffer.writeInt(cell == null ? 0 : cell.keyId());
        buffer.writeShort(cell == null ? 0 : cell.algorithm());
        buffer.writeShort(cell == null ? 0 : cell.flags());
        buffer.writeShort(cell == null ? 0 : cell.rule());
    }

    /** ColumnMasterKey and ColumnEncryptionKey, where the client does not have them yet. */
    private void keys(ColumnCell cell) {
        for (ColumnCell.KeyValue value : cell.values()) {
            ColumnCell.MasterKey master = value.masterKey();
            if (sentKeys.isNew(master)) {
                begin('y');
                buffer.writeInt(master.id());
                string(master.name());
                string(master.provider());
                string(master.path());
                byte[] signature = master.signature();
                buffer.writeByte(signature == null ? 0 : 1);
                bytes(signature == null ? new byte[0] : signature);
                end();
            }
        }
        if (sentKeys.isNew(cell)) {
            for (ColumnCell.KeyValue value : cell.values()) {
                begin('Y');
                buffer.writeInt(cell.keyId());
                buffer.writeLong(cell.keyVersion());
                buffer.writeInt(value.masterKey().id());
                string(value.algorithm());
                bytes(value.encrypted());
                end();
            }
        }
    }

    private void bytes(byte[] value) {
        buffer.writeInt(value.length);
        buffer.writeBytes(value, 0, value.length);
    }

    /**
     * Describes the rows to come.
     *
     * @param formats none, one for all, or one for each column
     */
    public void rowDescription(List<ColumnDescription> columns, short[] formats) {
        if (columnEncryption) {
            for (ColumnDescription column : columns) {
                ColumnCell cell = column.cell();
                if (cell != null) {
                    keys(cell);
                }
            }
        }
        begin('T');
        buffer.writeShort(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            ColumnDescription column = columns.get(i);
            string(column.name());
            buffer.writeInt(column.tableOid());
            buffer.writeShort(column.columnNumber());
            ColumnCell cell = columnEncryption ? column.cell() : null;
            buffer.writeInt(cell == null ? column.type().oid() : cell.baseOid());
            buffer.writeShort(cell == null ? column.type().length() : cell.baseLength());
            buffer.writeInt(cell == null ? column.typeModifier() : cell.baseTypmod());
            buffer.writeShort(format(formats, i));
            if (columnEncryption) {
                encryption(cell);
            }
        }
        end();
    }

    /** Sets how {@link #dataRow} encodes from now on. */
    public void rowShape(List<ColumnDescription> columns, short[] formats) {
        int width = columns.size();
        if (codecs.length != width) {
            codecs = new TypeCodec[width];
            binary = new boolean[width];
        }
        for (int i = 0; i < width; i++) {
            codecs[i] = TypeCodecs.of(columns.get(i).type());
            binary[i] = format(formats, i) == 1;
        }
    }

    private static short format(short[] formats, int column) {
        return switch (formats.length) {
            case 0 -> 0;
            case 1 -> formats[0];
            default -> formats[column];
        };
    }

    /** Encodes a row in the shape last set. */
    public void dataRow(Row row, TypeContext context) {
        begin('D');
        HeapSink sink = buffer;
        sink.writeShort(codecs.length);
        for (int i = 0; i < codecs.length; i++) {
            if (row.isNull(i)) {
                sink.writeInt(-1);
                continue;
            }
            int at = sink.position();
            sink.writeInt(0);
            if (binary[i]) {
                codecs[i].writeBinary(row, i, context, sink);
            } else {
                codecs[i].writeText(row, i, context, sink);
            }
            sink.setInt(at, sink.position() - at - 4);
        }
        end();
    }

    public void copyInResponse(boolean binaryFormat, int columns) {
        copyResponse('G', binaryFormat, columns);
    }

    public void copyOutResponse(boolean binaryFormat, int columns) {
        copyResponse('H', binaryFormat, columns);
    }

    private void copyResponse(char type, boolean binaryFormat, int columns) {
        begin(type);
        buffer.writeByte(binaryFormat ? 1 : 0);
        buffer.writeShort(columns);
        for (int i = 0; i < columns; i++) {
            buffer.writeShort(binaryFormat ? 1 : 0);
        }
        end();
    }

    public void copyData(byte[] bytes, int offset, int length) {
        begin('d');
        buffer.writeBytes(bytes, offset, length);
        end();
    }

    public void copyDone() {
        empty('c');
    }

    public void notification(int processId, String channel, String payload) {
        begin('A');
        buffer.writeInt(processId);
        string(channel);
        string(payload);
        end();
    }

    public void error(ErrorReport report) {
        report('E', report);
    }

    public void notice(ErrorReport report) {
        report('N', report);
    }

    private void report(char type, ErrorReport report) {
        begin(type);
        String severity = severity(report.severity());
        field('S', severity);
        field('V', severity);
        field('C', report.code().sqlState());
        field('M', report.message());
        field('D', report.detail());
        field('H', report.hint());
        field('P', report.position() > 0 ? Integer.toString(report.position()) : null);
        field('W', report.where());
        field('s', report.schema());
        field('t', report.table());
        field('c', report.column());
        field('d', report.dataType());
        field('n', report.constraint());
        field('R', report.routine());
        buffer.writeByte(0);
        end();
    }

    private static String severity(Severity severity) {
        return severity.name();
    }

    private void field(char code, @Nullable String value) {
        if (value != null) {
            buffer.writeByte(code);
            string(value);
        }
    }

    /** A zero byte inside would end the string early; it becomes a question mark. */
    private void string(String value) {
        buffer.writeUtf8(value.indexOf(0) < 0 ? value : value.replace('\0', '?'));
        buffer.writeByte(0);
    }

    private void empty(char type) {
        begin(type);
        end();
    }

    private void begin(char type) {
        open = true;
        buffer.writeByte(type);
        start = buffer.position();
        buffer.writeInt(0);
    }

    private void end() {
        open = false;
        buffer.setInt(start, buffer.position() - start);
        if (!held) {
            drainMuch();
        }
    }

    /** Forgets a message begun and not ended, after its encoding failed. */
    public void abandonMessage() {
        if (open) {
            buffer.truncate(start - 1);
            open = false;
        }
    }

    private void drain(boolean push) {
        if (buffer.position() == 0 && !(push && unpushed)) {
            return;
        }
        unpushed = !push;
        out.send(buffer.array(), buffer.position(), push);
        if (buffer.array().length > KEEP_BYTES) {
            buffer = new HeapSink(1024);
        } else {
            buffer.reset();
        }
        start = 0;
    }
}
