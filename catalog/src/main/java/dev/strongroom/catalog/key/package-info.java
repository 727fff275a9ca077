/**
 * Keys as objects of the server: database master keys, certificates and the commitments of database encryption keys, kept
 * as rows of {@code master}. {@link dev.strongroom.catalog.key.KeyCatalog} holds what is committed,
 * {@link dev.strongroom.catalog.key.Encryptors} opens database keys for storage, and {@code MasterKeys},
 * {@code Certificates} and {@code DatabaseKeys} are the operations behind the key statements: they check, make or open keys
 * through {@code crypto.hierarchy}, write the rows, and only then change a database through its {@code EncryptionControl}.
 */
@NullMarked
package dev.strongroom.catalog.key;

import org.jspecify.annotations.NullMarked;
