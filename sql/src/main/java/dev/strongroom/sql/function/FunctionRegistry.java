package dev.strongroom.sql.function;

import dev.strongroom.common.type.PgType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every built-in function, operator and cast that has code. Immutable. */
public final class FunctionRegistry {
    private static final FunctionRegistry BUILT_IN = FunctionTables.load();

    private final Map<Integer, FunctionSignature> functionsByOid = new LinkedHashMap<>();
    private final Map<String, List<FunctionSignature>> functionsByName = new HashMap<>();
    private final Map<Integer, OperatorSignature> operatorsByOid = new LinkedHashMap<>();
    private final Map<String, List<OperatorSignature>> operatorsByName = new HashMap<>();
    private final Map<Long, CastSignature> casts = new LinkedHashMap<>();

    FunctionRegistry(
            Collection<FunctionSignature> functions,
            Collection<OperatorSignature> operators,
            Collection<CastSignature> casts) {
        for (FunctionSignature function : functions) {
            functionsByOid.put(function.oid(), function);
            functionsByName
                    .computeIfAbsent(function.name(), name -> new ArrayList<>())
                    .add(function);
        }
        for (OperatorSignature operator : operators) {
            operatorsByOid.put(operator.oid(), operator);
            operatorsByName
                    .computeIfAbsent(operator.name(), name -> new ArrayList<>())
                    .add(operator);
        }
        for (CastSignature cast : casts) {
            this.casts.put(key(cast.from(), cast.to()), cast);
        }
    }

    /** The built-in functions. */
    public static FunctionRegistry builtIn() {
        return BUILT_IN;
    }

    /** Overloads of a name (lower case as in {@code pg_proc}); empty if there is none. */
    public List<FunctionSignature> functions(String name) {
        return functionsByName.getOrDefault(name, List.of());
    }

    public Optional<FunctionSignature> function(int oid) {
        return Optional.ofNullable(functionsByOid.get(oid));
    }

    public Collection<FunctionSignature> functions() {
        return Collections.unmodifiableCollection(functionsByOid.values());
    }

    /** Overloads of an operator name such as {@code +} or {@code ~~}; empty if there is none. */
    public List<OperatorSignature> operators(String name) {
        return operatorsByName.getOrDefault(name, List.of());
    }

    public Optional<OperatorSignature> operator(int oid) {
        return Optional.ofNullable(operatorsByOid.get(oid));
    }

    public Collection<OperatorSignature> operators() {
        return Collections.unmodifiableCollection(operatorsByOid.values());
    }

    /** The {@code pg_cast} row between two types; also the length coercion of a type with itself. */
    public Optional<CastSignature> cast(PgType from, PgType to) {
        return Optional.ofNullable(casts.get(key(from, to)));
    }

    public Collection<CastSignature> casts() {
        return Collections.unmodifiableCollection(casts.values());
    }

    private static long key(PgType from, PgType to) {
        return (long) from.oid() << 32 | to.oid();
    }
}
