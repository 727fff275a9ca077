/** Security tokens in software, for tests of key management. */
@NullMarked
package dev.strongroom.testkit.token;

import org.jspecify.annotations.NullMarked;
