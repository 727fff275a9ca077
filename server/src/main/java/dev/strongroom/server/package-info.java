/** The process: settings and wiring, listening, one session adapter per connection, the HTTP port. */
@NullMarked
package dev.strongroom.server;

import org.jspecify.annotations.NullMarked;
