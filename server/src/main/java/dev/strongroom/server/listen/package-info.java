/**
 * The door: sockets, TLS, how many may come in. Accepted connections get a protocol pipeline and are driven by event loops
 * from then on; their sessions run on virtual threads made here.
 */
@NullMarked
package dev.strongroom.server.listen;

import org.jspecify.annotations.NullMarked;
