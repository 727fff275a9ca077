/** The HTTP port: liveness, readiness, metrics, and a status page for people. Plain text, no secrets, loopback by default. */
@NullMarked
package dev.strongroom.server.admin;

import org.jspecify.annotations.NullMarked;
