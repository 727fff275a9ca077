/**
 * Keys and seals. {@code key} holds key bytes and the primitives over them, {@code dek} turns a database encryption key
 * into purpose keys and nonces, {@code seal} is the only place where bytes of a database are sealed or opened,
 * {@code hierarchy} says who wraps what, {@code provider} opens the root, {@code password} verifies log-ins.
 */
@NullMarked
package dev.strongroom.crypto;

import org.jspecify.annotations.NullMarked;
