package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** CREATE, ALTER and DROP CRYPTOGRAPHIC PROVIDER (TDE-143, 144). Stateless. */
public final class CryptographicProviders {
    private final KeyServices services;

    CryptographicProviders(KeyServices services) {
        this.services = services;
    }

    public void create(KeyRequest request, String name, String path) {
        request.requireControlServer();
        Tokens tokens = services.encryptors().tokens();
        tokens.requireEnabled(services.catalog().head());
        ProviderDescriptor descriptor = read(path);
        services.catalog().change(head -> {
            if (head.provider(name).isPresent()) {
                throw NumberedError.OBJECT_NAME_EXISTS.exception(
                        "the object with name \"" + name + "\" already exists");
            }
            if (head.providers().stream().anyMatch(known -> known.guid().equals(descriptor.guid()))) {
                throw NumberedError.PROVIDER_EXISTS.exception(
                        "a cryptographic provider with guid \"" + descriptor.guid() + "\" already exists");
            }
            ProviderEntry entry = new ProviderEntry(
                    head.nextId(ProviderEntry.class, DatabaseDefinition.MASTER, ProviderEntry.FIRST_ID),
                    name,
                    path,
                    descriptor,
                    true,
                    request.userOid(),
                    services.clock().epochMicros(),
                    Map.of());
            tokens.probe(entry);
            return Change.put(entry);
        });
    }

    private ProviderDescriptor read(String path) {
        return ProviderDescriptor.parse(services.files().read(path, NumberedError.PROVIDER_LOAD));
    }

    /** @param enable null where neither ENABLE nor DISABLE is said */
    public void alter(KeyRequest request, String name, @Nullable String path, @Nullable Boolean enable) {
        requireControl(request, name);
        services.encryptors().tokens().requireEnabled(services.catalog().head());
        ProviderDescriptor descriptor = path == null ? null : read(path);
        services.catalog().change(head -> {
            ProviderEntry changed = require(head, name);
            if (path != null && descriptor != null) {
                if (!descriptor.guid().equals(changed.guid())) {
                    throw NumberedError.PROVIDER_GUID_DIFFERS.exception("the guid in the provider file differs from"
                            + " that of cryptographic provider \"" + name + "\"");
                }
                changed = changed.with(path, descriptor);
                services.encryptors().tokens().probe(changed);
            }
            return Change.put(enable == null ? changed : changed.withEnabled(enable));
        });
        if (enable != null && !enable) {
            request.notices()
                    .accept(NumberedError.PROVIDER_NOW_DISABLED.report("the cryptographic provider is now disabled;"
                            + " databases that are open keep working until the server is restarted"));
        }
    }

    public void drop(KeyRequest request, String name) {
        requireControl(request, name);
        services.catalog().change(head -> {
            ProviderEntry entry = require(head, name);
            boolean referenced = head.asymmetricKeys().stream().anyMatch(key -> key.providerId() == entry.id())
                    || head.credentials().stream().anyMatch(credential -> credential.providerId() == entry.id());
            if (referenced) {
                throw NumberedError.PROVIDER_REFERENCED.exception(
                        "cannot drop cryptographic provider \"" + name + "\" because keys or credentials reference it");
            }
            return Change.remove(entry);
        });
        request.notices()
                .accept(NumberedError.PROVIDER_NOW_DROPPED.report(
                        "the cryptographic provider is now dropped; its library stays loaded until the server is"
                                + " restarted"));
    }

    /** CONTROL on the provider (TDE-144); everybody may know that it is there. */
    private void requireControl(KeyRequest request, String name) {
        if (!request.has(
                CertificatePermission.CONTROL, require(services.catalog().head(), name))) {
            throw KeyRequest.denied();
        }
    }

    static ProviderEntry require(KeySnapshot head, String name) {
        return head.provider(name).orElseThrow(() -> notFound("cryptographic provider", name));
    }

    static DatabaseException notFound(String kind, String name) {
        return NumberedError.NOT_FOUND_OR_DENIED.exception("cannot find the " + kind + " \"" + name
                + "\", because it does not exist or you do not have permission");
    }
}
