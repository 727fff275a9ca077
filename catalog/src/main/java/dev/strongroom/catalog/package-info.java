/** Names, types, privileges and statistics: what the database knows about itself, kept in ordinary rows. */
@NullMarked
package dev.strongroom.catalog;

import org.jspecify.annotations.NullMarked;
