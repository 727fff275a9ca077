/**
 * The conversation. {@code ClientConnection} lives on the event loop: TLS, start-up, cancel requests, and a bounded inbox of
 * decoded messages. {@code SessionFlow} has one owner at a time. It starts on a virtual thread of its own: authentication,
 * opening the session. From then on the event loop tries each message under {@code NoWait}, without waiting; what cannot be
 * answered that way is taken back and answered on a virtual thread, which hands back once the inbox is empty.
 * {@code Conversation} answers, calling the session port and writing through {@code BackendWriter}.
 *
 * ```
 * client                    event loop                    virtual thread
 *   | SSLRequest / Startup ->| TLS, checks                      |
 *   |                        | start ------------------------->| SCRAM, open session
 *   |<----------------- Authentication…, ParameterStatus, BackendKeyData, ReadyForQuery
 *   | Query, Parse, Bind … ->| tries: session port              |
 *   |<------ answers --------| commit: once the log is durable  |
 *   |                        | inbox (stops reading when full)->| what waits or takes long: session port
 *   |<----------------- rows, CommandComplete, ReadyForQuery (waits when the socket is full)
 * ```
 */
@NullMarked
package dev.strongroom.protocol.flow;

import org.jspecify.annotations.NullMarked;
