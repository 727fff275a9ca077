/** System relations and definitions, tested on the in-memory database. */
@NullMarked
package dev.strongroom.catalog.pgview;

import org.jspecify.annotations.NullMarked;
