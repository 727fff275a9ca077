package dev.strongroom.sql.session;

import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.Privilege;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.store.AccessRights;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.common.error.ErrorReport;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the values of rows out of the errors of those who may not read them: a constraint's error names row or key in its
 * detail, also to a role that may only write. As PostgreSQL does, but that a failing row is shown whole or not at all.
 */
final class ShownValues {
    private static final String MISSING = " is not present in table \"";
    private static final String REFERENCED = " is still referenced from table \"";

    private final CatalogSnapshot catalog;
    private final AccessRights rights;

    ShownValues(CatalogSnapshot catalog, AccessRights rights) {
        this.catalog = catalog;
        this.rights = rights;
    }

    /** Whether an error may hold values of rows. */
    static boolean mayBeIn(ErrorReport report) {
        return report.detail() != null && report.table() != null && report.schema() != null;
    }

    /** The error without what the role may not read. */
    ErrorReport visible(ErrorReport report) {
        Relation table = catalog.schema(String.valueOf(report.schema()))
                .flatMap(schema -> catalog.relation(schema.oid(), String.valueOf(report.table())))
                .orElse(null);
        if (table == null) {
            return report;
        }
        return switch (report.code()) {
            case NOT_NULL_VIOLATION, CHECK_VIOLATION ->
                rights.has(table, Privilege.SELECT) ? report : report.withDetail(null);
            case UNIQUE_VIOLATION -> readsKey(table, report.constraint()) ? report : report.withDetail(null);
            case FOREIGN_KEY_VIOLATION -> foreignKey(table, report);
            default -> report;
        };
    }

    private Optional<Constraint> constraint(Relation table, @Nullable String name) {
        return name == null ? Optional.empty() : catalog.constraint(table.oid(), name);
    }

    private boolean readsKey(Relation table, @Nullable String constraint) {
        return rights.has(table, Privilege.SELECT)
                || constraint(table, constraint)
                        .filter(key -> reads(table, key.columns()))
                        .isPresent();
    }

    /** The values are the child's where they miss their parent, the parent's where a child still has them. */
    private ErrorReport foreignKey(Relation child, ErrorReport report) {
        String detail = String.valueOf(report.detail());
        int missing = detail.lastIndexOf(MISSING);
        int end = Math.max(missing, detail.lastIndexOf(REFERENCED));
        boolean readable = constraint(child, report.constraint())
                .filter(Constraint.ForeignKey.class::isInstance)
                .map(Constraint.ForeignKey.class::cast)
                .filter(key -> missing >= 0
                        ? reads(child, key.columns())
                        : catalog.relation(key.referencedTableOid())
                                .filter(parent -> reads(parent, key.referencedColumns()))
                                .isPresent())
                .isPresent();
        if (readable) {
            return report;
        }
        return report.withDetail(end < 0 ? null : "Key" + detail.substring(end));
    }

    private boolean reads(Relation relation, List<Integer> columns) {
        return rights.has(relation, Privilege.SELECT)
                || columns.stream().allMatch(number -> rights.has(relation, relation.column(number), Privilege.SELECT));
    }
}
