/**
 * Order-preserving keys: values of a row go in, bytes come out whose unsigned order is PostgreSQL's order of the values. The
 * trees above compare bytes only and never know a type. Nothing here decodes: rows hold the values, keys only place them.
 */
@NullMarked
package dev.strongroom.storage.key;

import org.jspecify.annotations.NullMarked;
