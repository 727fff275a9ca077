/**
 * B+trees of bytes on pages of the buffer pool: fence keys in every node instead of links between neighbours, shared prefixes
 * cut off, hints that narrow a search to a few slots, roots that never move. The layers above say what goes into a leaf and
 * why ({@code txn}); this one finds the leaf, keeps room in it and describes every change as a log record that is applied by
 * the same code that redoes it.
 */
@NullMarked
package dev.strongroom.storage.tree;

import org.jspecify.annotations.NullMarked;
