package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.CatalogObject;
import dev.strongroom.catalog.object.Column;
import dev.strongroom.catalog.object.ColumnKeyObject;
import dev.strongroom.catalog.object.ColumnMasterKey;
import dev.strongroom.catalog.object.Constraint;
import dev.strongroom.catalog.object.DatabaseDefinition;
import dev.strongroom.catalog.object.IndexDefinition;
import dev.strongroom.catalog.object.ObjectClass;
import dev.strongroom.catalog.object.ObjectRef;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Role;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.object.SequenceDefinition;
import dev.strongroom.catalog.object.TableDefinition;
import dev.strongroom.catalog.object.ViewDefinition;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.catalog.store.ObjectNames;
import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.storage.table.Sequences;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's catalog functions as plain methods over what a session sees. Each answers null where PostgreSQL's answers NULL.
 */
public final class CatalogFunctions {
    private final SystemContext context;
    private final CatalogSnapshot snapshot;
    private final Definitions definitions;

    public CatalogFunctions(SystemContext context) {
        this.context = context;
        this.snapshot = context.snapshot();
        this.definitions = new Definitions(snapshot, context.path());
    }

    /** {@code format_type(oid, typmod)}. */
    public @Nullable String formatType(@Nullable Long oid, @Nullable Long typmod) {
        if (oid == null) {
            return null;
        }
        if (oid == 0) {
            return "-";
        }
        int modifier = typmod == null ? -1 : typmod.intValue();
        String name = CatalogNames.typeName(snapshot, context.path(), oid.intValue(), modifier, typmod != null);
        return name == null ? "???" : name;
    }

    private Definitions definitions(boolean pretty) {
        return pretty ? new Definitions(snapshot, context.path(), true) : definitions;
    }

    /** {@code pg_get_constraintdef}. */
    public @Nullable String constraintDefinition(long oid, boolean pretty) {
        return definitions(pretty).constraint((int) oid).orElse(null);
    }

    /** {@code pg_get_indexdef}; column 0 gives the whole statement. */
    public @Nullable String indexDefinition(long oid, int column, boolean pretty) {
        Relation relation = snapshot.relation((int) oid).orElse(null);
        if (!(relation instanceof IndexDefinition index)) {
            return null;
        }
        Definitions shown = definitions(pretty);
        return column == 0 ? shown.index(index) : shown.indexColumn(index, column);
    }

    /** {@code pg_get_expr} of an expression as the catalog keeps it. */
    public static String expression(String text, boolean pretty) {
        return pretty ? PrettyExpression.of(text) : text;
    }

    public @Nullable String viewDefinition(long oid) {
        Relation relation = snapshot.relation((int) oid).orElse(null);
        return relation instanceof ViewDefinition view ? definitions.view(view) : null;
    }

    public @Nullable String viewDefinition(String name) {
        return viewDefinition(requireRelation(name).oid());
    }

    /** {@code pg_get_ruledef} of a view's {@code _RETURN} rule. */
    public @Nullable String ruleDefinition(long oid) {
        Relation relation = snapshot.relation((int) oid & 0x3fff_ffff).orElse(null);
        if (!(relation instanceof ViewDefinition view)) {
            return null;
        }
        return "CREATE RULE \"_RETURN\" AS\n    ON SELECT TO " + definitions.name(view) + " DO INSTEAD "
                + definitions.view(view);
    }

    /** {@code pg_get_userbyid}. */
    public String userById(long oid) {
        return snapshot.shared().roleName((int) oid);
    }

    public @Nullable Boolean tableIsVisible(long oid) {
        return snapshot.relation((int) oid)
                .map(relation -> snapshot.visible(relation, context.path()))
                .orElse(null);
    }

    public @Nullable Boolean typeIsVisible(long oid) {
        if (oid == 15801 || oid == 15802 || oid == 15803 || oid == 15804) {
            return false;
        }
        if (BuiltinTypes.byOid((int) oid) != null) {
            return true;
        }
        return snapshot.relations().stream()
                .filter(relation -> relation.rowTypeOid() == (int) oid || arrayType(relation) == (int) oid)
                .findFirst()
                .map(relation -> snapshot.visible(relation, context.path()))
                .orElse(null);
    }

    private static int arrayType(Relation relation) {
        return switch (relation) {
            case TableDefinition table -> table.arrayTypeOid();
            case ViewDefinition view -> view.arrayTypeOid();
            default -> 0;
        };
    }

    /** {@code pg_function_is_visible}. */
    public @Nullable Boolean functionIsVisible(long oid) {
        return BuiltinProcedures.byOid((int) oid) == null ? null : (Boolean) true;
    }

