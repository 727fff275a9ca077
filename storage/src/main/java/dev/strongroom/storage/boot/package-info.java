/**
 * What must be known before anything else can be read: the boot record of a database, written alternately to two slots, MACed
 * under a key of the instance (decision S-2). It holds no user data and stays in clear.
 */
@NullMarked
package dev.strongroom.storage.boot;

import org.jspecify.annotations.NullMarked;
