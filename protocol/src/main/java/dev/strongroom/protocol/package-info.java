/** PostgreSQL's wire protocol 3.0 in front of a session port: {@code wire} bytes, {@code auth}, {@code flow}, {@code port}. */
@NullMarked
package dev.strongroom.protocol;

import org.jspecify.annotations.NullMarked;
