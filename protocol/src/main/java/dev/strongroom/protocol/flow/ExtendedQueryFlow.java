package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.protocol.port.ColumnDescription;
import dev.strongroom.protocol.port.PreparedDescription;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parse, Bind, Describe, Execute, Close. Keeps each portal's result formats, which the session does not know. */
final class ExtendedQueryFlow {
    private static final short[] TEXT = {};

    private final SessionPort session;
    private final BackendWriter writer;
    private final Map<String, PortalShape> portals = new HashMap<>();
    private final QuerySink sink;

    /** @param columns null where the portal returns no rows */
    private record PortalShape(@Nullable List<ColumnDescription> columns, short[] formats) {}

    ExtendedQueryFlow(SessionPort session, BackendWriter writer, QuerySink sink) {
        this.session = session;
        this.writer = writer;
        this.sink = sink;
    }

    void parse(FrontendMessage.Parse message) {
        session.parse(message.statement(), message.text(), message.parameterOids());
        writer.parseComplete();
    }

    void bind(FrontendMessage.Bind message) {
        session.bind(message.portal(), message.statement(), message.formats(), message.values());
        List<ColumnDescription> columns = session.describePortal(message.portal());
        int asked = message.resultFormats().length;
        if (columns != null && asked > 1 && asked != columns.size()) {
            session.closePortal(message.portal());
            throw new DatabaseException(
                    ErrorCode.PROTOCOL_VIOLATION,
                    "bind message has " + asked + " result formats but query has " + columns.size() + " columns");
        }
        portals.put(message.portal(), new PortalShape(columns, message.resultFormats()));
        writer.bindComplete();
    }

    void describe(FrontendMessage.Describe message) {
        if (message.statement()) {
            PreparedDescription description = session.describeStatement(message.name());
            writer.parameterDescription(description.parameterOids(), description.parameterCells());
            rowDescription(description.columns(), TEXT);
            return;
        }
        PortalShape shape = portals.get(message.name());
        if (shape == null) {
            rowDescription(session.describePortal(message.name()), TEXT);
        } else {
            rowDescription(shape.columns(), shape.formats());
        }
    }

    private void rowDescription(@Nullable List<ColumnDescription> columns, short[] formats) {
        if (columns == null) {
            writer.noData();
        } else {
            writer.rowDescription(columns, formats);
        }
    }

    void execute(FrontendMessage.Execute message) {
        PortalShape shape = portals.get(message.portal());
        if (shape == null) {
            shape = new PortalShape(session.describePortal(message.portal()), TEXT);
        }
        if (shape.columns() != null) {
            writer.rowShape(shape.columns(), shape.formats());
        }
        sink.startStatement();
        session.execute(message.portal(), Math.max(0, message.maxRows()), sink);
    }

    void close(FrontendMessage.Close message) {
        if (message.statement()) {
            session.closeStatement(message.name());
        } else {
            portals.remove(message.name());
            session.closePortal(message.name());
        }
        writer.closeComplete();
    }

    void forgetPortal(String name) {
        portals.remove(name);
    }

    /** Portals do not outlive their transaction. */
    void forgetPortals() {
        portals.clear();
    }
}
