package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code sys.symmetric_keys} (TDE-205) and {@code sys.key_encryptions} (TDE-206): the master keys and what wraps them. */
final class SymmetricKeyViews {
    static final SystemTable SYMMETRIC_KEYS = SysTable.of(
            15203,
            "symmetric_keys",
            "name sysname, principal_id int, symmetric_key_id int, key_length int, key_algorithm char(2),"
                    + " algorithm_desc nvarchar(60), create_date datetime, modify_date datetime, key_guid uniqueidentifier,"
                    + " key_thumbprint varbinary, provider_type nvarchar(120), cryptographic_provider_guid uniqueidentifier,"
                    + " cryptographic_provider_algid varbinary");

    static final SystemTable KEY_ENCRYPTIONS = SysTable.of(
            15204,
            "key_encryptions",
            "key_id int, thumbprint varbinary, crypt_type char(4), crypt_type_desc nvarchar(60), crypt_property varbinary");

    private static final String SERVICE_KEY_NAME = "##MS_ServiceMasterKey##";
    private static final int SERVICE_KEY_ID = 102;
    private static final int KEY_BITS = 256;

    private final KeyServices services;

    SymmetricKeyViews(KeyServices services) {
        this.services = services;
    }

    void symmetricKeys(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        int database = viewer.databaseOid();
        services.catalog().head().masterKey(database).filter(viewer::sees).ifPresent(key -> {
            key(row, DatabaseMasterKey.NAME, MasterKeyEntry.ID, key.guid());
            dates(row, key.createdMicros(), key.modifiedMicros());
            row.emit(sink);
        });
        if (database == DatabaseDefinition.MASTER && viewer.controls(database)) {
            ServiceMasterKey key = services.instance().serviceKey();
            key(row, SERVICE_KEY_NAME, SERVICE_KEY_ID, key.guid());
            dates(row, key.createdMicros(), key.createdMicros());
            row.emit(sink);
        }
    }

    private static void key(RowBuilder row, String name, int id, UUID guid) {
        row.set("name", name)
                .set("principal_id", Role.POSTGRES)
                .set("symmetric_key_id", id)
                .set("key_length", KEY_BITS)
                .set("key_algorithm", "A3")
                .set("algorithm_desc", "AES_256")
                .set("key_guid", guid);
    }

    private static void dates(RowBuilder row, long created, long modified) {
        row.set("create_date", Viewer.timestamp(created)).set("modify_date", Viewer.timestamp(modified));
    }

    void keyEncryptions(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        int database = viewer.databaseOid();
        if (!viewer.controls(database)) {
            return;
        }
        services.catalog().head().masterKey(database).ifPresent(key -> {
            byte[] service = key.serviceWrap();
            if (service != null) {
                byte[] parent =
                        KeyObject.guidBytes(services.instance().serviceKey().guid());
                emit(row, sink, new Edge(MasterKeyEntry.ID, parent, "ESKM", "ENCRYPTION BY MASTER KEY", service));
            }
            for (byte[] password : services.masterKeys().passwordWraps(key)) {
                emit(row, sink, new Edge(MasterKeyEntry.ID, null, "ESP3", "ENCRYPTION BY PASSWORD V3", password));
            }
        });
        if (database == DatabaseDefinition.MASTER) {
            for (String root : services.instance().roots()) {
                String kind = root.substring(0, root.indexOf(':'));
                emit(row, sink, new Edge(SERVICE_KEY_ID, null, "ESRT", "ENCRYPTION BY ROOT PROVIDER " + kind, null));
            }
        }
    }

    /** One wrap of a key. */
    private record Edge(
            int key, byte @Nullable [] thumbprint, String type, String description, byte @Nullable [] property) {}

    private static void emit(RowBuilder row, Consumer<Row> sink, Edge edge) {
        row.set("key_id", edge.key())
                .set("thumbprint", edge.thumbprint())
                .set("crypt_type", edge.type())
                .set("crypt_type_desc", edge.description())
                .set("crypt_property", edge.property())
                .emit(sink);
    }
}
