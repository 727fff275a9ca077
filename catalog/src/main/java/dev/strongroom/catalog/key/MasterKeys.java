package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.key.KeyEntry.MasterKeyEntry;
import dev.strongroom.catalog.key.KeyEntry.Protection;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.DatabaseMasterKey;
import dev.strongroom.crypto.hierarchy.KeyBackupFile;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.Opening;
import dev.strongroom.crypto.hierarchy.PasswordPolicy;
import dev.strongroom.crypto.hierarchy.PasswordWrap;
import dev.strongroom.crypto.key.KeyBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The database master key statements (tde.md 1.3). Stateless. */
public final class MasterKeys {
    private final KeyServices services;

    MasterKeys(KeyServices services) {
        this.services = services;
    }

    /** CREATE MASTER KEY ENCRYPTION BY PASSWORD (TDE-122). */
    public void create(KeyRequest request, @Nullable String password) {
        request.requireControl();
        if (password == null) {
            throw NumberedError.PASSWORD_CLAUSE_NEEDED.exception(
                    "master keys without password are not supported, use ENCRYPTION BY PASSWORD");
        }
        int database = request.databaseOid();
        if (database == DatabaseDefinition.TEMPDB || database == DatabaseDefinition.MODEL) {
            throw NumberedError.NO_MASTER_KEY_PASSWORD_HERE.exception(
                    "cannot provision master key passwords for system database \"" + request.databaseName() + "\"");
        }
        requireNone(services.catalog().head(), request);
        PasswordPolicy.check(password);
        try (DatabaseMasterKey key = DatabaseMasterKey.generate(services.randomness())) {
            long now = services.clock().epochMicros();
            MasterKeyEntry entry = new MasterKeyEntry(
                    database,
                    key.guid(),
                    1,
                    1,
                    key.wrapByServiceKey(services.instance().serviceKey(), services.randomness()),
                    now,
                    now,
                    Map.of());
            List<byte[]> wraps = List.of(passwordWrap(key, password));
            services.catalog().change(head -> {
                requireNone(head, request);
                services.passwords().prepare(null, entry, wraps);
                return Change.put(entry);
            });
        }
    }

    /** The master key of {@code master}, made if there is none, under the service master key alone (TDE-14). */
    void provision() {
        try (DatabaseMasterKey key = DatabaseMasterKey.generate(services.randomness())) {
            long now = services.clock().epochMicros();
            byte[] wrap = key.wrapByServiceKey(services.instance().serviceKey(), services.randomness());
            services.catalog()
                    .change(head -> head.masterKey(DatabaseDefinition.MASTER).isPresent()
                            ? new Change(List.of(), List.of())
                            : Change.put(new MasterKeyEntry(
                                    DatabaseDefinition.MASTER, key.guid(), 1, 0, wrap, now, now, Map.of())));
        }
    }

    /** The password wraps of a key, from its own database. */
    public List<byte[]> passwordWraps(MasterKeyEntry entry) {
        return services.passwords().of(entry);
    }

    /** Drops password wraps that a crash left behind; once, when the databases are open. */
    public void settle() {
        services.catalog().change(head -> {
            for (int database : services.databases().open()) {
                if (database != DatabaseDefinition.TEMPDB) {
                    services.passwords()
                            .settle(database, head.masterKey(database).orElse(null));
                }
            }
            return new Change(List.of(), List.of());
        });
    }

    private static void requireNone(KeySnapshot head, KeyRequest request) {
        if (head.masterKey(request.databaseOid()).isPresent()) {
            throw NumberedError.MASTER_KEY_EXISTS
                    .report("there is already a master key in the database")
                    .withHint("Drop it before performing this statement.")
                    .exception();
        }
    }

    private byte[] passwordWrap(DatabaseMasterKey key, String password) {
        return key.wrapByPassword(password, services.randomness()).encode();
    }

    /** OPEN MASTER KEY (TDE-123); the session keeps it until CLOSE. */
    public void open(KeyRequest request, String password) {
        request.requireControl();
        MasterKeyEntry entry = require(services.catalog().head(), request.databaseOid());
        request.session().open(request.databaseOid(), openByPassword(entry, password));
    }

