/**
 * The write-ahead log. Whoever changes pages holds their exclusive latches, describes the change in a
 * {@link dev.strongroom.storage.log.RecordWriter}, appends it to the {@link dev.strongroom.storage.log.LogStream}, applies it
 * and stamps the pages with the LSN. One log step gathers what was appended into frames, seals and syncs them and wakes those
 * who wait for durability. Recovery reads records back and hands them to the
 * {@link dev.strongroom.storage.log.RedoHandler} and {@link dev.strongroom.storage.log.UndoHandler} that the owner of the
 * record kind registered.
 */
@NullMarked
package dev.strongroom.storage.log;

import org.jspecify.annotations.NullMarked;
