/** The cell cipher AEAD_AES_256_CBC_HMAC_SHA_256, its keys, and the envelope a cell wears on the wire. */
@NullMarked
package dev.strongroom.client.cell;

import org.jspecify.annotations.NullMarked;
