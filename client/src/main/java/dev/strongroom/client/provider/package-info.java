/** Key stores: PKCS#12 and JKS files, PEM directories, PKCS#11 tokens, commands, HashiCorp Vault. */
@NullMarked
package dev.strongroom.client.provider;

import org.jspecify.annotations.NullMarked;
