package dev.strongroom.client.jdbc;

import dev.strongroom.client.statement.ColumnScheme;
import java.lang.reflect.Method;
import java.sql.ParameterMetaData;
import java.sql.ResultSetMetaData;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a statement's parameters look like, with the declared types of encrypted ones. */
final class ParameterMetaLayer extends Layer {
    private static final Map<String, String> SAME_QUESTION = Map.of(
            "getParameterType", "getColumnType",
            "getParameterTypeName", "getColumnTypeName",
            "getParameterClassName", "getColumnClassName",
            "getPrecision", "getPrecision",
            "getScale", "getScale",
            "isSigned", "isSigned");

    private static final Route TYPE =
            (layer, method, arguments) -> ((ParameterMetaLayer) layer).type(method, arguments);

    private final ParameterMetaData below;
    private final Map<Integer, ColumnScheme> schemes;
    private final StatementLayer statement;

    ParameterMetaLayer(ParameterMetaData below, Map<Integer, ColumnScheme> schemes, StatementLayer statement) {
        this.below = below;
        this.schemes = schemes;
        this.statement = statement;
    }

    @Override
    Object below() {
        return below;
    }

    @Override
    @Nullable
    Route family(Method method) {
        return SAME_QUESTION.containsKey(method.getName()) ? TYPE : null;
    }

    private @Nullable Object type(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        ColumnScheme scheme = arguments == null ? null : schemes.get((Integer) arguments[0]);
        if (scheme == null) {
            return method.invoke(below, arguments);
        }
        return ResultSetMetaData.class
                .getMethod(java.util.Objects.requireNonNull(SAME_QUESTION.get(method.getName())), int.class)
                .invoke(ResultMetaLayer.describe(statement, scheme.type()), 1);
    }
}
