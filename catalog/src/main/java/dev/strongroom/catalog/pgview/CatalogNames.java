package dev.strongroom.catalog.pgview;

import dev.strongroom.catalog.object.EncryptionScheme;
import dev.strongroom.catalog.object.Relation;
import dev.strongroom.catalog.object.Schema;
import dev.strongroom.catalog.store.CatalogSnapshot;
import dev.strongroom.catalog.store.Identifiers;
import dev.strongroom.catalog.store.SearchPath;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.PgType;
import dev.strongroom.common.type.RegNames;
import dev.strongroom.common.type.TypeNames;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Names of the {@code reg*} types, looked up in what the session sees at the time. */
public final class CatalogNames implements RegNames {
    private final Supplier<CatalogSnapshot> snapshot;
    private final Supplier<SearchPath> path;

    public CatalogNames(Supplier<CatalogSnapshot> snapshot, Supplier<SearchPath> path) {
        this.snapshot = snapshot;
        this.path = path;
    }

    @Override
    public @Nullable String name(PgType regType, long oid) {
        CatalogSnapshot seen = snapshot.get();
        int number = (int) oid;
        return switch (regType.name()) {
            case "regclass" ->
                seen.relation(number)
                        .map(relation -> new Definitions(seen, path.get()).name(relation))
                        .orElse(null);
            case "regtype" -> typeName(seen, path.get(), number, -1, false);
            case "regnamespace" ->
                seen.schema(number)
                        .map(schema -> Identifiers.quote(schema.name()))
                        .orElse(null);
            case "regrole" ->
                seen.shared()
                        .role(number)
                        .map(role -> Identifiers.quote(role.name()))
                        .orElse(null);
            case "regproc" -> procedureName(number, false);
            case "regprocedure" -> procedureName(number, true);
            default -> null;
        };
    }

    @Override
    public OptionalLong oid(PgType regType, String name) {
        CatalogSnapshot seen = snapshot.get();
        return switch (regType.name()) {
            case "regclass" ->
                unsigned(findRelation(seen, path.get(), name).map(Relation::oid), () -> undefinedRelation(name));
            case "regtype" -> typeOid(seen, path.get(), name);
            case "regnamespace" -> {
                String schema = QualifiedName.parse(name).name();
                yield unsigned(
                        seen.schema(schema).map(Schema::oid),
                        () -> ErrorReport.error(
                                ErrorCode.INVALID_SCHEMA_NAME, "schema \"" + schema + "\" does not exist"));
            }
            case "regrole" -> {
                String role = QualifiedName.parse(name).name();
                yield unsigned(
                        seen.shared().role(role).map(found -> found.oid()),
                        () -> ErrorReport.error(ErrorCode.UNDEFINED_OBJECT, "role \"" + role + "\" does not exist"));
            }
            case "regproc" -> procedureOid(name);
            case "regprocedure" -> signatureOid(seen, path.get(), name);
            default -> OptionalLong.empty();
        };
    }

    /** The relation a string names, if there is one. */
    static Optional<Relation> findRelation(CatalogSnapshot snapshot, SearchPath path, String text) {
        QualifiedName name = QualifiedName.parse(text);
        return snapshot.relation(name.schema(), name.name(), path);
    }

    static ErrorReport undefinedRelation(String text) {
        QualifiedName name = QualifiedName.parse(text);
        String shown = name.schema() == null ? name.name() : name.schema() + "." + name.name();
        return ErrorReport.error(ErrorCode.UNDEFINED_TABLE, "relation \"" + shown + "\" does not exist");
    }

    private static OptionalLong unsigned(Optional<Integer> oid, Supplier<ErrorReport> missing) {
        return OptionalLong.of(
                Integer.toUnsignedLong(oid.orElseThrow(() -> missing.get().exception())));
    }

    /** OID of a type by any of its names: built in, or a relation's row type. */
    static OptionalLong typeOid(CatalogSnapshot snapshot, SearchPath path, String text) {
        OptionalInt builtin = BuiltinTypes.parse(text);
        if (builtin.isPresent()) {
            return OptionalLong.of(builtin.getAsInt());
        }
        Optional<PgType> own = PgType.byName(text.strip());
        if (own.isPresent()) {
            return OptionalLong.of(own.get().oid());
        }
        return findRelation(snapshot, path, text)
                .filter(relation -> relation.rowTypeOid() != 0)
                .map(relation -> OptionalLong.of(Integer.toUnsignedLong(relation.rowTypeOid())))
                .orElse(OptionalLong.empty());
    }

