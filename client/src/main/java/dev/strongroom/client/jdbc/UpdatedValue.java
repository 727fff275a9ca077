package dev.strongroom.client.jdbc;

import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A call of a result set's {@code update…} method, seen as the setter of a statement that it resembles. */
final class UpdatedValue {
    private static final Map<Method, Method> SETTERS = new ConcurrentHashMap<>();

    private UpdatedValue() {}

    /** The call as a binding of a parameter. */
    static Binding of(Method updater, int index, @Nullable Object[] arguments) throws java.sql.SQLException {
        Method setter = SETTERS.computeIfAbsent(updater, UpdatedValue::setter);
        @Nullable Object[] same = Arrays.copyOf(arguments, Math.max(2, setter.getParameterCount()));
        same[0] = index;
        return Binding.of(setter, same);
    }

    private static Method setter(Method updater) {
        Class<?>[] types = updater.getParameterTypes();
        types[0] = int.class;
        String name = "set" + updater.getName().substring("update".length());
        if (name.equals("setNull")) {
            types = new Class<?>[] {int.class, int.class};
        } else if (name.equals("setObject") && types.length > 2 && types[2] == int.class) {
            // This number is a scale or length here, which the column's own type knows; for a setter it is a type.
            types = new Class<?>[] {int.class, Object.class};
        }
        try {
            return PreparedStatement.class.getMethod(name, types);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }
}
