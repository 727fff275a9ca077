/**
 * The only place where bytes of a database are sealed or opened: pages between buffer pool and file, frames between log
 * buffer and segment, chunks between spill or backup stream and file. A sealer belongs to one thread and works on heap
 * arrays, which the JDK's AES-GCM handles twice as fast as direct buffers. Opening answers with a result, never with
 * bytes that were not authenticated.
 */
@NullMarked
package dev.strongroom.crypto.seal;

import org.jspecify.annotations.NullMarked;