    /**
     * {@code format_type}.
     *
     * @param modified whether a modifier was given, be it -1
     * @return null where there is no such type
     */
    static @Nullable String typeName(CatalogSnapshot snapshot, SearchPath path, int oid, int typmod, boolean modified) {
        Optional<PgType> type = PgType.byOid(oid);
        if (type.isPresent()) {
            PgType scalar = type.get()
                    .elementType()
                    .filter(element -> type.get().name().startsWith("_"))
                    .orElse(type.get());
            EncryptionScheme scheme = EncryptionScheme.encrypts(type.get())
                    ? snapshot.columnKeys().scheme(typmod).orElse(null)
                    : null;
            if (scheme != null) {
                return encryptedName(snapshot, scheme);
            }
            String name = TypeNames.of(scalar, typmod);
            if (scalar == PgType.BPCHAR && typmod < 0 && !modified) {
                name = "character";
            }
            return scalar == type.get() ? name : name + "[]";
        }
        BuiltinTypes.Entry entry = BuiltinTypes.byOid(oid);
        if (entry != null) {
            BuiltinTypes.Entry element = entry.name().startsWith("_") ? BuiltinTypes.byOid(entry.element()) : null;
            return element == null ? builtinName(entry) : builtinName(element) + "[]";
        }
        return snapshot.relationOfRowType(oid)
                .map(relation -> new Definitions(snapshot, path).name(relation))
                .orElse(null);
    }

    /** The plain type with the clause that encrypts it, as CREATE TABLE takes it (decision A-8). */
    private static String encryptedName(CatalogSnapshot snapshot, EncryptionScheme scheme) {
        return TypeNames.of(scheme.baseType(), scheme.baseTypmod()) + " "
                + snapshot.columnKeys().clause(scheme);
    }

    private static String builtinName(BuiltinTypes.Entry entry) {
        return switch (entry.name()) {
            case "varbit" -> "bit varying";
            case "bit" -> "\"bit\"";
            default -> Identifiers.quote(entry.name());
        };
    }

    private @Nullable String procedureName(int oid, boolean signature) {
        BuiltinProcedures.Entry entry = BuiltinProcedures.byOid(oid);
        if (entry == null) {
            return null;
        }
        if (!signature) {
            boolean unique = BuiltinProcedures.named(entry.name()).size() == 1;
            return unique ? Identifiers.quote(entry.name()) : "pg_catalog." + Identifiers.quote(entry.name());
        }
        StringBuilder text = new StringBuilder(Identifiers.quote(entry.name())).append('(');
        for (int i = 0; i < entry.arguments().size(); i++) {
            text.append(i == 0 ? "" : ",");
            text.append(typeName(snapshot.get(), path.get(), entry.arguments().get(i), -1, false));
        }
        return text.append(')').toString();
    }

    private static OptionalLong procedureOid(String text) {
        QualifiedName name = QualifiedName.parse(text);
        List<BuiltinProcedures.Entry> found = BuiltinProcedures.named(name.name());
        if (found.isEmpty()) {
            throw ErrorReport.error(ErrorCode.UNDEFINED_FUNCTION, "function \"" + text + "\" does not exist")
                    .exception();
        }
        if (found.size() > 1) {
            throw ErrorReport.error(ErrorCode.AMBIGUOUS_FUNCTION, "more than one function named \"" + text + "\"")
                    .exception();
        }
        return OptionalLong.of(found.getFirst().oid());
    }

    private static OptionalLong signatureOid(CatalogSnapshot snapshot, SearchPath path, String text) {
        int open = text.indexOf('(');
        if (open < 0 || !text.strip().endsWith(")")) {
            throw ErrorReport.error(ErrorCode.INVALID_TEXT_REPRESENTATION, "expected a left parenthesis")
                    .exception();
        }
        String inner = text.substring(open + 1, text.lastIndexOf(')')).strip();
        long[] wanted = inner.isEmpty() ? new long[0] : new long[inner.split(",").length];
        String[] parts = inner.split(",");
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = typeOid(snapshot, path, parts[i].strip()).orElse(-1);
        }
        for (BuiltinProcedures.Entry entry : BuiltinProcedures.named(
                QualifiedName.parse(text.substring(0, open)).name())) {
            long[] declared =
                    entry.arguments().stream().mapToLong(Integer::longValue).toArray();
            if (java.util.Arrays.equals(declared, wanted)) {
                return OptionalLong.of(entry.oid());
            }
        }
        throw ErrorReport.error(ErrorCode.UNDEFINED_FUNCTION, "function \"" + text + "\" does not exist")
                .exception();
    }
}
