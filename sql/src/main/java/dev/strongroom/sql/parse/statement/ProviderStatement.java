package dev.strongroom.sql.parse.statement;

import org.jspecify.annotations.Nullable;

/** EKM providers, credentials, asymmetric keys, logins from keys (tde.md 1.5). */
public sealed interface ProviderStatement extends Statement {
    String name();

    record CreateProvider(String name, String path) implements ProviderStatement {}

    /** ALTER CRYPTOGRAPHIC PROVIDER; {@code enable} null where neither ENABLE nor DISABLE is said. */
    record AlterProvider(
            String name, @Nullable String path, @Nullable Boolean enable) implements ProviderStatement {}

    record DropProvider(String name) implements ProviderStatement {}

    /** CREATE or ALTER CREDENTIAL. */
    record PutCredential(
            boolean create,
            String name,
            String identity,
            @Nullable Secret secret,
            @Nullable String provider) implements ProviderStatement {}

    record DropCredential(String name) implements ProviderStatement {}

    /** ALTER LOGIN name ADD|DROP CREDENTIAL c. */
    record MapCredential(String name, boolean add, String credential) implements ProviderStatement {}

    /** CREATE ASYMMETRIC KEY; {@code provider} null for keys of our own. */
    record CreateAsymmetricKey(
            String name,
            @Nullable String owner,
            @Nullable String provider,
            @Nullable KeySource source,
            @Nullable String algorithm,
            @Nullable String providerKeyName,
            @Nullable String creationDisposition,
            @Nullable Secret password)
            implements ProviderStatement {}

    /** FROM FILE, EXECUTABLE FILE or ASSEMBLY. */
    record KeySource(Kind kind, String name) {
        /** Where the key comes from. */
        public enum Kind {
            FILE,
            EXECUTABLE_FILE,
            ASSEMBLY
        }
    }

    record DropAsymmetricKey(String name, boolean removeProviderKey, boolean force) implements ProviderStatement {}

    /** CREATE LOGIN name FROM ASYMMETRIC KEY k. */
    record CreateKeyLogin(String name, String key) implements ProviderStatement {}
}
