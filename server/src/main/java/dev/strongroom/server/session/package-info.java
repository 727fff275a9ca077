/**
 * Where protocol meets sql: {@code SessionAdapter} turns the protocol's session port into calls of {@code SqlSession}, and
 * the session's sink into the protocol's. Neither module knows the other.
 */
@NullMarked
package dev.strongroom.server.session;

import org.jspecify.annotations.NullMarked;
