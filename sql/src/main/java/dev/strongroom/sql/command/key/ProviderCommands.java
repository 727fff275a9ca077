package dev.strongroom.sql.command.key;

import dev.strongroom.catalog.key.AsymmetricKeys;
import dev.strongroom.catalog.key.Credentials;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.ServiceKeys;
import dev.strongroom.common.error.NumberedError;
import dev.strongroom.sql.parse.statement.ProviderStatement;
import dev.strongroom.sql.parse.statement.ProviderStatement.CreateAsymmetricKey;
import org.jspecify.annotations.Nullable;

/** Cryptographic providers, credentials, asymmetric keys (tde.md 1.5). */
final class ProviderCommands {
    private final KeyServices services;

    ProviderCommands(KeyServices services) {
        this.services = services;
    }

    String run(ProviderStatement statement, KeyRequest request) {
        return switch (statement) {
            case ProviderStatement.CreateProvider create -> {
                services.providers().create(request, create.name(), create.path());
                yield "CREATE CRYPTOGRAPHIC PROVIDER";
            }
            case ProviderStatement.AlterProvider alter -> {
                services.providers().alter(request, alter.name(), alter.path(), alter.enable());
                yield "ALTER CRYPTOGRAPHIC PROVIDER";
            }
            case ProviderStatement.DropProvider drop -> {
                services.providers().drop(request, drop.name());
                yield "DROP CRYPTOGRAPHIC PROVIDER";
            }
            case ProviderStatement.PutCredential put -> {
                Credentials.Definition definition = new Credentials.Definition(
                        put.name(), put.identity(), KeyCommands.valueOf(put.secret()), put.provider());
                if (put.create()) {
                    services.credentials().create(request, definition);
                } else {
                    services.credentials().alter(request, definition);
                }
                yield put.create() ? "CREATE CREDENTIAL" : "ALTER CREDENTIAL";
            }
            case ProviderStatement.DropCredential drop -> {
                services.credentials().drop(request, drop.name());
                yield "DROP CREDENTIAL";
            }
            case ProviderStatement.MapCredential map -> {
                services.credentials().map(request, map.name(), map.add(), map.credential());
                yield "ALTER LOGIN";
            }
            case CreateAsymmetricKey create -> {
                create(create, request);
                yield "CREATE ASYMMETRIC KEY";
            }
            case ProviderStatement.DropAsymmetricKey drop -> {
                services.asymmetricKeys().drop(request, drop.name(), drop.removeProviderKey(), drop.force());
                yield "DROP ASYMMETRIC KEY";
            }
            case ProviderStatement.CreateKeyLogin login -> {
                services.asymmetricKeys().attachLogin(request, login.name(), login.key());
                yield "CREATE LOGIN";
            }
        };
    }

    private void create(CreateAsymmetricKey create, KeyRequest request) {
        AsymmetricKeys keys = services.asymmetricKeys();
        String password = KeyCommands.valueOf(create.password());
        String provider = create.provider();
        ProviderStatement.KeySource source = create.source();
        if (provider != null) {
            keys.createInProvider(
                    request,
                    create.name(),
                    create.owner(),
                    new AsymmetricKeys.InProvider(
                            provider,
                            create.algorithm(),
                            create.providerKeyName(),
                            create.creationDisposition(),
                            password));
        } else if (source != null) {
            keys.importFile(request, create.name(), create.owner(), file(source), password);
        } else {
            keys.generate(request, create.name(), create.owner(), required(create.algorithm()), password);
        }
    }

    private static String file(ProviderStatement.KeySource source) {
        return switch (source.kind()) {
            case FILE -> source.name();
            case ASSEMBLY -> throw ServiceKeys.unsupported("CREATE ASYMMETRIC KEY FROM ASSEMBLY");
            case EXECUTABLE_FILE -> throw ServiceKeys.unsupported("CREATE ASYMMETRIC KEY FROM EXECUTABLE FILE");
        };
    }

    private static String required(@Nullable String algorithm) {
        if (algorithm == null) {
            throw NumberedError.PROVIDER_ALGORITHM.exception("an algorithm is needed");
        }
        return algorithm;
    }
}
