package dev.strongroom.server.boot;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.server.admin.HttpEndpoints;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code strongroom serve}: runs the server until SIGTERM. */
@Command(
        name = "serve",
        description = "Run the server; initialises the data directory on first start.",
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
    @Mixin
    private SettingOptions options = new SettingOptions();

    @Option(names = "--host", paramLabel = "H", description = "Address to listen on (default: 127.0.0.1).")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "N", description = "Port for clients (default: 5432).")
    private @Nullable Integer port;

    @Option(
            names = "--http-port",
            paramLabel = "N",
            description = "Port for health and metrics, 0 = off (default: 8432).")
    private @Nullable Integer httpPort;

    @Override
    public Integer call() {
        Map<String, @Nullable Object> given = new HashMap<>();
        given.put(ServerSettings.HOST.name(), host);
        given.put(ServerSettings.PORT.name(), port);
        given.put(ServerSettings.HTTP_PORT.name(), httpPort);
        ServerSettings settings = options.settings(given);
        ServerLog.start(settings.get(ServerSettings.LOG_FORMAT));
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        RunningServer server = ServerAssembly.start(settings, metrics);
        try {
            Optional<HttpEndpoints> http = startHttp(settings, metrics, server);
            Runtime.getRuntime()
                    .addShutdownHook(Thread.ofPlatform().name("sr-shutdown").unstarted(() -> stop(server)));
            server.announce(System.out);
            int code = server.awaitStop().code();
            http.ifPresent(HttpEndpoints::close);
            return code;
        } catch (DatabaseException e) {
            server.close();
            throw e;
        }
    }

    private static Optional<HttpEndpoints> startHttp(
            ServerSettings settings, PrometheusMeterRegistry metrics, RunningServer server) {
        int port = settings.get(ServerSettings.HTTP_PORT);
        if (port == 0) {
            return Optional.empty();
        }
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        return Optional.of(HttpEndpoints.start(
                settings.get(ServerSettings.HTTP_HOST), port, metrics, server::ready, server::summary));
    }

    /** A signal ends the JVM with 128 + its number; a clean shutdown is to say 0, hence halt. */
    private static void stop(RunningServer server) {
        server.close();
        Runtime.getRuntime().halt(server.awaitStop().code());
    }
}
