@NullMarked
package dev.strongroom.testkit.docs;

import org.jspecify.annotations.NullMarked;
