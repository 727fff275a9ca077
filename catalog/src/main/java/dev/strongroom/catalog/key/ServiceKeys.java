package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.DekWraps;
import dev.strongroom.crypto.hierarchy.KeyBackupFile;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.Opening;
import dev.strongroom.crypto.hierarchy.PasswordPolicy;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.hierarchy.WrappedDek;
import dev.strongroom.crypto.key.KeyBuffer;
import dev.strongroom.crypto.provider.RootProvider;
import dev.strongroom.crypto.provider.RootProviders;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** ALTER SERVICE MASTER KEY REGENERATE (TDE-118). */
    public void regenerate(KeyRequest request, boolean force) {
        request.requireControlServer();
        replace(
                request,
                ServiceMasterKey.generate(
                        services.randomness(), services.clock().epochMicros()),
                force);
    }

    /** RESTORE SERVICE MASTER KEY (TDE-118): everything below is wrapped anew under the restored key. */
    public void restore(KeyRequest request, String file, String password, boolean force) {
        request.requireControlServer();
        KeyBackupFile backup = KeyBackupFile.decode(services.files().read(file, NumberedError.MASTER_KEY_FILE))
                .filter(found -> found.object() == KeyObject.SERVICE_MASTER_KEY)
                .orElseThrow(() -> NumberedError.MASTER_KEY_FILE.exception(
                        "the service master key file \"" + file + "\" does not exist or has an invalid format"));
        switch (backup.open(password)) {
            case Opening.Opened(KeyBuffer secret) -> {
                if (backup.guid().equals(services.instance().serviceKey().guid())) {
                    secret.close();
                    request.notices()
                            .accept(ErrorReport.notice("the old and the new service master key are identical:"
                                    + " nothing was encrypted anew"));
                    return;
                }
                replace(
                        request,
                        new ServiceMasterKey(backup.guid(), services.clock().epochMicros(), secret),
                        force);
            }
            case Opening.WrongPassword ignored ->
                throw NumberedError.PRIVATE_KEY_PASSWORD.exception(
                        "the password of the service master key file is not valid");
            case Opening.Damaged ignored ->
                throw NumberedError.MASTER_KEY_FILE.exception(
                        "the service master key file \"" + file + "\" is damaged");
        }
    }

    private void replace(KeyRequest request, ServiceMasterKey fresh, boolean force) {
        for (MasterKeyEntry entry : services.catalog().head().masterKeys()) {
            Optional<DatabaseMasterKey> opened = services.encryptors().openByServiceKey(entry);
            opened.ifPresent(DatabaseMasterKey::close);
            if (entry.serviceWrap() != null && opened.isEmpty()) {
                String lost = "the master key of database \"" + nameOf(request, entry.databaseOid()) + "\"";
                reportLoss(request, NumberedError.CANNOT_DECRYPT_DEPENDENT, lost, force);
            }
        }
        for (CredentialEntry entry : services.catalog().head().credentials()) {
            Optional<KeyBuffer> opened = services.encryptors().tokens().open(entry);
            opened.ifPresent(KeyBuffer::close);
            if (entry.secret() != null && opened.isEmpty()) {
                reportLoss(
                        request,
                        NumberedError.CANNOT_DECRYPT_LINKED_LOGIN,
                        "the secret of credential \"" + entry.name() + "\"",
                        force);
            }
        }
        services.instance().replace(fresh);
        carryOver();
    }

    private static void reportLoss(KeyRequest request, NumberedError error, String lost, boolean force) {
        if (!force) {
            throw error.report(lost + " cannot be decrypted by the current service master key")
                    .withHint("The FORCE option ignores this error, but that encryption will be lost.")
                    .exception();
        }
        request.notices()
                .accept(NumberedError.FORCED_LOSS.report(
                        lost + " could not be decrypted and lost this encryption, FORCE was specified"));
    }

    private static String nameOf(KeyRequest request, int databaseOid) {
        return request.in(databaseOid).databaseName();
    }

    /** Finishes a change of the service master key that a crash cut short; once, when the databases are open. */
    public void resume() {
        if (services.instance().replacing()) {
            carryOver();
        }
    }

    /** Wraps everything anew that is under the former key. Each step leaves what either key opens. */
    private void carryOver() {
        ServiceMasterKey newest = services.instance().serviceKey();
        services.catalog().change(head -> {
            long now = services.clock().epochMicros();
            List<KeyEntry> changed = new ArrayList<>();
            head.masterKeys().stream()
                    .filter(entry -> entry.serviceWrap() != null)
                    .map(entry -> entry.withServiceWrap(wrapAnew(entry, newest), now))
                    .forEach(changed::add);
            head.credentials().stream()
                    .filter(entry -> entry.secret() != null)
                    .map(entry -> services.credentials().wrapAnew(entry, newest))
                    .forEach(changed::add);
            return new Change(changed, List.of());
        });
        for (int database = DatabaseDefinition.MASTER; database <= DatabaseDefinition.MSDB; database++) {
            int system = database;
            services.databases()
                    .find(system)
                    .filter(control -> !control.status().keys().isEmpty())
                    .ifPresent(control -> control.rewrap(keys -> keys.stream()
                            .map(key -> wrapAnew(system, key, newest))
                            .toList()));
        }
        services.afterServiceKeyChange().run();
        services.instance().finishReplacing();
    }

    private byte @Nullable [] wrapAnew(MasterKeyEntry entry, ServiceMasterKey newest) {
        try (DatabaseMasterKey key =
                services.encryptors().openByServiceKey(entry).orElse(null)) {
            return key == null ? null : key.wrapByServiceKey(newest, services.randomness());
        }
    }

    private WrappedDek wrapAnew(int database, WrappedDek wrapped, ServiceMasterKey newest) {
        try (KeyBuffer dek = services.encryptors().openSystem(database, wrapped)) {
            return DekWraps.wrap(
                    dek,
                    wrapped.algorithm(),
                    wrapped.keyVersion(),
                    wrapped.encryptionId(),
                    newest,
                    services.randomness());
        }
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
