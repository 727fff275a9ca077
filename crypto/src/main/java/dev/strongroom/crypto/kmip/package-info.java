/**
 * A client of the Key Management Interoperability Protocol, as much of it as keys for database encryption need: see
 * README.md. It knows nothing of providers; {@code crypto.provider} puts its device on it.
 */
@NullMarked
package dev.strongroom.crypto.kmip;

import org.jspecify.annotations.NullMarked;
