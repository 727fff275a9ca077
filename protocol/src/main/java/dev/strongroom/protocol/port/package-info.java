/**
 * What the protocol needs from the rest of the server, implemented in {@code server.session}: a session that takes texts and
 * portals, and the sink the protocol hands down for its answers. Calls go down on the thread that owns the connection; the only way
 * back up is the sink.
 */
@NullMarked
package dev.strongroom.protocol.port;

import org.jspecify.annotations.NullMarked;
