package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.Acl;
import dev.strongroom.catalog.object.AclItem;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.SharedSnapshot;
import dev.strongroom.common.value.Row;
import java.util.function.Consumer;

/** The privilege views of {@code information_schema}. */
final class GrantViews {
    private GrantViews() {}

    static void tables(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (Relation relation : context.snapshot().relations()) {
            if (InformationSchema.tableOrView(relation)) {
                for (AclItem item : items(relation)) {
                    if (visible(context, item)) {
                        emit(context, row, relation, item, AccessRights.allOf(relation), null, sink);
                    }
                }
            }
        }
    }

    static void columns(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        int possible = AccessRights.allOfColumn();
        for (Relation relation : context.snapshot().relations()) {
            if (InformationSchema.tableOrView(relation)) {
                for (Column column : relation.liveColumns()) {
                    for (AclItem item : items(relation)) {
                        if (visible(context, item)) {
                            emit(context, row, relation, item, possible, column.name(), sink);
                        }
                    }
                    Acl own = column.acl();
                    if (own != null) {
                        own.items().stream()
                                .filter(item -> visible(context, item))
                                .forEach(item -> emit(context, row, relation, item, possible, column.name(), sink));
                    }
                }
            }
        }
    }

    private static java.util.List<AclItem> items(Relation relation) {
        Acl acl = AccessRights.explicit(relation, relation.acl());
        return relation instanceof SystemTable ? acl.items().reversed() : acl.items();
    }

    private static boolean visible(SystemContext context, AclItem item) {
        SharedSnapshot shared = context.snapshot().shared();
        return item.granteeOid() == 0
                || shared.memberOf(context.currentUserOid(), item.granteeOid())
                || shared.memberOf(context.currentUserOid(), item.grantorOid());
    }

    private static void emit(
            SystemContext context,
            RowBuilder row,
            Relation relation,
            AclItem item,
            int possible,
            @org.jspecify.annotations.Nullable String column,
            Consumer<Row> sink) {
        SharedSnapshot shared = context.snapshot().shared();
        for (Privilege privilege : Privilege.values()) {
            if ((item.privileges() & possible & privilege.bit()) == 0) {
                continue;
            }
            boolean owner = item.granteeOid() == relation.ownerOid();
            boolean grantable = owner || (item.grantOptions() & privilege.bit()) != 0;
            InformationSchema.tableName(context, row, relation);
            row.set("grantor", shared.roleName(item.grantorOid()))
                    .set("grantee", item.granteeOid() == 0 ? "PUBLIC" : shared.roleName(item.granteeOid()))
                    .set("privilege_type", privilege.sqlName())
                    .set("is_grantable", InformationSchema.yesNo(grantable));
            if (column == null) {
                row.set("with_hierarchy", InformationSchema.yesNo(privilege == Privilege.SELECT));
            } else {
                row.set("column_name", column);
            }
            row.emit(sink);
        }
    }
}
