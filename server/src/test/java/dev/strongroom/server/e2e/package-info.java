/** The whole product from outside: a real server process, real clients, real kills. */
@NullMarked
package dev.strongroom.server.e2e;

import org.jspecify.annotations.NullMarked;
