/** What the server says has to be encrypted in a statement, cached; and what this client insists on. */
@NullMarked
package dev.strongroom.client.statement;

import org.jspecify.annotations.NullMarked;
