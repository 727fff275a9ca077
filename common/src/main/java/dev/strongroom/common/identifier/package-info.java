/**
 * What SQL takes for a name: the keywords that the lexer looks up, that quoting of names avoids and that
 * {@code pg_get_keywords()} lists.
 */
@NullMarked
package dev.strongroom.common.identifier;

import org.jspecify.annotations.NullMarked;
