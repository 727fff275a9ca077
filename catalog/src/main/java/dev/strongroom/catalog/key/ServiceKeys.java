package dev.strongroom.catalog.key;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.KeyBackupFile;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.PasswordPolicy;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.provider.RootProvider;
import dev.strongroom.crypto.provider.RootProviders;
import org.jspecify.annotations.Nullable;

/** The service master key statements (tde.md 1.2). Stateless. */
public final class ServiceKeys {
    private final KeyServices services;

    ServiceKeys(KeyServices services) {
        this.services = services;
    }

    /** BACKUP SERVICE MASTER KEY (TDE-119). */
    public void backup(KeyRequest request, String file, String password) {
        request.requireControlServer();
        PasswordPolicy.check(password);
        ServiceMasterKey key = services.instance().serviceKey();
        byte[] content = KeyBackupFile.of(
                        KeyObject.SERVICE_MASTER_KEY, key.guid(), key.secret(), password, services.randomness())
                .encode();
        services.files().create(file, content);
    }

    /** ALTER SERVICE MASTER KEY ADD ENCRYPTION BY MACHINE KEY PROVIDER; 15455 if it is there. */
    public void addRoot(KeyRequest request, @Nullable String specification) {
        request.requireControlServer();
        if (specification == null) {
            throw NumberedError.MACHINE_WRAP_EXISTS.exception(
                    "the service master key is already encrypted by the machine key");
        }
        RootProvider provider =
                new RootProviders(false, false).parse(specification).get(0);
        services.instance().addRoot(provider);
        request.notices()
                .accept(ErrorReport.notice("the service master key is now also encrypted by this provider")
                        .withHint("Add it to the setting root_providers, or the next start drops it."));
    }

    /** ALTER SERVICE MASTER KEY DROP ENCRYPTION BY MACHINE KEY; 15451 if it is the last or not there. */
    public void dropRoot(KeyRequest request, @Nullable String specification) {
        request.requireControlServer();
        String dropped = specification == null ? services.instance().roots().get(0) : specification;
        services.instance().dropRoot(dropped);
    }

    /** Clauses this server will never have, or does not have yet. */
    public static DatabaseException unsupported(String what) {
        return ErrorReport.error(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported yet")
                .exception();
    }
}
