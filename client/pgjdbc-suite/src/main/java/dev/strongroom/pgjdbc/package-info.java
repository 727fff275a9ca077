/** Puts our driver under pgjdbc's own tests, which know only {@code jdbc:postgresql} (B-4). */
@NullMarked
package dev.strongroom.pgjdbc;

import org.jspecify.annotations.NullMarked;
