/**
 * Documents that are made from the sources.
 */
@NullMarked
package dev.strongroom.testkit.docs;

import org.jspecify.annotations.NullMarked;
