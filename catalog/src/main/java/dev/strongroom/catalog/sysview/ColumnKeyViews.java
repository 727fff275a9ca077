package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyPermission;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.ColumnType;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.ComputedRelation;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.catalog.pgview.SystemRelation;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.ColumnKeySet;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.Typmods;
import dev.strongroom.common.value.Row;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The views of Always Encrypted (section 2.2): master keys, encryption keys, their values, and {@code sys.columns}. */
public final class ColumnKeyViews {
    private static final SystemTable MASTER_KEYS = SysTable.of(
            15840,
            "column_master_keys",
            "name sysname, column_master_key_id int, create_date datetime, modify_date datetime,"
                    + " key_store_provider_name sysname, key_path nvarchar(4000), allow_enclave_computations bit,"
                    + " signature varbinary");

    private static final SystemTable ENCRYPTION_KEYS = SysTable.of(
            15841,
            "column_encryption_keys",
            "name sysname, column_encryption_key_id int, create_date datetime, modify_date datetime");

    private static final SystemTable KEY_VALUES = SysTable.of(
            15842,
            "column_encryption_key_values",
            "column_encryption_key_id int, column_master_key_id int, encrypted_value varbinary,"
                    + " encryption_algorithm_name sysname");

    private static final SystemTable COLUMNS = SysTable.of(
            15843,
            "columns",
            "object_id int, name sysname, column_id int, system_type_id int, user_type_id int, max_length smallint,"
                    + " precision tinyint, scale tinyint, collation_name sysname, is_nullable bit, is_identity bit,"
                    + " is_computed bit, encryption_type int, encryption_type_desc nvarchar(64),"
                    + " encryption_algorithm_name sysname, column_encryption_key_id int,"
                    + " column_encryption_key_database_name sysname, base_type_oid int, base_typmod int");

    private static final int VARLENA_HEADER = 4;

    private ColumnKeyViews() {}

    public static List<SystemRelation> all() {
        return List.of(
                live(MASTER_KEYS, ColumnKeyViews::masterKeys),
                live(ENCRYPTION_KEYS, ColumnKeyViews::encryptionKeys),
                live(KEY_VALUES, ColumnKeyViews::values),
                live(COLUMNS, ColumnKeyViews::columns));
    }

    private static SystemRelation live(SystemTable table, ComputedRelation.Source source) {
        return new ComputedRelation(table, false, source);
    }

    private static boolean sees(SystemContext context, ColumnKeyPermission permission) {
        return new AccessRights(context.snapshot(), context.currentUserOid()).has(permission);
    }

    private static void masterKeys(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!sees(context, ColumnKeyPermission.VIEW_MASTER_KEYS)) {
            return;
        }
        for (ColumnMasterKey key : context.snapshot().columnKeys().masterKeys()) {
            row.set("name", key.name())
                    .set("column_master_key_id", key.oid())
                    .set("create_date", Viewer.timestamp(key.createdMicros()))
                    .set("modify_date", Viewer.timestamp(key.modifiedMicros()))
                    .set("key_store_provider_name", key.provider())
                    .set("key_path", key.path())
                    .set("allow_enclave_computations", key.signature() == null ? 0 : 1)
                    .set("signature", key.signature())
                    .emit(sink);
        }
    }

    private static void encryptionKeys(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!sees(context, ColumnKeyPermission.VIEW_ENCRYPTION_KEYS)) {
            return;
        }
        for (ColumnEncryptionKey key : context.snapshot().columnKeys().encryptionKeys()) {
            row.set("name", key.name())
                    .set("column_encryption_key_id", key.oid())
                    .set("create_date", Viewer.timestamp(key.createdMicros()))
                    .set("modify_date", Viewer.timestamp(key.modifiedMicros()))
                    .emit(sink);
        }
    }

    private static void values(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!sees(context, ColumnKeyPermission.VIEW_ENCRYPTION_KEYS)) {
            return;
        }
        for (ColumnEncryptionKey key : context.snapshot().columnKeys().encryptionKeys()) {
            for (ColumnEncryptionKey.Value value : key.values()) {
                row.set("column_encryption_key_id", key.oid())
                        .set("column_master_key_id", value.masterKeyOid())
                        .set("encrypted_value", value.encrypted())
                        .set("encryption_algorithm_name", ColumnEncryptionKey.VALUE_ALGORITHM)
                        .emit(sink);
            }
        }
    }

    private static void columns(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        AccessRights rights = new AccessRights(context.snapshot(), context.currentUserOid());
        for (Relation relation : context.snapshot().relations()) {
            boolean rows = relation.relkind() == 'r' || relation.relkind() == 'v';
            if (!rows || relation instanceof SystemTable) {
                continue;
            }
            for (Column column : relation.liveColumns()) {
                if (rights.owns(relation) || rights.has(relation, column, Privilege.SELECT)) {
                    column(context, row, relation, column);
                    row.emit(sink);
                }
            }
        }
    }

    private static void column(SystemContext context, RowBuilder row, Relation relation, Column column) {
        ColumnKeySet keys = context.snapshot().columnKeys();
        EncryptionScheme scheme = EncryptionScheme.encrypts(column.pgType())
                ? keys.scheme(column.type().typmod()).orElse(null)
                : null;
        ColumnType type = scheme == null
                ? column.type()
                : new ColumnType(scheme.baseType(), scheme.baseTypmod(), scheme.collationOid());
        row.set("object_id", relation.oid())
                .set("name", column.name())
                .set("column_id", column.number())
                .set("system_type_id", type.type().oid())
                .set("user_type_id", type.type().oid())
                .set("max_length", maximumLength(type))
                .set("precision", fixedNumeric(type) ? Typmods.numericPrecision(type.typmod()) : 0)
                .set("scale", fixedNumeric(type) ? Typmods.numericScale(type.typmod()) : 0)
                .set("collation_name", collation(type))
                .set("is_nullable", column.notNull() ? 0 : 1)
                .set("is_identity", column.identity() == Column.Identity.NONE ? 0 : 1)
                .set("is_computed", column.generated() ? 1 : 0)
                .set("base_type_oid", type.type().oid())
                .set("base_typmod", type.typmod());
        if (scheme != null) {
            row.set("encryption_type", (int) scheme.encryptionType())
                    .set("encryption_type_desc", scheme.encryptionTypeName())
                    .set("encryption_algorithm_name", EncryptionScheme.ALGORITHM)
                    .set("column_encryption_key_id", scheme.keyOid());
        }
    }

    private static boolean fixedNumeric(ColumnType type) {
        return type.type() == PgType.NUMERIC && type.typmod() >= 0;
    }

    private static int maximumLength(ColumnType type) {
        boolean counted = type.type() == PgType.VARCHAR || type.type() == PgType.BPCHAR;
        return counted && type.typmod() >= 0
                ? Math.min(type.typmod() - VARLENA_HEADER, Short.MAX_VALUE)
                : type.type().length();
    }

    private static @Nullable String collation(ColumnType type) {
        return type.collationOid() == 0 ? null : type.collationOid() == ColumnType.C_COLLATION ? "C" : "default";
    }
}
