package dev.strongroom.sql.command.key;

import dev.strongroom.catalog.key.CertificatePermission;
import dev.strongroom.catalog.key.Grantable;
import dev.strongroom.catalog.key.KeyGrants.Verb;
import dev.strongroom.catalog.key.KeyRequest;
import dev.strongroom.catalog.key.KeyServices;
import dev.strongroom.catalog.key.ServiceKeys;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.sql.parse.statement.ObjectName;
import dev.strongroom.sql.parse.statement.RoleStatement;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** GRANT, DENY and REVOKE … ON CERTIFICATE::name and its kin (TDE-108). */
final class GrantCommands {
    private final KeyServices services;

    GrantCommands(KeyServices services) {
        this.services = services;
    }

    String run(RoleStatement.Privileges statement, KeyRequest request) {
        Verb verb = statement.grant() ? Verb.GRANT : Verb.REVOKE;
        return run(statement, verb, request);
    }

    String deny(RoleStatement.Deny statement, KeyRequest request) {
        return run(statement.denied(), Verb.DENY, request);
    }

    private String run(RoleStatement.Privileges statement, Verb verb, KeyRequest request) {
        Set<CertificatePermission> permissions = permissions(statement);
        List<Integer> roles = statement.grantees().stream()
                .map(role -> switch (role.kind()) {
                    case NAMED -> request.shared().requireRole(role.name()).oid();
                    case CURRENT_USER, SESSION_USER -> request.userOid();
                    case PUBLIC -> 0;
                })
                .toList();
        for (ObjectName name : statement.objects()) {
            services.grants().change(request, holder(statement, request, name.name()), permissions, roles, verb);
        }
        return verb.name();
    }

    private static Set<CertificatePermission> permissions(RoleStatement.Privileges statement) {
        Set<CertificatePermission> permissions = EnumSet.noneOf(CertificatePermission.class);
        for (RoleStatement.Privilege privilege : statement.privileges()) {
            permissions.add(CertificatePermission.ofName(privilege.name())
                    .filter(CertificatePermission.OF_KEYS::contains)
                    .orElseThrow(() -> ErrorReport.error(
                                    ErrorCode.SYNTAX_ERROR, "unrecognized privilege type \"" + privilege.name() + "\"")
                            .exception()));
        }
        if (permissions.isEmpty()) {
            permissions.addAll(CertificatePermission.OF_KEYS);
        }
        return permissions;
    }

    private Grantable holder(RoleStatement.Privileges statement, KeyRequest request, String name) {
        return switch (statement.kind()) {
            case CERTIFICATE -> services.grants().certificate(request, name);
            case ASYMMETRIC_KEY -> services.grants().asymmetricKey(request, name);
            case SYMMETRIC_KEY -> {
                if (name.equalsIgnoreCase("##MS_ServiceMasterKey##")) {
                    throw ServiceKeys.unsupported("GRANT ON SYMMETRIC KEY of the service master key");
                }
                yield services.grants().symmetricKey(request, name);
            }
            case CRYPTOGRAPHIC_PROVIDER -> services.grants().provider(name);
            default ->
                throw ServiceKeys.unsupported(
                        "GRANT ON " + statement.kind().word().toUpperCase(Locale.ROOT));
        };
    }
}
