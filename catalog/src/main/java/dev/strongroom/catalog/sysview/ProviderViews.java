package dev.strongroom.catalog.sysview;

import dev.strongroom.catalog.key.AsymmetricKeyEntry;
import dev.strongroom.catalog.key.CredentialEntry;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.KeySnapshot;
import dev.strongroom.catalog.key.ProviderEntry;
import dev.strongroom.catalog.key.ServerOptions;
import dev.strongroom.catalog.object.SystemTable;
import dev.strongroom.catalog.pgview.RowBuilder;
import dev.strongroom.catalog.pgview.SystemContext;
import dev.strongroom.common.value.Row;
import dev.strongroom.crypto.hierarchy.KeyObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Extensible key management: {@code sys.asymmetric_keys} (TDE-204), providers and credentials (TDE-207), options. */
final class ProviderViews {
    static final SystemTable ASYMMETRIC_KEYS = SysTable.of(
            15202,
            "asymmetric_keys",
            "name sysname, principal_id int, asymmetric_key_id int, pvt_key_encryption_type char(2),"
                    + " pvt_key_encryption_type_desc nvarchar(60), thumbprint varbinary, algorithm char(2),"
                    + " algorithm_desc nvarchar(60), key_length int, sid varbinary, string_sid nvarchar(128),"
                    + " public_key varbinary, attested_by nvarchar(260), provider_type nvarchar(120),"
                    + " cryptographic_provider_guid uniqueidentifier, cryptographic_provider_algid varbinary");

    static final SystemTable CRYPTOGRAPHIC_PROVIDERS = SysTable.of(
            15209,
            "cryptographic_providers",
            "provider_id int, name sysname, guid uniqueidentifier, version nvarchar(50), dll_path nvarchar(512),"
                    + " is_enabled bit");

    static final SystemTable CREDENTIALS = SysTable.of(
            15210,
            "credentials",
            "credential_id int, name sysname, credential_identity nvarchar(4000), create_date datetime,"
                    + " modify_date datetime, target_type nvarchar(100), target_id int");

    static final SystemTable CONFIGURATIONS = SysTable.of(
            15220,
            "configurations",
            "configuration_id int, name nvarchar(35), value int, minimum int, maximum int, value_in_use int,"
                    + " description nvarchar(255), is_dynamic bit, is_advanced bit");

    static final SystemTable PROVIDER_PROPERTIES = SysTable.of(
            15221,
            "dm_cryptographic_provider_properties",
            "provider_id int, guid uniqueidentifier, provider_version nvarchar(256), sqlcrypt_version nvarchar(256),"
                    + " friendly_name nvarchar(2048), authentication_type nvarchar(256), symmetric_key_support tinyint,"
                    + " symmetric_key_persistance tinyint, symmetric_key_export tinyint, symmetric_key_import tinyint,"
                    + " asymmetric_key_support tinyint, asymmetric_key_persistance tinyint, asymmetric_key_export tinyint,"
                    + " asymmetric_key_import tinyint");

    /** What {@code sys.dm_cryptographic_provider_algorithms(provider_id)} shows, for all providers. */
    static final SystemTable PROVIDER_ALGORITHMS = SysTable.of(
            15222,
            "sr_cryptographic_provider_algorithms",
            "provider_id int, algorithm_id int, algorithm_tag nvarchar(60), key_type nvarchar(128), key_length int");

    /** What {@code sys.dm_cryptographic_provider_keys(provider_id)} shows: the keys this server uses. */
    static final SystemTable PROVIDER_KEYS = SysTable.of(
            15223,
            "sr_cryptographic_provider_keys",
            "provider_id int, key_id int, key_name nvarchar(512), key_thumbprint varbinary, algorithm_id int,"
                    + " algorithm_tag nvarchar(60), key_type nvarchar(256), key_length int");

    private static final List<Integer> LENGTHS = List.of(2048, 3072, 4096);
    private static final String PROVIDER_TYPE = "CRYPTOGRAPHIC PROVIDER";

    private final KeyServices services;

    ProviderViews(KeyServices services) {
        this.services = services;
    }

    private KeySnapshot head() {
        return services.catalog().head();
    }