    /** {@code obj_description(oid, catalog)}, {@code shobj_description}; without a catalog any of that OID. */
    public @Nullable String objectDescription(long oid, @Nullable String catalog) {
        for (ObjectClass objectClass : ObjectClass.values()) {
            if (catalog == null || objectClass.catalogName().equals(catalog)) {
                Optional<String> comment = snapshot.comment(ObjectRef.of(objectClass, (int) oid));
                if (comment.isPresent()) {
                    return comment.get();
                }
            }
        }
        return null;
    }

    public @Nullable String columnDescription(long relation, long column) {
        return snapshot.comment(ObjectRef.column((int) relation, (int) column)).orElse(null);
    }

    /** {@code pg_describe_object}. */
    public @Nullable String describe(long classOid, long oid, long subId) {
        for (ObjectClass objectClass : ObjectClass.values()) {
            if (objectClass.oid() == (int) classOid) {
                ObjectRef ref = new ObjectRef(objectClass, (int) oid, (int) subId);
                return snapshot.object(ref).isEmpty() ? null : new ObjectNames(snapshot, context.path()).describe(ref);
            }
        }
        return null;
    }

    /** What {@code pg_identify_object} says; every part may be null. */
    public record Identity(
            @Nullable String type,
            @Nullable String schema,
            @Nullable String name,
            @Nullable String identity) {}

    /** {@code pg_identify_object}. */
    public Identity identify(long classOid, long oid, long subId) {
        for (ObjectClass objectClass : ObjectClass.values()) {
            if (objectClass.oid() == (int) classOid) {
                return snapshot.object(new ObjectRef(objectClass, (int) oid, 0))
                        .map(object -> identity(object, (int) subId))
                        .orElse(new Identity(null, null, null, null));
            }
        }
        return new Identity(null, null, null, null);
    }

    private Identity identity(CatalogObject object, int subId) {
        return switch (object) {
            case Relation relation -> {
                String schema = snapshot.schemaName(relation.schemaOid());
                String whole = Identifiers.qualified(schema, relation.name());
                yield subId == 0
                        ? new Identity(relation.kindName(), schema, Identifiers.quote(relation.name()), whole)
                        : new Identity(
                                relation.kindName() + " column",
                                schema,
                                Identifiers.quote(relation.name()),
                                whole + "."
                                        + Identifiers.quote(
                                                relation.column(subId).name()));
            }
            case Constraint constraint -> {
                Relation table = snapshot.relation(constraint.tableOid()).orElseThrow();
                String schema = snapshot.schemaName(table.schemaOid());
                yield new Identity(
                        "table constraint",
                        schema,
                        null,
                        Identifiers.quote(constraint.name()) + " on " + Identifiers.qualified(schema, table.name()));
            }
            case Schema schema -> plain("schema", schema.name());
            case Role role -> plain("role", role.name());
            case DatabaseDefinition database -> plain("database", database.name());
            case ColumnMasterKey key -> plain("column master key", key.name());
            case ColumnKeyObject key -> plain("column encryption key", key.name());
        };
    }

    private static Identity plain(String type, String name) {
        return new Identity(type, null, Identifiers.quote(name), Identifiers.quote(name));
    }

    /** {@code pg_get_serial_sequence(table, column)}. */
    public @Nullable String serialSequence(String table, String column) {
        Relation relation = requireRelation(table);
        Column found = relation.column(column)
                .orElseThrow(() -> ErrorReport.error(
                                ErrorCode.UNDEFINED_COLUMN,
                                "column \"" + column + "\" of relation \"" + relation.name() + "\" does not exist")
                        .exception());
        for (SequenceDefinition sequence : snapshot.ownedSequences(relation.oid())) {
            if (sequence.ownedByColumn() == found.number()) {
                return Identifiers.qualified(snapshot.schemaName(sequence.schemaOid()), sequence.name());
            }
        }
        return null;
    }

    /** {@code to_regclass}: OID, or null where there is none. */
    public @Nullable Long toRegclass(String name) {
        return CatalogNames.findRelation(snapshot, context.path(), name)
                .map(relation -> Integer.toUnsignedLong(relation.oid()))
                .orElse(null);
    }

    /** {@code to_regtype}, {@code to_regnamespace}, {@code to_regrole}, {@code to_regproc}, {@code to_regprocedure}. */
    public @Nullable Long toReg(dev.strongroom.common.type.PgType type, String name) {
        try {
            java.util.OptionalLong found = new CatalogNames(() -> snapshot, context::path).oid(type, name);
            return found.isPresent() ? (Long) found.getAsLong() : null;
        } catch (DatabaseException undefined) {
            return null;
        }
    }

