/**
 * Proof of who a client is: the server's side of SCRAM-SHA-256 (RFC 5802, RFC 7677, channel binding RFC 5929). Secrets come
 * through the port {@code ScramSecrets}; passwords never appear.
 */
@NullMarked
package dev.strongroom.protocol.auth;

import org.jspecify.annotations.NullMarked;