    void asymmetricKeys(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        Viewer viewer = Viewer.of(context);
        for (AsymmetricKeyEntry entry : head().asymmetricKeys(viewer.databaseOid())) {
            if (!viewer.sees(entry)) {
                continue;
            }
            row.set("name", entry.name())
                    .set("principal_id", entry.ownerOid())
                    .set("asymmetric_key_id", entry.number())
                    .set("pvt_key_encryption_type", entry.protection().code())
                    .set("pvt_key_encryption_type_desc", entry.protection().description())
                    .set("thumbprint", entry.key().thumbprint().bytes())
                    .set("algorithm", algorithmCode(entry.key().keyBits()))
                    .set("algorithm_desc", "RSA_" + entry.key().keyBits())
                    .set("key_length", entry.key().keyBits())
                    .set("public_key", entry.key().encoded());
            Optional<ProviderEntry> provider = head().provider(entry.providerId());
            if (provider.isPresent()) {
                row.set("provider_type", PROVIDER_TYPE)
                        .set("cryptographic_provider_guid", provider.get().guid())
                        .set(
                                "cryptographic_provider_algid",
                                new byte[] {(byte) algorithmId(entry.key().keyBits())});
            } else {
                row.set("sid", KeyObject.guidBytes(entry.guid()))
                        .set("string_sid", entry.guid().toString());
            }
            row.emit(sink);
        }
    }

    private static String algorithmCode(int bits) {
        return algorithmId(bits) + "R";
    }

    /** SQL Server numbers RSA_2048 as 3; what it does not number follows. */
    private static int algorithmId(int bits) {
        return bits <= 2048 ? 3 : bits <= 3072 ? 4 : 5;
    }

    void providers(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ProviderEntry entry : head().providers()) {
            row.set("provider_id", entry.number())
                    .set("name", entry.name())
                    .set("guid", entry.guid())
                    .set("version", entry.descriptor().version())
                    .set("dll_path", entry.path())
                    .set("is_enabled", entry.enabled() ? 1 : 0)
                    .emit(sink);
        }
    }

    void credentials(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!Viewer.of(context).seesServerState()) {
            return;
        }
        for (CredentialEntry entry : head().credentials()) {
            Optional<ProviderEntry> provider = head().provider(entry.providerId());
            row.set("credential_id", entry.number())
                    .set("name", entry.name())
                    .set("credential_identity", entry.identity())
                    .set("create_date", Viewer.timestamp(entry.createdMicros()))
                    .set("modify_date", Viewer.timestamp(entry.modifiedMicros()))
                    .set("target_type", provider.isPresent() ? PROVIDER_TYPE : null)
                    .set("target_id", provider.map(ProviderEntry::number).orElse(0))
                    .emit(sink);
        }
    }

    void configurations(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ServerOptions.Option option : ServerOptions.ALL) {
            row.set("configuration_id", option.number())
                    .set("name", option.name())
                    .set("value", services.options().configured(option))
                    .set("minimum", 0)
                    .set("maximum", option.maximum())
                    .set("value_in_use", services.options().running(option))
                    .set("description", option.description())
                    .set("is_dynamic", 1)
                    .set("is_advanced", option.advanced() ? 1 : 0)
                    .emit(sink);
        }
    }

    void properties(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!Viewer.of(context).seesServerState()) {
            return;
        }
        for (ProviderEntry entry : head().providers()) {
            row.set("provider_id", entry.number())
                    .set("guid", entry.guid())
                    .set("provider_version", entry.descriptor().version())
                    .set("sqlcrypt_version", "1.1")
                    .set("friendly_name", entry.descriptor().friendlyName())
                    .set("authentication_type", "BASIC")
                    .set("symmetric_key_support", 0)
                    .set("symmetric_key_persistance", 0)
                    .set("symmetric_key_export", 0)
                    .set("symmetric_key_import", 0)
                    .set("asymmetric_key_support", 1)
                    .set("asymmetric_key_persistance", 1)
                    .set("asymmetric_key_export", 0)
                    .set("asymmetric_key_import", 0)
                    .emit(sink);
        }
    }

    void algorithms(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        for (ProviderEntry entry : head().providers()) {
            for (int bits : LENGTHS) {
                row.set("provider_id", entry.number())
                        .set("algorithm_id", algorithmId(bits))
                        .set("algorithm_tag", "RSA_" + bits)
                        .set("key_type", "ASYMMETRIC KEY")
                        .set("key_length", bits)
                        .emit(sink);
            }
        }
    }

    void keys(SystemContext context, RowBuilder row, Consumer<Row> sink) {
        if (!Viewer.of(context).seesServerState()) {
            return;
        }
        for (AsymmetricKeyEntry entry : head().asymmetricKeys()) {
            Optional<ProviderEntry> provider = head().provider(entry.providerId());
            if (provider.isPresent()) {
                int bits = entry.key().keyBits();
                row.set("provider_id", provider.get().number())
                        .set("key_id", entry.number())
                        .set("key_name", entry.providerKeyName())
                        .set("key_thumbprint", entry.key().thumbprint().bytes())
                        .set("algorithm_id", algorithmId(bits))
                        .set("algorithm_tag", "RSA_" + bits)
                        .set("key_type", "ASYMMETRIC KEY")
                        .set("key_length", bits)
                        .emit(sink);
            }
        }
    }
}
