/**
 * The views of the key hierarchy and of encryption, in schema {@code sys} of every database (tde.md section 2), as computed
 * relations over {@code catalog.key} and the open databases. Rows are filtered by what the user may see (TDE-201).
 */
@NullMarked
package dev.strongroom.catalog.sysview;

import org.jspecify.annotations.NullMarked;
