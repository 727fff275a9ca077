package dev.strongroom.storage.database;

import dev.strongroom.crypto.dek.KeyVersion;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import org.jspecify.annotations.Nullable;

/**
 * Key of a database that is sealed from its first byte.
 *
 * @param wrapped goes into the boot record; null for a database that does not outlive the process ({@code tempdb})
 */
public record NewKey(KeyVersion key, @Nullable WrappedDek wrapped) {}