    /** CLOSE MASTER KEY (TDE-124). */
    public void close(KeyRequest request) {
        if (!request.session().close(request.databaseOid())) {
            throw NumberedError.KEY_NOT_OPEN.exception("the key \"master key\" is not open");
        }
    }

    private DatabaseMasterKey openByPassword(MasterKeyEntry entry, String password) {
        boolean damaged = false;
        for (byte[] encoded : passwordWraps(entry)) {
            Optional<PasswordWrap> wrap = PasswordWrap.decode(encoded);
            Opening opening = wrap.<Opening>map(
                            found -> found.open(password, DatabaseMasterKey.passwordLabel(entry.guid())))
                    .orElseGet(Opening.Damaged::new);
            switch (opening) {
                case Opening.Opened(KeyBuffer secret) -> {
                    return new DatabaseMasterKey(entry.guid(), secret);
                }
                case Opening.Damaged ignored -> damaged = true;
                case Opening.WrongPassword ignored -> {}
            }
        }
        throw damaged
                ? NumberedError.KEY_DAMAGED.exception("the master key of the database is damaged")
                : NumberedError.NOT_ENCRYPTED_BY_THIS.exception(
                        "the key is not encrypted using the specified password");
    }

    /**
     * Lends the open master key of the request's database: opened by the session, or by the service master key. 15581 if
     * there is none or neither opens it.
     */
    <T> T withOpen(KeyRequest request, Function<DatabaseMasterKey, T> user) {
        MasterKeyEntry entry = require(services.catalog().head(), request.databaseOid());
        Optional<DatabaseMasterKey> bySession = request.session()
                .masterKey(request.databaseOid())
                .filter(key -> key.guid().equals(entry.guid()));
        if (bySession.isPresent()) {
            return user.apply(bySession.get());
        }
        try (DatabaseMasterKey key =
                services.encryptors().openByServiceKey(entry).orElseThrow(MasterKeys::missing)) {
            return user.apply(key);
        }
    }

    private static MasterKeyEntry require(KeySnapshot head, int databaseOid) {
        return head.masterKey(databaseOid).orElseThrow(MasterKeys::missing);
    }

    private static DatabaseException missing() {
        return NumberedError.NO_MASTER_KEY.exception(
                "please create a master key in the database or open the master key in the session before performing"
                        + " this operation");
    }

    /** ALTER MASTER KEY REGENERATE (TDE-125): a new key, everything below wrapped anew in one change. */
    public void regenerate(KeyRequest request, String password, boolean force) {
        request.requireControl();
        PasswordPolicy.check(password);
        try (DatabaseMasterKey fresh = DatabaseMasterKey.generate(services.randomness())) {
            replace(request, fresh, password, force);
        }
    }

    private void replace(KeyRequest request, DatabaseMasterKey fresh, String password, boolean force) {
        int database = request.databaseOid();
        byte[] passwordWrap = passwordWrap(fresh, password);
        byte[] serviceWrap = fresh.wrapByServiceKey(services.instance().serviceKey(), services.randomness());
        KeySnapshot changed = services.catalog().change(head -> {
            Optional<MasterKeyEntry> old = head.masterKey(database);
            long now = services.clock().epochMicros();
            boolean byService = old.isPresent() && old.get().serviceWrap() != null;
            MasterKeyEntry next = new MasterKeyEntry(
                    database,
                    fresh.guid(),
                    old.map(MasterKeyEntry::edition).orElse(0) + 1,
                    1,
                    byService ? serviceWrap : null,
                    old.map(MasterKeyEntry::createdMicros).orElse(now),
                    now,
                    old.map(MasterKeyEntry::grants).orElse(Map.of()));
            List<KeyEntry> entries = new ArrayList<>();
            entries.add(next);
            if (old.isPresent()) {
                if (!force) {
                    requireCurrent(request);
                }
                entries.addAll(rewrapped(head, request, fresh, force));
            }
            services.passwords().prepare(old.orElse(null), next, List.of(passwordWrap));
            return new Change(entries, List.of());
        });
        services.passwords().settle(database, changed.masterKey(database).orElse(null));
        request.session().close(database);
    }

