/**
 * {@code pg_catalog}, {@code information_schema} and {@code sys} as relations whose rows are computed from a catalog snapshot.
 * {@link dev.strongroom.catalog.pgview.SystemRelations} holds them by OID; the planner sees their columns as
 * {@code SystemTable}s and the executor asks for their rows. Column lists and built-in rows (types, operators, functions) come
 * from resource files that {@code extract.sh} beside them wrote from PostgreSQL 15.
 */
@NullMarked
package dev.strongroom.catalog.pgview;

import org.jspecify.annotations.NullMarked;
