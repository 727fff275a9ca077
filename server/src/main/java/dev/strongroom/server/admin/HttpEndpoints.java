package dev.strongroom.server.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Serves {@code /health/live}, {@code /health/ready}, {@code /metrics} and {@code /}. Live means the process answers; ready
 * means recovery is done and clients are served.
 */
public final class HttpEndpoints implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;

    private HttpEndpoints(HttpServer server) {
        this.server = server;
    }

    /**
     * Starts listening.
     *
     * @param status the status page's body text
     * @throws dev.strongroom.common.error.DatabaseException OBJECT_IN_USE if the port is taken
     */
    public static HttpEndpoints start(
            String host, int port, PrometheusMeterRegistry metrics, BooleanSupplier ready, Supplier<String> status) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (BindException e) {
            throw ErrorReport.error(ErrorCode.OBJECT_IN_USE, "HTTP port " + port + " on \"" + host + "\" is taken")
                    .withHint("Choose another with --http-port, or 0 for none.")
                    .exception(e);
        } catch (IOException e) {
            throw ErrorReport.error(ErrorCode.IO_ERROR, "cannot listen on HTTP port " + port)
                    .exception(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/health/live", exchange -> answer(exchange, "/health/live", 200, TEXT, "live\n"));
        server.createContext("/health/ready", exchange -> {
            boolean isReady = ready.getAsBoolean();
            answer(exchange, "/health/ready", isReady ? 200 : 503, TEXT, isReady ? "ready\n" : "not ready\n");
        });
        server.createContext("/metrics", exchange -> answer(exchange, "/metrics", 200, PROMETHEUS, metrics.scrape()));
        server.createContext("/", exchange -> answer(exchange, "/", 200, HTML, StatusPage.html(status.get())));
        server.start();
        return new HttpEndpoints(server);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String path, int code, String type, String body)
            throws IOException {
        try (exchange) {
            boolean known = exchange.getRequestURI().getPath().equals(path);
            boolean reading = exchange.getRequestMethod().equals("GET")
                    || exchange.getRequestMethod().equals("HEAD");
            int status = !known ? 404 : !reading ? 405 : code;
            byte[] bytes = (status == code ? body : status == 404 ? "not found\n" : "only GET\n")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", status == code ? type : TEXT);
            exchange.getResponseHeaders().set("Cache-Control", "no-store");
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, bytes.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