    /** 15329 if the key that is to be replaced cannot be opened. */
    private void requireCurrent(KeyRequest request) {
        try {
            withOpen(request, DatabaseMasterKey::guid);
        } catch (DatabaseException e) {
            throw NumberedError.CANNOT_DECRYPT_CURRENT
                    .report("the current master key cannot be decrypted")
                    .withHint("Open it with OPEN MASTER KEY. The FORCE option ignores this error, but what the key"
                            + " protects will be lost.")
                    .exception(e);
        }
    }

    private List<KeyEntry> rewrapped(KeySnapshot head, KeyRequest request, DatabaseMasterKey fresh, boolean force) {
        List<KeyEntry> changed = new ArrayList<>();
        for (KeyHolder entry : head.holders(request.databaseOid())) {
            if (entry.protection() != Protection.MASTER_KEY) {
                continue;
            }
            try (KeyBuffer privateKey = withOpen(request, old -> Encryptors.unwrap(entry, old))) {
                byte[] wrapped = fresh.wrapping()
                        .wrap(
                                privateKey,
                                KeyObject.PRIVATE_KEY,
                                entry.guid(),
                                entry.wrapContext(),
                                services.randomness());
                changed.add(entry.withPrivateKey(Protection.MASTER_KEY, wrapped));
            } catch (DatabaseException e) {
                if (!force) {
                    throw NumberedError.CANNOT_DECRYPT_DEPENDENT
                            .report(entry.described() + " cannot be decrypted by the current master key")
                            .withHint("The FORCE option ignores this error, but the private key will be lost.")
                            .exception(e);
                }
                request.notices()
                        .accept(NumberedError.FORCED_LOSS_OF_KEY.report(
                                "the private key of " + entry.described() + " was lost, FORCE was specified"));
                changed.add(entry.withPrivateKey(Protection.NONE, null));
            }
        }
        return changed;
    }

    /** ALTER MASTER KEY ADD ENCRYPTION BY SERVICE MASTER KEY, or BY PASSWORD (TDE-126). */
    public void addEncryption(KeyRequest request, @Nullable String password) {
        request.requireControl();
        if (password != null) {
            PasswordPolicy.check(password);
        }
        int database = request.databaseOid();
        byte[] wrap = withOpen(
                request,
                key -> password == null
                        ? key.wrapByServiceKey(services.instance().serviceKey(), services.randomness())
                        : passwordWrap(key, password));
        KeySnapshot changed = services.catalog().change(head -> {
            MasterKeyEntry entry = require(head, database);
            long now = services.clock().epochMicros();
            if (password == null) {
                if (entry.serviceWrap() != null) {
                    throw NumberedError.MASTER_KEY_ENCRYPTION_EXISTS.exception(
                            "the master key is already encrypted by the service master key");
                }
                return Change.put(entry.withServiceWrap(wrap, now));
            }
            List<byte[]> passwords = new ArrayList<>(passwordWraps(entry));
            if (passwords.stream().anyMatch(known -> opens(entry, known, password))) {
                throw NumberedError.ENCRYPTION_MAY_EXIST.exception("an encryption by the same password already exists");
            }
            passwords.add(wrap);
            return Change.put(prepared(entry, passwords, now));
        });
        services.passwords().settle(database, changed.masterKey(database).orElse(null));
    }

    private MasterKeyEntry prepared(MasterKeyEntry entry, List<byte[]> passwords, long now) {
        MasterKeyEntry next = entry.withPasswords(passwords.size(), now);
        services.passwords().prepare(entry, next, passwords);
        return next;
    }

    private static boolean opens(MasterKeyEntry entry, byte[] wrap, String password) {
        Optional<Opening> opening = PasswordWrap.decode(wrap)
                .map(found -> found.open(password, DatabaseMasterKey.passwordLabel(entry.guid())));
        if (opening.isPresent() && opening.get() instanceof Opening.Opened(KeyBuffer secret)) {
            secret.close();
            return true;
        }
        return false;
    }

