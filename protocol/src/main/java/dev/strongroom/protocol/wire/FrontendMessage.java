package dev.strongroom.protocol.wire;

import dev.strongroom.common.error.DatabaseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client can send. The comment of each kind shows its bytes after the length. */
public sealed interface FrontendMessage {
    /** {@code int32 80877103}. */
    record SslRequest() implements FrontendMessage {}

    /** {@code int32 80877104}. */
    record GssEncRequest() implements FrontendMessage {}

    /** {@code int32 80877102, int32 process id, int32 secret}. */
    record CancelRequest(int processId, int secretKey) implements FrontendMessage {}

    /** {@code int32 version, (cstring name, cstring value)*, 0}. */
    record Startup(int major, int minor, Map<String, String> parameters) implements FrontendMessage {
        public Startup {
            parameters = Map.copyOf(parameters);
        }
    }

    /** {@code p}: a password or a SASL message, taken apart by who asked for it. */
    record Authentication(byte[] body) implements FrontendMessage {}

    /** {@code Q}: {@code cstring text}. */
    record Query(String text) implements FrontendMessage {}

    /** {@code P}: {@code cstring statement, cstring text, int16 n, int32 oid × n}. */
    record Parse(String statement, String text, int[] parameterOids) implements FrontendMessage {}

    /**
     * {@code B}: {@code cstring portal, cstring statement, int16 n, int16 format × n, int16 n, (int32 length or -1, bytes) × n,
     * int16 n, int16 result format × n}.
     */
    record Bind(String portal, String statement, short[] formats, byte[] @Nullable [] values, short[] resultFormats)
            implements FrontendMessage {}

    /** {@code D}: {@code byte 'S' or 'P', cstring name}. */
    record Describe(boolean statement, String name) implements FrontendMessage {}

    /** {@code E}: {@code cstring portal, int32 rows, 0 for all}. */
    record Execute(String portal, int maxRows) implements FrontendMessage {}

    /** {@code C}: {@code byte 'S' or 'P', cstring name}. */
    record Close(boolean statement, String name) implements FrontendMessage {}

    /** {@code S}. */
    record Sync() implements FrontendMessage {}

    /** {@code H}. */
    record Flush() implements FrontendMessage {}

    /** {@code d}: bytes. */
    record CopyData(byte[] bytes) implements FrontendMessage {}

    /** {@code c}. */
    record CopyDone() implements FrontendMessage {}

    /** {@code f}: {@code cstring reason}. */
    record CopyFail(String reason) implements FrontendMessage {}

    /** {@code F}: the obsolete function call, answered with an error. */
    record FunctionCall() implements FrontendMessage {}

    /** {@code X}. */
    record Terminate() implements FrontendMessage {}

    /** A message whose frame was sound and whose body was not; {@code type} says which it wanted to be. */
    record Malformed(char type, DatabaseException error) implements FrontendMessage {}

    /** The stream itself cannot be read further: the connection ends with this error. */
    record Unreadable(DatabaseException error) implements FrontendMessage {}
}
