/**
 * Log-in passwords: kept as SCRAM-SHA-256 verifiers in PostgreSQL's storage form, so that neither the server's disk nor the
 * wire ever holds a password. The protocol asks a verifier whether a client proof fits; everything compares in constant time.
 */
@NullMarked
package dev.strongroom.crypto.password;

import org.jspecify.annotations.NullMarked;
