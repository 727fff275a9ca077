/** What can go wrong on the client's side of Always Encrypted, as one exception with a reason. */
@NullMarked
package dev.strongroom.client.error;

import org.jspecify.annotations.NullMarked;
