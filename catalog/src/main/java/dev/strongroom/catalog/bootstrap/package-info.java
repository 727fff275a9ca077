/**
 * The catalog on disk: system trees with fixed ids, the rows in them, and the first contents of a new server and a new
 * database. {@link dev.strongroom.catalog.bootstrap.SystemTrees} defines the trees once; {@code CatalogRows} writes and reads
 * through those definitions; at start-up everything is read into memory and handed to {@code catalog.store}.
 */
@NullMarked
package dev.strongroom.catalog.bootstrap;

import org.jspecify.annotations.NullMarked;
