package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.AclItem;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Owned;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * {@code has_*_privilege}, {@code pg_has_role}, {@code acldefault}, {@code aclexplode}. Roles and objects are given as OID (Long)
 * or name (String).
 */
public final class PrivilegeFunctions {
    private final SystemContext context;
    private final CatalogSnapshot snapshot;

    public PrivilegeFunctions(SystemContext context) {
        this.context = context;
        this.snapshot = context.snapshot();
    }

    /** One item of an ACL taken apart. */
    public record Exploded(long grantor, long grantee, String privilege, boolean grantable) {}

    /**
     * {@code has_table_privilege} and its like.
     *
     * @param kind {@code table}, {@code sequence}, {@code schema}, {@code database}; of other kinds everybody may do
     *     everything
     * @param role null for the current one
     * @return null where the OID names nothing
     */
    public @Nullable Boolean has(String kind, @Nullable Object role, Object object, String privileges) {
        AccessRights rights = new AccessRights(snapshot, roleOid(role));
        return switch (kind) {
            case "table", "sequence" -> {
                Relation relation = relation(object, kind.equals("sequence"));
                yield relation == null ? null : (Boolean) any(privileges, relation, rights::has, rights::grantable);
            }
            case "schema" -> {
                Schema schema = schema(object);
                yield schema == null ? null : (Boolean) any(privileges, schema, rights::has, rights::grantable);
            }
            case "database" -> {
                DatabaseDefinition database = database(object);
                yield database == null ? null : (Boolean) any(privileges, database, rights::has, rights::grantable);
            }
            default -> true;
        };
    }

    /** {@code has_any_column_privilege}. */
    public @Nullable Boolean hasAnyColumn(@Nullable Object role, Object table, String privileges) {
        AccessRights rights = new AccessRights(snapshot, roleOid(role));
        Relation relation = relation(table, false);
        return relation == null ? null : (Boolean) any(privileges, relation, rights::hasAny, rights::grantable);
    }

    /** {@code has_column_privilege}; the column by number (Long) or name. */
    public @Nullable Boolean hasColumn(@Nullable Object role, Object table, Object column, String privileges) {
        AccessRights rights = new AccessRights(snapshot, roleOid(role));
        Relation relation = relation(table, false);
        if (relation == null) {
            return null;
        }
        Column found = column(relation, column);
        if (found == null) {
            return null;
        }
        return any(privileges, relation, (r, p) -> rights.has(r, found, p), rights::grantable);
    }

