package dev.strongroom.catalog.object;

/**
 * What one grantor gave one grantee.
 *
 * @param granteeOid role, 0 for PUBLIC
 * @param privileges {@link Privilege#bit} set
 * @param grantOptions subset of privileges that may be granted on
 */
public record AclItem(int granteeOid, int grantorOid, int privileges, int grantOptions) {}
