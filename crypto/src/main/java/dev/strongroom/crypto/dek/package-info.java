/**
 * What a database encryption key becomes: one {@link dev.strongroom.crypto.dek.KeyVersion} per version with a key for each
 * purpose, collected in {@link dev.strongroom.crypto.dek.DatabaseKeys} for the sealers to look up by the version a page or
 * log segment names, and the {@link dev.strongroom.crypto.dek.NonceSource} of one opening of the database.
 */
@NullMarked
package dev.strongroom.crypto.dek;

import org.jspecify.annotations.NullMarked;
