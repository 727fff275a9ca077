/** What encryption in the driver costs an application. */
@NullMarked
package dev.strongroom.benchmarks.client;

import org.jspecify.annotations.NullMarked;
