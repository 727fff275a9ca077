/** Objects, transactions and persistence, tested on the in-memory database. */
@NullMarked
package dev.strongroom.catalog.store;

import org.jspecify.annotations.NullMarked;
