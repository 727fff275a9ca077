/**
 * Puts the engine together: {@link dev.strongroom.storage.database.Storage} is the process's set of databases,
 * {@link dev.strongroom.storage.database.StoredDatabase} one of them with everything it is made of. Directory layout (decision
 * S-1): {@code db/<id>/} holds {@code boot.0}, {@code boot.1}, {@code journal}, {@code data.*} and {@code log/*.seg}.
 */
@NullMarked
package dev.strongroom.storage.database;

import org.jspecify.annotations.NullMarked;
