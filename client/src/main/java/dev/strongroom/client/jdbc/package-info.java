/** The JDBC objects: pgjdbc's own, with encryption laid over them. */
@NullMarked
package dev.strongroom.client.jdbc;

import org.jspecify.annotations.NullMarked;