    private static @Nullable Column column(Relation relation, Object column) {
        if (column instanceof Long number) {
            boolean exists = number > 0
                    && number <= relation.columns().size()
                    && !relation.column(number.intValue()).dropped();
            return exists ? relation.column(number.intValue()) : null;
        }
        return relation.column((String) column)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_COLUMN,
                                "column \"" + column + "\" of relation \"" + relation.name() + "\" does not exist")
                        .exception());
    }

    /** {@code pg_has_role}: USAGE asks for inherited privileges, MEMBER for SET ROLE. */
    public boolean hasRole(@Nullable Object role, Object of, String privileges) {
        int roleOid = roleOid(role);
        int ofOid = roleOid(of);
        for (String item : privileges.split(",")) {
            String privilege = item.strip().toUpperCase(Locale.ROOT);
            Set<Integer> roles = privilege.startsWith("USAGE")
                    ? snapshot.shared().inherited(roleOid)
                    : snapshot.shared().memberships(roleOid);
            boolean known =
                    privilege.startsWith("USAGE") || privilege.startsWith("MEMBER") || privilege.startsWith("SET");
            if (!known) {
                throw unrecognized(item.strip());
            }
            if (snapshot.shared().superuser(roleOid) || roles.contains(ofOid)) {
                return true;
            }
        }
        return false;
    }

    /** Whether any of the listed privileges holds, {@code WITH GRANT OPTION} understood. */
    private static <T extends Owned> boolean any(
            String privileges, T object, BiPredicate<T, Privilege> has, java.util.function.ToIntFunction<T> grantable) {
        boolean found = false;
        for (String item : privileges.split(",")) {
            String text = item.strip().toUpperCase(Locale.ROOT);
            boolean option = text.endsWith(" WITH GRANT OPTION");
            String name = option
                    ? text.substring(0, text.length() - " WITH GRANT OPTION".length())
                            .strip()
                    : text;
            Privilege privilege = Privilege.named(name).orElseThrow(() -> unrecognized(item.strip()));
            found |= option ? (grantable.applyAsInt(object) & privilege.bit()) != 0 : has.test(object, privilege);
        }
        return found;
    }

    private static RuntimeException unrecognized(String privilege) {
        return ErrorReport.error(
                        ErrorCode.INVALID_PARAMETER_VALUE, "unrecognized privilege type: \"" + privilege + "\"")
                .exception();
    }

    private int roleOid(@Nullable Object role) {
        return switch (role) {
            case null -> context.currentUserOid();
            case Long oid -> oid.intValue();
            case String name when name.equals("public") -> 0;
            default -> snapshot.shared().requireRole(role.toString()).oid();
        };
    }

    private @Nullable Relation relation(Object object, boolean sequence) {
        Relation relation = object instanceof Long oid
                ? snapshot.relation(oid.intValue()).orElse(null)
                : new CatalogFunctions(context).requireRelation((String) object);
        if (sequence && relation != null && !(relation instanceof SequenceDefinition)) {
            throw ErrorReport.error(ErrorCode.WRONG_OBJECT_TYPE, "\"" + relation.name() + "\" is not a sequence")
                    .exception();
        }
        return relation;
    }

    private @Nullable Schema schema(Object object) {
        return object instanceof Long oid
                ? snapshot.schema(oid.intValue()).orElse(null)
                : snapshot.requireSchema((String) object);
    }

    private @Nullable DatabaseDefinition database(Object object) {
        if (object instanceof Long oid) {
            return snapshot.shared().database(oid.intValue()).orElse(null);
        }
        return snapshot.shared()
                .database((String) object)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.INVALID_CATALOG_NAME, "database \"" + object + "\" does not exist")
                        .exception());
    }

    /** {@code acldefault(type, owner)}: items of the ACL an object of the kind has by default. */
    public List<String> defaultAcl(String type, long ownerOid) {
        int owner = (int) ownerOid;
        int ownerBits = switch (type) {
            case "r" -> 0x7f;
            case "s" -> bits(Privilege.SELECT, Privilege.UPDATE, Privilege.USAGE);
            case "d" -> bits(Privilege.CREATE, Privilege.TEMPORARY, Privilege.CONNECT);
            case "f" -> Privilege.EXECUTE.bit();
            case "l", "F", "S", "T" -> Privilege.USAGE.bit();
            case "L" -> bits(Privilege.SELECT, Privilege.UPDATE);
            case "n" -> bits(Privilege.USAGE, Privilege.CREATE);
            case "t" -> Privilege.CREATE.bit();
            case "p" -> bits(Privilege.SET, Privilege.ALTER_SYSTEM);
            default -> 0;
        };
        int publicBits = switch (type) {
            case "d" -> bits(Privilege.TEMPORARY, Privilege.CONNECT);
            case "f" -> Privilege.EXECUTE.bit();
            case "l", "T" -> Privilege.USAGE.bit();
            default -> 0;
        };
        List<AclItem> items = new ArrayList<>();
        if (publicBits != 0) {
            items.add(new AclItem(0, owner, publicBits, 0));
        }
        if (ownerBits != 0) {
            items.add(new AclItem(owner, owner, ownerBits, 0));
        }
        return new Acl(items).format(snapshot.shared()::roleName);
    }

    private static int bits(Privilege... privileges) {
        int bits = 0;
        for (Privilege privilege : privileges) {
            bits |= privilege.bit();
        }
        return bits;
    }

    /** {@code aclexplode} of items in text form. */
    public List<Exploded> explode(List<String> items) {
        List<Exploded> found = new ArrayList<>();
        for (String item : items) {
            int equals = item.lastIndexOf('=');
            int slash = item.lastIndexOf('/');
            long grantee = equals == 0 ? 0 : oidOf(item.substring(0, equals));
            long grantor = oidOf(item.substring(slash + 1));
            for (int i = equals + 1; i < slash; i++) {
                char letter = item.charAt(i);
                boolean grantable = i + 1 < slash && item.charAt(i + 1) == '*';
                for (Privilege privilege : Privilege.values()) {
                    if (privilege.letter() == letter) {
                        found.add(new Exploded(grantor, grantee, privilege.sqlName(), grantable));
                    }
                }
            }
        }
        return found;
    }

    private long oidOf(String role) {
        String name =
                role.startsWith("\"") ? role.substring(1, role.length() - 1).replace("\"\"", "\"") : role;
        return snapshot.shared()
                .role(name)
                .map(Role::oid)
                .map(Integer::toUnsignedLong)
                .orElse(0L);
    }
}
