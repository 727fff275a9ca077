/**
 * Encryption of a database at rest: its state, the background scan that brings every page under the target key version,
 * and the operations that the key statements call. The statements check rights and make keys; this package changes the
 * database, durably and in the order storage-design section 9 gives.
 */
@NullMarked
package dev.strongroom.storage.encryption;

import org.jspecify.annotations.NullMarked;
