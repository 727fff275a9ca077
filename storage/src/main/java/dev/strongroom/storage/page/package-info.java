/**
 * Pages and how they reach the disk. A page is 8 KiB: a body of 8144 bytes and a trailer of 48 that says how the body is
 * protected. {@link dev.strongroom.storage.page.PageStore} is the seam: whole pages go in (sealed or checksummed on the way,
 * the only place where that happens) and come out (opened and checked). The first implementation writes in place behind a
 * page journal against torn writes.
 */
@NullMarked
package dev.strongroom.storage.page;

import org.jspecify.annotations.NullMarked;