    /**
     * ALTER MASTER KEY DROP ENCRYPTION (TDE-126). The last wrap stays; the service wrap of the key in {@code master} stays
     * while a database depends on it, unless forced (91016).
     */
    public void dropEncryption(KeyRequest request, @Nullable String password, boolean force) {
        request.requireControl();
        int database = request.databaseOid();
        KeySnapshot changed = services.catalog().change(head -> {
            MasterKeyEntry entry = require(head, database);
            long now = services.clock().epochMicros();
            if (password == null) {
                return Change.put(withoutServiceWrap(head, entry, force).withServiceWrap(null, now));
            }
            List<byte[]> known = passwordWraps(entry);
            List<byte[]> rest =
                    known.stream().filter(wrap -> !opens(entry, wrap, password)).toList();
            if (rest.size() == known.size()) {
                throw NumberedError.NOT_ENCRYPTED_BY_THIS.exception(
                        "the key is not encrypted using the specified password");
            }
            if (rest.isEmpty() && entry.serviceWrap() == null) {
                throw lastWrap();
            }
            return Change.put(prepared(entry, rest, now));
        });
        services.passwords().settle(database, changed.masterKey(database).orElse(null));
    }

    private MasterKeyEntry withoutServiceWrap(KeySnapshot head, MasterKeyEntry entry, boolean force) {
        if (entry.serviceWrap() == null || entry.passwordCount() == 0) {
            throw lastWrap();
        }
        if (entry.databaseOid() == DatabaseDefinition.MASTER && !force) {
            new EncryptorUse(services.databases(), head).refuseUnopenable(head);
        }
        return entry;
    }

    private static DatabaseException lastWrap() {
        return NumberedError.MASTER_KEY_ENCRYPTION_NEEDED.exception(
                "the encryption of the master key cannot be dropped: there is no other");
    }

    /** DROP MASTER KEY (TDE-127). */
    public void drop(KeyRequest request) {
        request.requireControl();
        int database = request.databaseOid();
        services.catalog().change(head -> {
            MasterKeyEntry entry = head.masterKey(database)
                    .orElseThrow(() -> NumberedError.NOT_FOUND_OR_DENIED.exception(
                            "cannot find the master key, because it does not exist or you do not have permission"));
            head.holders(database).stream()
                    .filter(holder -> holder.protection() == Protection.MASTER_KEY)
                    .findFirst()
                    .ifPresent(holder -> {
                        throw NumberedError.MASTER_KEY_PROTECTS.exception(
                                "cannot drop master key because " + holder.described() + " is encrypted by it");
                    });
            return Change.remove(entry);
        });
        services.passwords().settle(database, null);
        request.session().close(database);
    }

    /** BACKUP MASTER KEY TO FILE (TDE-128). */
    public void backup(KeyRequest request, String file, String password) {
        request.requireControl();
        PasswordPolicy.check(password);
        byte[] content = withOpen(
                request,
                key -> KeyBackupFile.of(
                                KeyObject.DATABASE_MASTER_KEY,
                                key.guid(),
                                key.secret(),
                                password,
                                services.randomness())
                        .encode());
        services.files().create(file, content);
    }

    /** RESTORE MASTER KEY FROM FILE (TDE-129). */
    public void restore(KeyRequest request, String file, String decryption, String encryption, boolean force) {
        request.requireControl();
        PasswordPolicy.check(encryption);
        KeyBackupFile backup = KeyBackupFile.decode(services.files().read(file, NumberedError.MASTER_KEY_FILE))
                .filter(found -> found.object() == KeyObject.DATABASE_MASTER_KEY)
                .orElseThrow(() -> NumberedError.MASTER_KEY_FILE.exception(
                        "the master key file \"" + file + "\" does not exist or has an invalid format"));
        switch (backup.open(decryption)) {
            case Opening.Opened(KeyBuffer secret) -> {
                try (DatabaseMasterKey restored = new DatabaseMasterKey(backup.guid(), secret)) {
                    replace(request, restored, encryption, force);
                }
            }
            case Opening.WrongPassword ignored ->
                throw NumberedError.PRIVATE_KEY_PASSWORD.exception("the password of the master key file is not valid");
            case Opening.Damaged ignored ->
                throw NumberedError.MASTER_KEY_FILE.exception("the master key file \"" + file + "\" is damaged");
        }
    }
}
