package dev.strongroom.catalog.key;

import dev.strongroom.catalog.key.KeyCatalog.Change;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.crypto.hierarchy.KeyObject;
import dev.strongroom.crypto.hierarchy.ServiceMasterKey;
import dev.strongroom.crypto.key.KeyBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Credentials and their mapping to logins (TDE-145). Stateless. */
public final class Credentials {
    private static final int MAX_SECRET = 120;
    private static final int MAX_NAME = 128;

    private final KeyServices services;

    Credentials(KeyServices services) {
        this.services = services;
    }

    /** What CREATE and ALTER CREDENTIAL say. */
    public record Definition(
            String name,
            String identity,
            @Nullable String secret,
            @Nullable String provider) {}

    /** CREATE CREDENTIAL. */
    public void create(KeyRequest request, Definition definition) {
        check(request, definition);
        UUID guid = KeyObject.newGuid(services.randomness());
        long now = services.clock().epochMicros();
        services.catalog().change(head -> {
            if (head.credential(definition.name()).isPresent()) {
                throw NumberedError.OBJECT_NAME_EXISTS.exception(
                        "the credential with name \"" + definition.name() + "\" already exists");
            }
            String provider = definition.provider();
            int providerId = provider == null
                    ? 0
                    : CryptographicProviders.require(head, provider).id();
            CredentialEntry entry = new CredentialEntry(
                    head.nextId(CredentialEntry.class, DatabaseDefinition.MASTER, CredentialEntry.FIRST_ID),
                    definition.name(),
                    definition.identity(),
                    null,
                    guid,
                    providerId,
                    Set.of(),
                    now,
                    now);
            return Change.put(entry.withSecret(wrap(entry, definition.secret())));
        });
    }

    /** ALTER CREDENTIAL: identity and secret are replaced; without SECRET there is none any more. */
    public void alter(KeyRequest request, Definition definition) {
        check(request, definition);
        long now = services.clock().epochMicros();
        services.catalog().change(head -> {
            CredentialEntry old = require(head, definition.name());
            CredentialEntry entry = new CredentialEntry(
                    old.id(),
                    old.name(),
                    definition.identity(),
                    null,
                    old.guid(),
                    old.providerId(),
                    old.logins(),
                    old.createdMicros(),
                    now);
            return Change.put(entry.withSecret(wrap(entry, definition.secret())));
        });
    }

    private void check(KeyRequest request, Definition definition) {
        request.requireControlServer();
        String name = definition.name();
        if (name.isEmpty() || name.startsWith("#") || name.length() > MAX_NAME) {
            throw ErrorReport.error(ErrorCode.INVALID_NAME, "\"" + name + "\" is not a valid name for a credential")
                    .withHint("It has 1 to 128 characters and does not begin with \"#\".")
                    .exception();
        }
        String secret = definition.secret();
        if (secret != null && secret.length() > MAX_SECRET) {
            throw NumberedError.SECRET_TOO_LONG.exception(
                    "the secret specified is too long, at most " + MAX_SECRET + " characters are allowed");
        }
        if (definition.provider() != null) {
            services.encryptors().tokens().requireEnabled(services.catalog().head());
        }
    }

    private byte @Nullable [] wrap(CredentialEntry entry, @Nullable String secret) {
        if (secret == null) {
            return null;
        }
        try (KeyBuffer plain = KeyBuffer.takeOver(secret.getBytes(StandardCharsets.UTF_8))) {
            return wrap(entry, plain, services.instance().serviceKey());
        }
    }

    private byte[] wrap(CredentialEntry entry, KeyBuffer secret, ServiceMasterKey key) {
        return key.wrapping()
                .wrap(secret, KeyObject.CREDENTIAL, entry.guid(), Tokens.context(entry), services.randomness());
    }

    /** The entry with its secret under another service master key; as it was if no key opens it. */
    CredentialEntry wrapAnew(CredentialEntry entry, ServiceMasterKey newest) {
        Optional<KeyBuffer> opened = services.encryptors().tokens().open(entry);
        if (opened.isEmpty()) {
            return entry;
        }
        try (KeyBuffer secret = opened.get()) {
            return entry.withSecret(wrap(entry, secret, newest));
        }
    }

    /** DROP CREDENTIAL; 15352 while a login carries it. */
    public void drop(KeyRequest request, String name) {
        request.requireControlServer();
        services.catalog().change(head -> {
            CredentialEntry entry = require(head, name);
            if (entry.logins().stream()
                    .anyMatch(login -> request.shared().role(login).isPresent())) {
                throw NumberedError.IN_USE.exception(
                        "the credential \"" + name + "\" cannot be dropped because a login carries it");
            }
            return Change.remove(entry);
        });
    }

    /** ALTER LOGIN … ADD CREDENTIAL or DROP CREDENTIAL. */
    public void map(KeyRequest request, String loginName, boolean add, String name) {
        request.requireControlServer();
        Role login =
                request.shared().role(loginName).orElseThrow(() -> CryptographicProviders.notFound("login", loginName));
        services.catalog().change(head -> {
            CredentialEntry entry = require(head, name);
            Set<Integer> logins = new TreeSet<>(entry.logins());
            if (!add) {
                if (!logins.remove(login.oid())) {
                    throw NumberedError.CREDENTIAL_NOT_MAPPED.exception("cannot drop the credential \"" + name
                            + "\" because it is not mapped to login \"" + loginName + "\"");
                }
                return Change.put(entry.withLogins(logins));
            }
            if (head.credential(entry.providerId(), login.oid()).isPresent()) {
                throw NumberedError.CREDENTIAL_MAPPED.exception("cannot add the credential \"" + name
                        + "\" because login \"" + loginName + "\" already has one for the same provider");
            }
            logins.add(login.oid());
            return Change.put(entry.withLogins(logins));
        });
    }

    private static CredentialEntry require(KeySnapshot head, String name) {
        return head.credential(name).orElseThrow(() -> CryptographicProviders.notFound("credential", name));
    }
}
