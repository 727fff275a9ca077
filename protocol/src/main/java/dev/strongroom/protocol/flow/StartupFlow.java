package dev.strongroom.protocol.flow;

import dev.strongroom.common.error.DatabaseException;
import dev.strongroom.common.error.ErrorCode;
import dev.strongroom.common.error.ErrorReport;
import dev.strongroom.common.type.Utf8;
import dev.strongroom.protocol.auth.ScramExchange;
import dev.strongroom.protocol.port.SessionPort;
import dev.strongroom.protocol.port.StartupRequest;
import dev.strongroom.protocol.wire.BackendWriter;
import dev.strongroom.protocol.wire.FrontendMessage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From StartupMessage to an open session: SCRAM, then settings. */
final class StartupFlow {
    /** The protocol extension of section 6.3 of Always Encrypted (AE-115). */
    private static final String COLUMN_ENCRYPTION = "_pq_.strongroom.column_encryption";

    /** What PostgreSQL answers: the whole version, not the minor number alone. */
    private static final int PROTOCOL_LATEST = 3 << 16;

    private static final String TLS_HINT = "Connect with TLS, for example sslmode=require.";

    private final ProtocolServices services;
    private final ClientConnection connection;
    private final BackendWriter writer;
    private final FrontendMessage.Startup startup;
    private String user = "";

    StartupFlow(
            ProtocolServices services,
            ClientConnection connection,
            BackendWriter writer,
            FrontendMessage.Startup startup) {
        this.services = services;
        this.connection = connection;
        this.writer = writer;
        this.startup = startup;
    }

    /** Returns once the client has proved its password; 28P01 otherwise. */
    void authenticate() {
        TlsPolicy tls = services.tls().get();
        user = startup.parameters().getOrDefault("user", "");
        if (user.isEmpty()) {
            throw fatal(
                    ErrorCode.INVALID_AUTHORIZATION_SPECIFICATION,
                    "no PostgreSQL user name specified in startup packet");
        }
        if (tls.required() && !connection.isEncrypted()) {
            throw ErrorReport.fatal(
                            ErrorCode.INVALID_AUTHORIZATION_SPECIFICATION, "connection without encryption is refused")
                    .withHint(TLS_HINT)
                    .exception();
        }
        negotiateProtocol();
        byte[] binding = connection.isEncrypted() ? tls.endPointBinding() : null;
        ScramExchange exchange = services.authenticator().begin(user, binding);
        writer.authenticationSasl(
                binding == null
                        ? List.of(ScramExchange.MECHANISM)
                        : List.of(ScramExchange.MECHANISM_PLUS, ScramExchange.MECHANISM));
        writer.flush();
        writer.authenticationSaslContinue(first(exchange, answer()));
        writer.flush();
        byte[] last = answer();
        String signature = exchange.last(Utf8.decode(last, 0, last.length));
        if (signature == null) {
            services.events().authenticationFailed(user, connection.clientAddress());
            throw fatal(ErrorCode.INVALID_PASSWORD, "password authentication failed for user \"" + user + "\"");
        }
        writer.authenticationSaslFinal(signature);
    }

    private void negotiateProtocol() {
        List<String> unknown = new ArrayList<>();
        for (String name : startup.parameters().keySet()) {
            if (name.startsWith("_pq_.") && !name.equals(COLUMN_ENCRYPTION)) {
                unknown.add(name);
            }
        }
        if (startup.minor() > 0 || !unknown.isEmpty()) {
            writer.negotiateProtocolVersion(PROTOCOL_LATEST, unknown);
        }
    }

    /** SASLInitialResponse: {@code cstring mechanism, int32 length or -1, bytes}. */
    private static String first(ScramExchange exchange, byte[] body) {
        int end = 0;
        while (end < body.length && body[end] != 0) {
            end++;
        }
        if (body.length - end < 5) {
            throw fatal(ErrorCode.PROTOCOL_VIOLATION, "invalid SASLInitialResponse message");
        }
        String mechanism = Utf8.decode(body, 0, end);
        int length = ByteBuffer.wrap(body).getInt(end + 1);
        if (length != body.length - end - 5) {
            throw fatal(ErrorCode.PROTOCOL_VIOLATION, "invalid SASLInitialResponse message");
        }
        return exchange.first(mechanism, Utf8.decode(body, end + 5, length));
    }

    private byte[] answer() {
        FrontendMessage message = connection.inbox().take(connection::resumeReading);
        return switch (message) {
            case FrontendMessage.Authentication authentication -> authentication.body();
            case FrontendMessage.Unreadable unreadable -> throw unreadable.error();
            case null, default -> throw fatal(ErrorCode.CONNECTION_FAILURE, "connection ended during authentication");
        };
    }

    /** Opens the session and sends what comes before the first ReadyForQuery. */
    SessionPort open(CancelRequests.Key key) {
        writer.authenticationOk();
        Map<String, String> settings = new LinkedHashMap<>();
        String database = user;
        for (Map.Entry<String, String> parameter : startup.parameters().entrySet()) {
            String value = parameter.getValue();
            switch (parameter.getKey()) {
                case "user" -> {}
                case "database" -> database = value.isEmpty() ? user : value;
                case "options" -> readOptions(value, settings);
                case "replication" -> refuseReplication(value);
                default -> {
                    if (!parameter.getKey().startsWith("_pq_.")) {
                        settings.put(parameter.getKey(), value);
                    }
                }
            }
        }
        boolean columnEncryption = "1".equals(startup.parameters().get(COLUMN_ENCRYPTION));
        if (columnEncryption) {
            settings.putIfAbsent("strongroom.column_encryption", "on");
            writer.describeColumnEncryption();
        }
        StartupRequest request = new StartupRequest(
                user,
                database,
                settings,
                key.processId(),
                connection.clientAddress(),
                connection.isEncrypted(),
                columnEncryption);
        SessionPort session = services.sessions().open(request, new QuerySink(null, writer, connection));
        writer.backendKeyData(key.processId(), key.secret());
        return session;
    }

    private static void refuseReplication(String value) {
        if (!List.of("false", "off", "no", "0").contains(value)) {
            throw fatal(ErrorCode.FEATURE_NOT_SUPPORTED, "replication connections are not supported yet");
        }
    }

    /** {@code -c name=value --name=value}, blanks escaped by a backslash. */
    private static void readOptions(String options, Map<String, String> settings) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i <= options.length(); i++) {
            char c = i < options.length() ? options.charAt(i) : ' ';
            if (c == '\\' && i + 1 < options.length()) {
                word.append(options.charAt(++i));
            } else if (c == ' ' || c == '\t' || c == '\n') {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            if (option.equals("-c") && i + 1 < words.size()) {
                option = words.get(++i);
            } else if (option.startsWith("-c")) {
                option = option.substring(2);
            } else if (option.startsWith("--")) {
                option = option.substring(2).replace('-', '_');
            } else {
                throw fatal(ErrorCode.SYNTAX_ERROR, "invalid command-line argument for server process: " + option);
            }
            int equals = option.indexOf('=');
            if (equals < 0) {
                throw fatal(ErrorCode.SYNTAX_ERROR, "-c " + option + " requires a value");
            }
            settings.put(option.substring(0, equals), option.substring(equals + 1));
        }
    }

    private static DatabaseException fatal(ErrorCode code, String message) {
        return ErrorReport.fatal(code, message).exception();
    }
}
