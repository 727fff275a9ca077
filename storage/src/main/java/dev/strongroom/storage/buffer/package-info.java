/**
 * Pages in memory. One {@link dev.strongroom.storage.buffer.BufferPool} per process holds the frames of all databases; each
 * database sees it through its {@link dev.strongroom.storage.buffer.PageAccess}, which finds a page's frame, latches it and
 * reads it from the {@link dev.strongroom.storage.page.PageStore} on a miss. Changed frames leave in batches through the
 * {@link dev.strongroom.storage.buffer.PageFlusher}, never before the log that describes the change is durable.
 */
@NullMarked
package dev.strongroom.storage.buffer;

import org.jspecify.annotations.NullMarked;
