package dev.strongroom.client.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An object laid over one of pgjdbc's: a method that the layer declares itself, with the name and parameters of the
 * interface's, is called here, every other goes straight through. So all of pgjdbc stays reachable and only what
 * encryption changes is written down. Which way a method goes is looked up once for each class of layer.
 *
 * <p>As thread-safe as what is underneath.
 */
abstract class Layer implements InvocationHandler {
    /** What becomes of one method of the interface. */
    @FunctionalInterface
    interface Route {
        @Nullable
        Object call(Layer layer, Method method, @Nullable Object @Nullable [] arguments) throws Throwable;
    }

    private static final Route STRAIGHT = (layer, method, arguments) -> method.invoke(layer.below(), arguments);

    private static final ClassValue<Map<Method, Route>> ROUTES = new ClassValue<>() {
        @Override
        protected Map<Method, Route> computeValue(Class<?> type) {
            return new ConcurrentHashMap<>();
        }
    };

    private final Map<Method, Route> routes = ROUTES.get(getClass());

    /** The object underneath. */
    abstract Object below();

    /** The way of methods this layer treats as a family, such as all setters; null = the usual. */
    @Nullable
    Route family(Method method) {
        return null;
    }

    /** This layer as the object the application sees. */
    final <T> T facade(Class<T> type, Class<?>... more) {
        Class<?>[] all = new Class<?>[more.length + 1];
        all[0] = type;
        System.arraycopy(more, 0, all, 1, more.length);
        return type.cast(Proxy.newProxyInstance(Layer.class.getClassLoader(), all, this));
    }

    @Override
    public final @Nullable Object invoke(Object facade, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            Route route = routes.get(method);
            if (route == null) {
                route = route(method);
                routes.put(method, route);
            }
            return route.call(this, method, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private Route route(Method method) {
        if (method.getDeclaringClass() == Object.class) {
            return method.getName().equals("equals")
                    ? (layer, any, arguments) -> arguments != null
                            && arguments[0] != null
                            && Proxy.isProxyClass(arguments[0].getClass())
                            && Proxy.getInvocationHandler(arguments[0]) == layer
                    : STRAIGHT;
        }
        for (Class<?> type = getClass(); type != Layer.class && type != null; type = type.getSuperclass()) {
            for (Method own : type.getDeclaredMethods()) {
                if (own.getName().equals(method.getName())
                        && !Modifier.isPrivate(own.getModifiers())
                        && java.util.Arrays.equals(own.getParameterTypes(), method.getParameterTypes())) {
                    // Spares the check at every call; it is our own method.
                    own.setAccessible(true);
                    return (layer, any, arguments) -> own.invoke(layer, arguments);
                }
            }
        }
        Route family = family(method);
        return family != null ? family : STRAIGHT;
    }
}
