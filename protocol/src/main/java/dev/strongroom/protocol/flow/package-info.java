/**
 * The conversation. {@code ClientConnection} lives on the event loop: TLS, start-up, cancel requests, and a bounded inbox of
 * decoded messages. {@code SessionFlow} lives on the connection's own virtual thread: authentication, then queries, taking
 * from the inbox, calling the session port, writing through {@code BackendWriter}.
 *
 * ```
 * client                    event loop                    virtual thread
 *   | SSLRequest / Startup ->| TLS, checks                      |
 *   |                        | start ------------------------->| SCRAM, open session
 *   |<----------------- Authentication…, ParameterStatus, BackendKeyData, ReadyForQuery
 *   | Query, Parse, Bind … ->| inbox (stops reading when full)->| session port
 *   |<----------------- rows, CommandComplete, ReadyForQuery (waits when the socket is full)
 * ```
 */
@NullMarked
package dev.strongroom.protocol.flow;

import org.jspecify.annotations.NullMarked;
