/**
 * The storage engine: encrypted pages and log, B+trees, transactions. Packages in dependency order, each using only those
 * above it: file, log, page, buffer, space, key, tree, value, temp, txn, table, boot, recovery, encryption, backup, verify,
 * database. {@code catalog} and {@code sql} see {@code table} and {@code database} only.
 */
@NullMarked
package dev.strongroom.storage;

import org.jspecify.annotations.NullMarked;
