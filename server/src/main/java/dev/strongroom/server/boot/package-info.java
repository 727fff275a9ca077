/**
 * From the command line to a running server and back: settings are gathered, logging is set up, {@code ServerAssembly} wires
 * the layers by hand, the ready line is printed, SIGTERM ends everything in order.
 */
@NullMarked
package dev.strongroom.server.boot;

import org.jspecify.annotations.NullMarked;
