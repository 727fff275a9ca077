@NullMarked
package dev.strongroom.catalog.verify;

import org.jspecify.annotations.NullMarked;
