/**
 * The root of the key tree. A root provider protects the service master key from outside the data directory; the record
 * {@code instance.0} / {@code instance.1} holds one wrap per provider. {@link dev.strongroom.crypto.provider.InstanceKeys}
 * opens it at start, or makes it on the first start of an empty directory, and hands out the service master key.
 */
@NullMarked
package dev.strongroom.crypto.provider;

import org.jspecify.annotations.NullMarked;