    /** {@code current_schema()}. */
    public @Nullable String currentSchema() {
        List<Integer> explicit = context.path().explicit();
        return explicit.isEmpty() ? null : snapshot.schemaName(explicit.getFirst());
    }

    /** {@code current_schemas(includeImplicit)}. */
    public List<String> currentSchemas(boolean implicit) {
        List<String> names = new ArrayList<>();
        for (int schema : implicit ? context.path().schemas() : context.path().explicit()) {
            names.add(snapshot.schemaName(schema));
        }
        return names;
    }

    /** {@code pg_my_temp_schema()}, 0 without one. */
    public int temporarySchema() {
        for (int schema : context.path().schemas()) {
            if (snapshot.schemaName(schema).startsWith("pg_temp_")) {
                return schema;
            }
        }
        return 0;
    }

    /** {@code pg_relation_size}, {@code pg_table_size}: bytes of a relation, indexes shared by its clustered pages. */
    public @Nullable Long relationSize(long oid) {
        Relation relation = snapshot.relation((int) oid).orElse(null);
        return switch (relation) {
            case null -> null;
            case TableDefinition table -> RelationSizes.of(context, table).pages() * RelationSizes.PAGE_BYTES;
            case SequenceDefinition ignored -> RelationSizes.PAGE_BYTES;
            default -> 0L;
        };
    }

    /** {@code pg_indexes_size}: what is not counted with the table. */
    public @Nullable Long indexesSize(long oid) {
        return snapshot.relation((int) oid).isPresent() ? (Long) 0L : null;
    }

    /** {@code pg_database_size} of the current database; others are counted as empty. */
    public long databaseSize() {
        long pages = 0;
        for (Relation relation : snapshot.relations()) {
            if (relation instanceof TableDefinition table) {
                pages += RelationSizes.of(context, table).pages();
            }
        }
        return pages * RelationSizes.PAGE_BYTES;
    }

    /** {@code pg_sequence_last_value}, null before the first nextval. */
    public @Nullable Long sequenceLastValue(long oid) {
        SequenceDefinition sequence = requireSequence(oid);
        Sequences.State state = context.storage().sequences().state(sequence.sequenceId());
        return state.called() ? (Long) state.lastValue() : null;
    }

    /** The sequence with this OID, or WRONG_OBJECT_TYPE. */
    public SequenceDefinition requireSequence(long oid) {
        Relation relation = snapshot.relation((int) oid)
                .orElseThrow(
                        () -> ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "could not open relation with OID " + oid)
                                .exception());
        if (relation instanceof SequenceDefinition sequence) {
            return sequence;
        }
        throw ErrorReport.error(ErrorCode.WRONG_OBJECT_TYPE, "\"" + relation.name() + "\" is not a sequence")
                .exception();
    }

    /** The relation a string names, or UNDEFINED_TABLE. */
    public Relation requireRelation(String name) {
        return CatalogNames.findRelation(snapshot, context.path(), name)
                .orElseThrow(() -> CatalogNames.undefinedRelation(name).exception());
    }

    /** {@code pg_get_function_arguments}, {@code pg_get_function_identity_arguments}. */
    public @Nullable String functionArguments(long oid) {
        BuiltinProcedures.Entry entry = BuiltinProcedures.byOid((int) oid);
        if (entry == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < entry.allArguments().size(); i++) {
            String mode = entry.modes().isEmpty() ? "i" : entry.modes().get(i);
            if (mode.equals("t")) {
                continue;
            }
            String prefix = switch (mode) {
                case "o" -> "OUT ";
                case "b" -> "INOUT ";
                case "v" -> "VARIADIC ";
                default -> "";
            };
            String name = i < entry.names().size() ? entry.names().get(i) : "";
            texts.add(prefix
                    + (name.isEmpty() ? "" : Identifiers.quote(name) + " ")
                    + formatType((long) entry.allArguments().get(i), null));
        }
        return String.join(", ", texts);
    }

    /** {@code pg_get_function_result}. */
    public @Nullable String functionResult(long oid) {
        BuiltinProcedures.Entry entry = BuiltinProcedures.byOid((int) oid);
        if (entry == null || entry.kind().equals("p")) {
            return null;
        }
        return (entry.returnsSet() ? "SETOF " : "") + formatType((long) entry.result(), null);
    }

    /** {@code oidvectortypes}. */
    public String typeList(List<Long> oids) {
        List<String> names = new ArrayList<>();
        oids.forEach(oid -> names.add(String.valueOf(formatType(oid, null))));
        return String.join(", ", names);
    }
}
