/** Column encryption keys under a column master key: envelopes, the provider interface, and the cache of opened keys. */
@NullMarked
package dev.strongroom.client.key;

import org.jspecify.annotations.NullMarked;
