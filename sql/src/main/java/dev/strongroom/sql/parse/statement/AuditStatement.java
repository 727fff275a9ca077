package dev.strongroom.sql.parse.statement;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Server audits and audit specifications (TDE-210 to 214). Option names are lower case. */
public sealed interface AuditStatement extends Statement {
    String name();

    /**
     * CREATE or ALTER SERVER AUDIT.
     *
     * @param target null where ALTER leaves it
     * @param predicate what follows WHERE, empty for REMOVE WHERE; null where nothing is said
     */
    record PutAudit(
            boolean create,
            String name,
            @Nullable AuditTarget target,
            Map<String, String> options,
            @Nullable String predicate)
            implements AuditStatement {
        public PutAudit {
            options = Map.copyOf(options);
        }
    }

    /** {@code TO FILE (…)}, {@code TO APPLICATION_LOG}, … */
    record AuditTarget(String kind, Map<String, String> options) {
        public AuditTarget {
            options = Map.copyOf(options);
        }
    }

    record RenameAudit(String name, String newName) implements AuditStatement {}

    record DropAudit(String name) implements AuditStatement {}

    /**
     * CREATE or ALTER SERVER or DATABASE AUDIT SPECIFICATION.
     *
     * @param audit null where ALTER leaves it
     * @param enabled null where STATE is not said
     */
    record PutSpecification(
            boolean create,
            boolean server,
            String name,
            @Nullable String audit,
            List<String> add,
            List<String> drop,
            @Nullable Boolean enabled)
            implements AuditStatement {
        public PutSpecification {
            add = List.copyOf(add);
            drop = List.copyOf(drop);
        }
    }

    record DropSpecification(boolean server, String name) implements AuditStatement {}
}
