/**
 * What the catalog knows, as immutable values: databases, roles, schemas, relations, constraints and what hangs on them.
 * Commands build them, {@code catalog.store} keeps them, planner and views read them. Nothing here touches storage or text.
 */
@NullMarked
package dev.strongroom.catalog.object;

import org.jspecify.annotations.NullMarked;
