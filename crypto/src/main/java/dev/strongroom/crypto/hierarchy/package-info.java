/**
 * Who wraps what: root provider, service master key, database master keys, certificates, database encryption keys. This
 * package makes, wraps, opens, imports and exports them as values; where they are kept is {@code catalog.key}'s business
 * (the service master key's is {@code crypto.provider}'s). Every wrap names its object and its parent in the associated
 * data, so that a wrap cannot be moved.
 */
@NullMarked
package dev.strongroom.crypto.hierarchy;

import org.jspecify.annotations.NullMarked;
