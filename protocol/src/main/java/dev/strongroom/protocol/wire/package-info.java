/**
 * Bytes of the protocol. {@code FrontendDecoder} cuts what a client sends into {@code FrontendMessage}s under hard limits;
 * {@code BackendWriter} is the only place that writes server messages. Neither knows what the messages are for.
 */
@NullMarked
package dev.strongroom.protocol.wire;

import org.jspecify.annotations.NullMarked;
