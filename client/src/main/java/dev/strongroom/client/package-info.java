/**
 * The JDBC driver {@code strongroom-jdbc}: pgjdbc underneath, Always Encrypted on top. Column keys and the cell cipher
 * live here and nowhere below; a value goes in plain from the application, is encrypted before it reaches the socket,
 * and comes back the same way. {@link dev.strongroom.client.StrongroomDriver} and
 * {@link dev.strongroom.client.StrongroomDataSource} are the ways in.
 */
@NullMarked
package dev.strongroom.client;

import org.jspecify.annotations.NullMarked;
