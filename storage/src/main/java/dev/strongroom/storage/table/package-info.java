/**
 * What {@code catalog} and {@code sql} see of storage: a database of typed tables under transactions. Rows go in and come out
 * as {@link dev.strongroom.common.value.Row}; keys travel as order-preserving bytes. Layouts are plain values handed in by the
 * catalog; storage keeps none of them.
 */
@NullMarked
package dev.strongroom.storage.table;

import org.jspecify.annotations.NullMarked;
