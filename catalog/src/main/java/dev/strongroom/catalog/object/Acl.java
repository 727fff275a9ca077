package dev.strongroom.catalog.object;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** An access control list: PostgreSQL's {@code aclitem[]}. Immutable. */
public record Acl(List<AclItem> items) {
    public Acl {
        items = List.copyOf(items);
    }

    /** Bits granted to any of the roles (0 is PUBLIC). */
    public int granted(Iterable<Integer> roles) {
        int bits = 0;
        for (int role : roles) {
            for (AclItem item : items) {
                if (item.granteeOid() == role) {
                    bits |= item.privileges();
                }
            }
        }
        return bits;
    }

    /** Bits that any of the roles may grant on. */
    public int grantable(Iterable<Integer> roles) {
        int bits = 0;
        for (int role : roles) {
            for (AclItem item : items) {
                if (item.granteeOid() == role) {
                    bits |= item.grantOptions();
                }
            }
        }
        return bits;
    }

    /** Adds privileges given by a grantor to a grantee. */
    public Acl grant(int grantee, int grantor, int bits, boolean withGrantOption) {
        List<AclItem> changed = new ArrayList<>();
        boolean found = false;
        for (AclItem item : items) {
            if (item.granteeOid() == grantee && item.grantorOid() == grantor) {
                found = true;
                int options = item.grantOptions() | (withGrantOption ? bits : 0);
                changed.add(new AclItem(grantee, grantor, item.privileges() | bits, options));
            } else {
                changed.add(item);
            }
        }
        if (!found) {
            changed.add(new AclItem(grantee, grantor, bits, withGrantOption ? bits : 0));
        }
        return new Acl(changed);
    }

    /** Takes privileges given by a grantor back, or only the right to grant them on. */
    public Acl revoke(int grantee, int grantor, int bits, boolean grantOptionOnly) {
        List<AclItem> changed = new ArrayList<>();
        for (AclItem item : items) {
            if (item.granteeOid() != grantee || item.grantorOid() != grantor) {
                changed.add(item);
                continue;
            }
            int privileges = grantOptionOnly ? item.privileges() : item.privileges() & ~bits;
            if (privileges != 0) {
                changed.add(new AclItem(grantee, grantor, privileges, item.grantOptions() & ~bits));
            }
        }
        return new Acl(changed);
    }

    /** The list after the owner has changed: what the old owner had and gave is the new owner's. */
    public Acl ownerChanged(int oldOwner, int newOwner) {
        Acl changed = new Acl(List.of());
        for (AclItem item : items) {
            int grantee = item.granteeOid() == oldOwner ? newOwner : item.granteeOid();
            int grantor = item.grantorOid() == oldOwner ? newOwner : item.grantorOid();
            changed = changed.grant(grantee, grantor, item.privileges(), false)
                    .withOptions(grantee, grantor, item.grantOptions());
        }
        return changed;
    }

    private Acl withOptions(int grantee, int grantor, int options) {
        List<AclItem> changed = new ArrayList<>();
        for (AclItem item : items) {
            boolean same = item.granteeOid() == grantee && item.grantorOid() == grantor;
            changed.add(same ? new AclItem(grantee, grantor, item.privileges(), item.grantOptions() | options) : item);
        }
        return new Acl(changed);
    }

    /** PostgreSQL's text form of each item, such as {@code alice=arw*d/postgres}. */
    public List<String> format(IntFunction<String> roleName) {
        List<String> texts = new ArrayList<>();
        for (AclItem item : items) {
            StringBuilder text = new StringBuilder();
            if (item.granteeOid() != 0) {
                text.append(quoteRole(roleName.apply(item.granteeOid())));
            }
            text.append('=');
            for (Privilege privilege : Privilege.values()) {
                if ((item.privileges() & privilege.bit()) != 0) {
                    text.append(privilege.letter());
                    if ((item.grantOptions() & privilege.bit()) != 0) {
                        text.append('*');
                    }
                }
            }
            text.append('/').append(quoteRole(roleName.apply(item.grantorOid())));
            texts.add(text.toString());
        }
        return texts;
    }

    private static String quoteRole(String name) {
        boolean plain = name.chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c)) && !name.isEmpty();
        return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
