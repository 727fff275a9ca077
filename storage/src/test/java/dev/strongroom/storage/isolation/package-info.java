/**
 * What transactions promise each other, checked on random histories: dependency cycles in the style of Elle (Kingsbury and
 * Alvaro, PVLDB 2020) after Adya's definitions, money that is neither made nor lost, registers that behave as one.
 */
@NullMarked
package dev.strongroom.storage.isolation;

import org.jspecify.annotations.NullMarked;
