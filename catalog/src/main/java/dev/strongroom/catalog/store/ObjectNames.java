package dev.strongroom.catalog.store;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnEncryptionKey;
import dev.strongroom.catalog.object.ColumnKeyRights;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import java.util.Optional;

/** Objects as messages call them: {@code table public.t}, qualified only where the search path does not find them. */
public final class ObjectNames {
    private final CatalogSnapshot snapshot;
    private final SearchPath path;

    public ObjectNames(CatalogSnapshot snapshot, SearchPath path) {
        this.snapshot = snapshot;
        this.path = path;
    }

    /** PostgreSQL's {@code getObjectDescription}. */
    public String describe(ObjectRef ref) {
        if (ref.objectClass() == ObjectClass.DEFAULT) {
            return describeDefault(ref.oid());
        }
        Optional<CatalogObject> object = snapshot.object(ref);
        if (object.isEmpty()) {
            return ref.objectClass().catalogName() + " " + Integer.toUnsignedString(ref.oid());
        }
        return switch (object.get()) {
            case Relation relation
            when ref.subId() > 0 ->
                "column " + relation.column(ref.subId()).name() + " of " + describeRelation(relation);
            case Relation relation -> describeRelation(relation);
            case Constraint constraint ->
                "constraint " + constraint.name() + " on "
                        + snapshot.relation(constraint.tableOid())
                                .map(this::describeRelation)
                                .orElse("table");
            case Schema schema -> "schema " + schema.name();
            case Role role -> "role " + role.name();
            case DatabaseDefinition database -> "database " + database.name();
            case ColumnMasterKey key -> "column master key " + key.name();
            case ColumnEncryptionKey key -> "column encryption key " + key.name();
            case EncryptionScheme scheme -> "encryption scheme " + scheme.name();
            case ColumnKeyRights rights -> rights.name();
        };
    }

    /** Name, qualified where the search path does not find the relation. */
    public String relationName(Relation relation) {
        return snapshot.visible(relation, path)
                ? Identifiers.quote(relation.name())
                : Identifiers.quote(snapshot.schemaName(relation.schemaOid())) + "."
                        + Identifiers.quote(relation.name());
    }

    private String describeRelation(Relation relation) {
        return relation.kindName() + " " + relationName(relation);
    }

    private String describeDefault(int oid) {
        for (Relation relation : snapshot.relations()) {
            for (Column column : relation.columns()) {
                if (column.defaultValue() != null && column.defaultValue().oid() == oid) {
                    return "default value for column " + column.name() + " of " + describeRelation(relation);
                }
            }
        }
        return "default value " + oid;
    }
}
