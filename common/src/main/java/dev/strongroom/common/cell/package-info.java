/**
 * Cells of Always Encrypted as the server knows them: opaque bytes whose shape can be checked, and the envelope they wear on
 * the wire. Nothing here can open a cell.
 */
@NullMarked
package dev.strongroom.common.cell;

import org.jspecify.annotations.NullMarked;
