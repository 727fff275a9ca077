package dev.strongroom.server.session;

import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.value.Row;
import dev.strongroom.protocol.port.ColumnCell;
import dev.strongroom.protocol.port.ColumnDescription;
import dev.strongroom.protocol.port.CopySource;
import dev.strongroom.protocol.port.ResultSink;
import dev.strongroom.sql.session.CopyInput;
import dev.strongroom.sql.session.ResultColumn;
import dev.strongroom.sql.session.SessionSink;
import java.util.ArrayList;
import java.util.List;

/** The protocol's sink as a session sees it. */
record SinkAdapter(ResultSink target, CellShapes cells) implements SessionSink {
    static List<ColumnDescription> columns(List<ResultColumn> columns, CellShapes cells) {
        List<ColumnDescription> described = new ArrayList<>(columns.size());
        for (ResultColumn column : columns) {
            described.add(new ColumnDescription(
                    column.name(),
                    column.tableOid(),
                    column.columnNumber(),
                    column.type(),
                    column.typeModifier(),
                    cells.of(column)));
        }
        return described;
    }

    @Override
    public void rowDescription(List<ResultColumn> columns) {
        target.rowDescription(columns(columns, cells));
    }

    @Override
    public void row(Row row) {
        target.row(row);
    }

    @Override
    public void commandComplete(String tag) {
        target.commandComplete(tag);
    }

    @Override
    public void emptyQuery() {
        target.emptyQuery();
    }

    @Override
    public void portalSuspended() {
        target.portalSuspended();
    }

    @Override
    public void notice(ErrorReport report) {
        target.notice(report);
    }

    @Override
    public void parameterStatus(String name, String value) {
        target.parameterStatus(name, value);
    }

    @Override
    public void copiedColumns(List<ResultColumn> columns) {
        List<ColumnCell> encrypted = new ArrayList<>();
        for (ResultColumn column : columns) {
            ColumnCell cell = cells.of(column);
            if (cell != null) {
                encrypted.add(cell);
            }
        }
        target.copiedCells(encrypted);
    }

    @Override
    public CopyInput copyIn(boolean binary, int columns) {
        CopySource source = target.copyIn(binary, columns);
        return source::next;
    }

    @Override
    public void copyOut(boolean binary, int columns) {
        target.copyOut(binary, columns);
    }

    @Override
    public void copyData(byte[] bytes, int offset, int length) {
        target.copyData(bytes, offset, length);
    }

    @Override
    public void copyDone() {
        target.copyDone();
    }

    @Override
    public void notification(int processId, String channel, String payload) {
        target.notification(processId, channel, payload);
    }
}
