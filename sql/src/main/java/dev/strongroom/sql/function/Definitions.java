package dev.strongroom.sql.function;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the code of functions by key: {@code pg_proc.prosrc}, which gives it to every function with that source, or
 * {@code name(type,type)}. The methods are named after the storage of arguments and result.
 */
final class Definitions {
    private final Map<String, FunctionCode> codes = new HashMap<>();

    /** Code for a key, or null. */
    @Nullable
    FunctionCode find(String key) {
        return codes.get(key);
    }

    Map<String, FunctionCode> all() {
        return codes;
    }

    void add(String key, FunctionCode code) {
        if (codes.put(key, code) != null) {
            throw new IllegalStateException("defined twice: " + key);
        }
    }

    void general(String key, ScalarCode.General code) {
        add(key, code);
    }

    void longLong(String key, ScalarCode.LongToLong code) {
        add(key, code);
    }

    void longsLong(String key, ScalarCode.LongsToLong code) {
        add(key, code);
    }

    void longDouble(String key, ScalarCode.LongToDouble code) {
        add(key, code);
    }

    void longRef(String key, ScalarCode.LongToRef code) {
        add(key, code);
    }

    void doubleDouble(String key, ScalarCode.DoubleToDouble code) {
        add(key, code);
    }

    void doubleLong(String key, ScalarCode.DoubleToLong code) {
        add(key, code);
    }

    void doubleRef(String key, ScalarCode.DoubleToRef code) {
        add(key, code);
    }

    void doublesDouble(String key, ScalarCode.DoublesToDouble code) {
        add(key, code);
    }

    void doublesLong(String key, ScalarCode.DoublesToLong code) {
        add(key, code);
    }

    <A> void refRef(String key, ScalarCode.RefToRef<A> code) {
        add(key, code);
    }

    <A> void refLong(String key, ScalarCode.RefToLong<A> code) {
        add(key, code);
    }

    <A> void refDouble(String key, ScalarCode.RefToDouble<A> code) {
        add(key, code);
    }

    <A, B> void refsRef(String key, ScalarCode.RefsToRef<A, B> code) {
        add(key, code);
    }

    <A, B> void refsLong(String key, ScalarCode.RefsToLong<A, B> code) {
        add(key, code);
    }

    void aggregate(String key, AggregateCode code) {
        add(key, code);
    }

    void window(String key, WindowCode code) {
        add(key, code);
    }

    void set(String key, SetCode code) {
        add(key, code);
    }
}
